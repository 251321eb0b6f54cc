"""The client, and its special cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from midfill.core.cursor import Cursor, LineEnd

UNANNOUNCED_INLINE = frozenset({"emacs"})
"""Clients that show inline completions but do not announce it: lsp-mode sends `"inlineCompletion": null`."""
WARNS_OF_UNKNOWN_NOTIFICATIONS = frozenset({"emacs"})
"""Clients that show a message to the user for each unknown notification."""
REINDENTS_COMPLETIONS = frozenset({"helix"})
"""Clients that add the current line's indentation to each further line of a completion."""
WATCHES_EACH_FOLDER = frozenset({"emacs"})
"""Clients that watch each folder separately, which systems limit, and ask the user for permission."""
KEEPS_LINE_ENDS = frozenset({"neovim"})
"""Clients that insert line ends unchanged: a carriage return would be shown as ^M (seen in Neovim 0.12.4)."""


REPORTS_NO_PARTS = frozenset(
    {"visual studio code", "visual studio code - insiders", "vscodium", "code - oss"}
)
"""Clients that do not report accepted parts: VS Code reports them to its own extensions only."""


@dataclass(frozen=True)
class Client:
    """The client's properties from `initialize`."""

    name: str = ""
    process_id: int | None = None
    inline: bool = False
    """It shows inline completions."""
    pulls_configuration: bool = False
    """It answers `workspace/configuration`."""
    registers_configuration: bool = False
    """It reports changed settings after registration."""
    applies_edits: bool = False
    watches: bool = False
    """It reports files that change on disk after registration, at low cost."""
    shows_progress: bool = False
    refreshes: bool = False
    """It repeats a request when the server reports more text."""
    defines: bool = False
    """It asks the language servers in the editor for definitions."""
    whole: bool = False
    """It cannot extend a shown suggestion without removing it first: suggestions have to be whole lines."""

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Client":
        """Return the client that sent these `initialize` parameters (undecoded)."""
        capabilities = params.get("capabilities") or {}
        workspace = capabilities.get("workspace") or {}
        document = capabilities.get("textDocument") or {}
        experimental = capabilities.get("experimental") or {}
        name = ((params.get("clientInfo") or {}).get("name") or "").lower()
        process = params.get("processId")
        return cls(
            name=name,
            process_id=process if _is_process_id(process) else None,
            inline=document.get("inlineCompletion") is not None or name in UNANNOUNCED_INLINE,
            pulls_configuration=bool(workspace.get("configuration")),
            registers_configuration=bool(
                (workspace.get("didChangeConfiguration") or {}).get("dynamicRegistration")
            ),
            watches=bool((workspace.get("didChangeWatchedFiles") or {}).get("dynamicRegistration"))
            and name not in WATCHES_EACH_FOLDER,
            shows_progress=bool((capabilities.get("window") or {}).get("workDoneProgress")),
            applies_edits=bool(workspace.get("applyEdit")),
            refreshes=bool((experimental.get("midfill") or {}).get("refresh")),
            defines=bool((experimental.get("midfill") or {}).get("definitions")),
            whole=bool((experimental.get("midfill") or {}).get("whole")),
        )

    @property
    def takes_status(self) -> bool:
        """Whether `midfill/status` may be sent."""
        return self.name not in WARNS_OF_UNKNOWN_NOTIFICATIONS

    @property
    def reports_parts(self) -> bool:
        """Whether it reports each accepted part of a suggestion."""
        return self.name not in REPORTS_NO_PARTS

    def line_end(self, eol: LineEnd) -> LineEnd:
        """Return the line end for texts to this client, in a document that uses `eol`."""
        return "\n" if self.name in KEEPS_LINE_ENDS else eol

    def wants_popup(self, setting: Literal["auto", "always", "never"]) -> bool:
        """Whether completions are offered in the popup, because the client shows none inline."""
        return setting == "always" or (setting == "auto" and not self.inline)

    def popup_text(self, text: str, cursor: Cursor) -> str:
        """Return the text of a popup item so that the client inserts it correctly."""
        if self.name not in REINDENTS_COMPLETIONS:
            return text
        indent = cursor.head[: len(cursor.head) - len(cursor.head.lstrip())]
        return text.replace(f"\n{indent}", "\n")


def pygls_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `initialize` parameters that pygls needs.

    lsprotocol rejects the whole request for one unknown value of an enumeration, which a newer client may send; unused
    values need no decoding.
    """
    capabilities = params.get("capabilities") or {}
    kept: dict[str, Any] = {"general": {"positionEncodings": _encodings(capabilities)}}
    if capabilities.get("notebookDocument"):
        kept["notebookDocument"] = {"synchronization": {}}
    return {"capabilities": kept, "workspaceFolders": folders(params) or None}


def folders(params: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the workspace folders in `initialize` parameters; a folder without a name gets its URI."""
    listed = params.get("workspaceFolders")
    valid = [
        folder
        for folder in (listed if isinstance(listed, list) else [])
        if isinstance(folder, dict) and isinstance(folder.get("uri"), str)
    ]
    return [{"uri": folder["uri"], "name": str(folder.get("name") or folder["uri"])} for folder in valid]


def _is_process_id(process: object) -> TypeGuard[int]:
    return isinstance(process, int) and not isinstance(process, bool) and 0 < process < 1 << 31


def _encodings(capabilities: Mapping[str, Any]) -> list[str]:
    known = {"utf-8", "utf-16", "utf-32"}
    offered = (capabilities.get("general") or {}).get("positionEncodings") or ()
    return [encoding for encoding in offered if encoding in known] or ["utf-16"]
