"""The client's commands and settings."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from midfill.core.cursor import with_line_ends
from midfill.lsp.backlog import Backlog
from midfill.lsp.client import Client
from midfill.lsp.edit_commands import EditCommands
from midfill.lsp.editor_definitions import EditorDefinitions
from midfill.lsp.feature_switch import minutes_of
from midfill.lsp.folders import Folder
from midfill.lsp.framing import Message
from midfill.lsp.outgoing import Outgoing, Response
from midfill.lsp.service import Service
from midfill.lsp.status import StatusReporter
from midfill.lsp.usage import usage
from midfill.lsp.watching import WatchedFiles

if TYPE_CHECKING:
    from lsprotocol.types import DidChangeWorkspaceFoldersParams

SECTION = "midfill"
"""The section of the client's settings for midfill."""

CONFIGURATION_CHANGED = "workspace/didChangeConfiguration"

CONFIGURATION_TIMEOUT_S = 10.0
"""Maximum seconds to wait for the client's settings of a folder, before documents in it are sent without them."""


class Commands:
    """`workspace/executeCommand`, and the notifications with settings.

    The docstring of a command is its row in server/REFERENCE.md: the effect, a colon, the arguments.
    """

    def __init__(
        self,
        outgoing: Outgoing,
        service: Service,
        reporter: StatusReporter,
        backlog: Backlog,
    ) -> None:
        self._outgoing = outgoing
        self._service = service
        self._reporter = reporter
        self._backlog = backlog
        self._client = Client()
        self.watching = WatchedFiles(outgoing, service)
        self._snooze_timer: asyncio.TimerHandle | None = None
        self._pull_count = 0
        """The number of settings requests so far: only the answer to the last one counts."""
        self._configuration_received = asyncio.Event()
        """The client has answered that request, or there was none."""
        self._configuration_received.set()
        self.by_name: dict[str, Callable[..., Any]] = {
            f"{SECTION}.accepted": self._accepted,
            f"{SECTION}.dismissed": self._dismissed,
            f"{SECTION}.acceptLine": self._accept_line,
            f"{SECTION}.toggle": self._toggle,
            f"{SECTION}.snooze": self._snooze,
            f"{SECTION}.stats": self._stats,
            f"{SECTION}.showPrompt": self._show_prompt,
            f"{SECTION}.why": self._why,
            f"{SECTION}.retry": self._retry,
            **EditCommands(service).by_name,
        }
        """The commands by name."""
        self.frequent = frozenset({f"{SECTION}.accepted", f"{SECTION}.dismissed"})
        """The commands sent for each suggestion; they take no time and return nothing."""

    # Settings.

    def follow_configuration(self, client: Client) -> None:
        """Request the client's settings, and register for their changes."""
        self._client = client
        if client.registers_configuration:
            registration = {
                "id": "midfill-configuration",
                "method": CONFIGURATION_CHANGED,
                "registerOptions": {"section": SECTION},
            }
            self._outgoing.request("client/registerCapability", {"registrations": [registration]})
        self.watching.follow(client)
        if client.defines:
            encoding = self._service.documents.encoding
            self._service.collector.definitions = EditorDefinitions(self._outgoing, encoding)
        self._report_pause()
        self._pull()

    def configuration_changed(self, message: Message) -> None:
        """Handle `workspace/didChangeConfiguration`."""
        settings = message["params"].get("settings")
        if self._client.pulls_configuration:
            self._pull()
        elif settings is not None:
            self._apply(settings)

    def _pull(self) -> None:
        """Request the settings of the whole workspace and of each of its folders."""
        if self._client.pulls_configuration:
            self._pull_count += 1
            folders = list(self._service.configuration.folders)
            whole: dict[str, str] = {"section": SECTION}
            items = [whole, *({"scopeUri": folder.uri, **whole} for folder in folders)]
            then = partial(self._apply_answer, self._pull_count, folders)
            self._outgoing.request("workspace/configuration", {"items": items}, then)
            self._configuration_received.clear()
            asyncio.get_running_loop().call_later(CONFIGURATION_TIMEOUT_S, self._give_up, folders)

    def _apply_answer(self, pull: int, folders: list[Folder], answer: Response) -> None:
        """Use the settings in the client's answer, unless a newer request was sent."""
        if pull != self._pull_count:
            return
        if answer.refused:
            # A client that offered to answer may refuse: the settings of `initialize` stay in force.
            self._give_up(folders)
            return
        result = answer.result
        whole, *own = result if isinstance(result, list) and result else [None]
        for folder, settings in zip_longest(folders, own[: len(folders)]):
            folder.settings, folder.awaited = settings, False
        if whole is not None or folders:
            self._apply(whole, whole=whole is not None)
        self._configuration_received.set()
        self._service.folder_settings_arrived.set()

    def _give_up(self, folders: list[Folder]) -> None:
        """Stop waiting for the folders' settings: the whole workspace's apply to them."""
        for folder in folders:
            folder.awaited = False
        self._configuration_received.set()
        self._service.folder_settings_arrived.set()

    def _apply(self, settings: object, *, whole: bool = False) -> None:
        """Apply the client's settings at once, and reread the settings files in the background."""
        if settings is not None:
            self._service.configuration.received(settings, whole=whole)
        self._reporter.configured(self._service.backend_name)
        self._configure()
        self._service.reread(self._configure)

    def _configure(self) -> None:
        self._reporter.settings(self._service.configure())
        self._report_pause()

    def folders_changed(self, params: "DidChangeWorkspaceFoldersParams") -> None:
        """Handle `workspace/didChangeWorkspaceFolders`."""
        configuration = self._service.configuration
        configuration.remove_folders([folder.uri for folder in params.event.removed])
        configuration.add_folders([folder.uri for folder in params.event.added])
        self._backlog.wait(configuration.read, self._configure_and_pull)

    def _configure_and_pull(self) -> None:
        self._configure()
        self._pull()

    # Commands.

    def _accepted(self, *arguments: Any) -> None:
        """Record that the suggestion was accepted; each item carries this command: `[uri, ...]`."""
        engine = self._service.engine_of(str(arguments[0])) if arguments else None
        if engine is not None:
            engine.accepted(str(arguments[0]))

    def _dismissed(self, *arguments: Any) -> None:
        """Record that the suggestion was dismissed; typing does not bring it back there: `[uri]`."""
        engine = self._service.engine_of(str(arguments[0])) if arguments else None
        if engine is not None:
            engine.dismissed(str(arguments[0]))

    def _accept_line(self, *arguments: Any) -> str | None:
        """Insert the first line of the suggestion by `workspace/applyEdit`, and return it: `[uri]`."""
        position = self._service.shown.get(str(arguments[0])) if arguments else None
        if position is None or self._service.engine is None or position.is_outdated:
            return None
        line = self._service.engine.first_line(position.document.uri)
        if line and self._client.applies_edits:
            here = {"line": position.line, "character": position.start}
            text = with_line_ends(line, position.cursor.eol)
            changes = {position.document.uri: [{"range": {"start": here, "end": here}, "newText": text}]}
            edit = {"label": "Accept line", "edit": {"changes": changes}}
            self._outgoing.request("workspace/applyEdit", edit)
        return line or None

    def _toggle(self, *arguments: Any) -> bool:
        """Switch completion off or on, for a language or for all, and return whether it is on: `[language]` or `[]`."""
        on = self._service.document_filter.switch.toggle(
            str(arguments[0]) if arguments and arguments[0] else ""
        )
        self._report_pause()
        return on

    def _snooze(self, *arguments: Any) -> None:
        """Pause completion for some minutes (default 10); 0 ends the pause: `[minutes]` or `[]`."""
        minutes = minutes_of(arguments)
        self._service.document_filter.switch.snooze(minutes, self._service.now())
        self._report_pause()
        if self._snooze_timer is not None:
            self._snooze_timer.cancel()
        self._snooze_timer = asyncio.get_running_loop().call_later(
            max(0.0, minutes * 60) + 0.1, self._report_pause
        )

    async def _stats(self, *arguments: Any) -> dict[str, Any]:
        """Return the figures of `midfill stats --json`, a summary, and the counters since the engine started: `[]`."""
        engine = self._service.engine
        counts = engine.counters.as_dict() if engine is not None else {}
        figures = await asyncio.to_thread(usage, self._service.ledger.path)
        return {**figures, "session": counts}

    def _show_prompt(self, *arguments: Any) -> str | None:
        """Return what the last call for a document has sent, with `▮` at the place of the answer: `[uri]`."""
        engine = self._service.engine
        prompt = engine.last_prompt(str(arguments[0])) if engine is not None and arguments else None
        return None if prompt is None else f"{prompt.full_prefix}▮{prompt.suffix}"

    async def _why(self, *arguments: Any) -> dict[str, str]:
        """Return why nothing is suggested: `typing` in a document, `last` at the last request: `[uri, language]`."""
        uri, language = (*map(str, arguments[:2]), "", "")[:2]
        with suppress(TimeoutError):  # The client may be about to send other settings.
            async with asyncio.timeout(CONFIGURATION_TIMEOUT_S):
                await self._configuration_received.wait()
        service = self._service
        return {
            "typing": service.document_filter.automatic_skip_reason(
                uri, language, service.documents.get(uri)
            ),
            "last": service.reasons.get(uri, ""),
        }

    def _retry(self, *arguments: Any) -> None:
        """Let the next request try the backend again, whatever its state: `[]`."""
        if self._service.engine is not None:
            self._service.engine.retry()
        self._reporter.configured(self._service.backend_name)

    def _report_pause(self) -> None:
        off = "" if self._service.document_filter.is_on else "completion is switched off in the settings"
        self._reporter.paused = off or self._service.document_filter.switch.reason("", self._service.now())
        self._reporter.status()
