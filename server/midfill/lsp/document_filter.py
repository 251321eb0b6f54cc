"""The documents that midfill may complete in: by the settings of their folder, and by the user's switches."""

from collections.abc import Callable
from pathlib import Path

from midfill.core.document import Document
from midfill.core.policy import switched_off
from midfill.engine import request_policy
from midfill.lsp.configuration import Configuration
from midfill.lsp.feature_switch import FeatureSwitch
from midfill.settings import ContextSettings, LoadedSettings, Problem, Settings
from midfill.workspace import Exclusions, paths_of

CALLS_BLOCKED = "no backend is called until the settings are fixed"


class DocumentFilter:
    """The effective settings of each document, and the documents that they or the user's switch exclude.

    Args:
        configuration: the sources of the settings.
        clock: returns the current time in seconds.
    """

    def __init__(self, configuration: Configuration, clock: Callable[[], float]) -> None:
        self.switch = FeatureSwitch("completion is")
        self.loaded: LoadedSettings = configuration.load()
        """The settings of documents outside all folders."""
        self._configuration = configuration
        self._clock = clock
        self._by_folder: dict[str, LoadedSettings] = {}
        self._exclusions: dict[str, Exclusions] = {}
        """The excluded files of each folder, by its URI; the empty one is for documents outside all folders."""
        self._exclusion_reasons: dict[str, str] = {}
        self.paths: dict[str, tuple[str, ...]] = {}
        """By URI: a document's path and real path."""

    def configure(self) -> bool:
        """Merge the settings again; return whether they have changed."""
        before, configuration = self._in_force(), self._configuration
        self.loaded = configuration.load()
        self._by_folder = {folder.uri: configuration.load_folder(folder) for folder in configuration.folders}
        roots: dict[str, tuple[str, ...]] = {
            folder.uri: (str(folder.location),) for folder in configuration.folders
        }
        roots[""] = tuple(map(str, configuration.folders.paths))
        self._exclusions = {
            uri: Exclusions(roots[uri], settings.trigger.paths_off, settings.api_key_file)
            for uri, settings, _ in self._in_force()
        }
        self._exclusion_reasons.clear()
        return before != self._in_force()

    @property
    def is_on(self) -> bool:
        """Whether the settings allow suggestions anywhere."""
        return any(loaded.settings.enabled for loaded in self._all())

    @property
    def problems(self) -> list[Problem]:
        """All problems with the settings, of the whole workspace and of its folders."""
        return [problem for loaded in self._all() for problem in loaded.problems]

    @property
    def paths_off(self) -> tuple[str, ...]:
        """The patterns of all excluded files."""
        found = (loaded.settings.trigger.paths_off for loaded in self._all())
        return tuple(dict.fromkeys(pattern for patterns in found for pattern in patterns))

    def loaded_for(self, uri: str) -> LoadedSettings:
        """Return the settings of a document."""
        folder = self._configuration.folders.around(uri)
        return self.loaded if folder is None else self._by_folder.get(folder.uri, self.loaded)

    def context_of(self, uri: str) -> ContextSettings:
        """Return the context settings of a document's folder. Thread-safe."""
        return self.loaded_for(uri).settings.context

    def folder_of(self, uri: str) -> Path | None:
        """Return the workspace folder of a document; None outside all folders."""
        folder = self._configuration.folders.around(uri)
        return None if folder is None else folder.path

    def is_hidden(self, uri: str) -> bool:
        """Whether a file's folder is switched off, or its settings are unknown: other files' context excludes it."""
        loaded = self.loaded_for(uri)
        awaited = self._configuration.folders.awaits(uri)
        return awaited or bool(loaded.blocking) or not loaded.settings.enabled

    def skip_reason(self, document: Document, *, manual: bool = False) -> str:
        """Return why a document has no suggestions, as text; empty if it may have them."""
        reason = self._switched_off(document.uri, document.language, manual=manual)
        most = self.loaded_for(document.uri).settings.trigger.max_file_kb
        if not reason and document.size > most * 1024:
            return f"the file is larger than {most} KiB (setting trigger.max_file_kb)"
        return reason or self._excluded(document.uri)

    def automatic_skip_reason(self, uri: str, language: str, document: Document | None) -> str:
        """Return why a document, open or not, gets no automatic suggestions, as text; empty if it may get some."""
        reason = self._switched_off(uri, language) or self._excluded(uri)
        if document is not None:
            reason = self.skip_reason(document)
        return reason or switched_off(language, request_policy(self.loaded_for(uri).settings))

    def forget(self, uri: str) -> None:
        """Forget a closed document."""
        self._exclusion_reasons.pop(uri, None)
        self.paths.pop(uri, None)

    def _all(self) -> list[LoadedSettings]:
        return [self.loaded, *self._by_folder.values()]

    def _in_force(self) -> list[tuple[str, Settings, bool]]:
        """Return the key of an engine: all settings, and whether they are valid."""
        named = {"": self.loaded, **self._by_folder}
        return [(uri, loaded.settings, bool(loaded.blocking)) for uri, loaded in named.items()]

    def _switched_off(self, uri: str, language: str, *, manual: bool = False) -> str:
        loaded = self.loaded_for(uri)
        if self.loaded.blocking or loaded.blocking:
            return CALLS_BLOCKED
        if not loaded.settings.enabled:
            return "completion is switched off in the settings"
        return "" if manual else self.switch.reason(language, self._clock())

    def _excluded(self, uri: str) -> str:
        if uri not in self._exclusion_reasons:
            folders = self._configuration.folders
            folder = folders.around(uri)
            exclusions = self._exclusions.get("" if folder is None else folder.uri) or Exclusions()
            names = filter(None, (uri, folders.notebook_of(uri)))
            reasons = (exclusions.why(name, self._paths(name)) for name in names)
            self._exclusion_reasons[uri] = next(filter(None, reasons), "")
        return self._exclusion_reasons[uri]

    def _paths(self, uri: str) -> tuple[str, ...]:
        """Return the paths of a document, also of a new cell and of a notebook, which are not resolved before."""
        return self.paths[uri] if uri in self.paths else paths_of(uri)
