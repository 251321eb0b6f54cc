"""What keeps midfill out of documents: settings, by folder, and what the user has switched off for now."""

from collections.abc import Callable

from midfill.core.document import Document
from midfill.core.policy import switched_off
from midfill.core.privacy import is_off, is_secret
from midfill.engine import rules_of
from midfill.lsp.configuration import Configuration
from midfill.lsp.switches import Switches
from midfill.settings import Loaded, Problem, Settings
from midfill.workspace import to_path

HALTED = "nobody is asked until the settings are mended"


class Gate:
    """The settings in force, and what they let through.

    Args:
        configuration: where the settings come from.
        clock: returns the current time in seconds.
    """

    def __init__(self, configuration: Configuration, clock: Callable[[], float]) -> None:
        self.switches = Switches()
        self.loaded: Loaded = configuration.load()
        """The settings of documents in no folder."""
        self._configuration = configuration
        self._clock = clock
        self._by_folder: dict[str, Loaded] = {}
        self._kept_out: dict[str, str] = {}

    def configure(self) -> bool:
        """Read the settings again; return whether they have changed."""
        before, configuration = self._in_force(), self._configuration
        self.loaded = configuration.load()
        self._by_folder = {folder.uri: configuration.load_folder(folder) for folder in configuration.folders}
        self._kept_out.clear()
        return before != self._in_force()

    @property
    def is_on(self) -> bool:
        """Whether the settings let anything be suggested anywhere."""
        return any(loaded.settings.enabled for loaded in self._all())

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong with the settings, of the whole workspace and of its folders."""
        return [problem for loaded in self._all() for problem in loaded.problems]

    @property
    def paths_off(self) -> tuple[str, ...]:
        """The patterns of all files that are never read."""
        found = (loaded.settings.trigger.paths_off for loaded in self._all())
        return tuple(dict.fromkeys(pattern for patterns in found for pattern in patterns))

    def loaded_for(self, uri: str) -> Loaded:
        """Return the settings of a document."""
        folder = self._configuration.folders.around(uri)
        return self.loaded if folder is None else self._by_folder.get(folder.uri, self.loaded)

    def why_not(self, document: Document, *, manual: bool = False) -> str:
        """Return why nothing is suggested in a document, in words; empty if nothing is in the way."""
        reason = self._switched_off(document.uri, document.language, manual=manual)
        most = self.loaded_for(document.uri).settings.trigger.max_file_kb
        if not reason and document.size > most * 1024:
            return f"the file is larger than {most} KiB (setting trigger.max_file_kb)"
        return reason or self._kept(document.uri)

    def why_silent(self, uri: str, language: str, document: Document | None) -> str:
        """Return why typing brings nothing anywhere in a document, open or not; empty if it may."""
        reason = self._switched_off(uri, language) or self._kept(uri)
        if document is not None:
            reason = self.why_not(document)
        return reason or switched_off(language, rules_of(self.loaded_for(uri).settings))

    def forget(self, uri: str) -> None:
        """Take note that a document was closed."""
        self._kept_out.pop(uri, None)

    def _all(self) -> list[Loaded]:
        return [self.loaded, *self._by_folder.values()]

    def _in_force(self) -> list[tuple[str, Settings, bool]]:
        """Return what an engine goes by: all settings, and whether they are sound."""
        named = {"": self.loaded, **self._by_folder}
        return [(uri, loaded.settings, bool(loaded.halting)) for uri, loaded in named.items()]

    def _switched_off(self, uri: str, language: str, *, manual: bool = False) -> str:
        loaded = self.loaded_for(uri)
        if self.loaded.halting or loaded.halting:
            return HALTED
        if not loaded.settings.enabled:
            return "completion is switched off in the settings"
        return "" if manual else self.switches.reason(language, self._clock())

    def _kept(self, uri: str) -> str:
        if uri not in self._kept_out:
            self._kept_out[uri] = self._keeps_out(uri)
        return self._kept_out[uri]

    def _keeps_out(self, uri: str) -> str:
        if is_secret(uri):
            return "files like this one hold secrets, and are never sent"
        folder = self._configuration.folders.around(uri)
        root = "" if folder is None else str(folder.place)
        if is_off(to_path(uri) or uri, self.loaded_for(uri).settings.trigger.paths_off, root):
            return "the setting trigger.paths_off names this file"
        return ""
