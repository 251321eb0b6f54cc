"""Who speaks with us, and what has to be minded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from midfill.core.cursor import Cursor, LineEnd

SILENT_ABILITY = frozenset({"emacs"})
"""Clients that can show inline completions and do not say so: lsp-mode sends `"inlineCompletion": null`."""
WARNS_OF_THE_UNKNOWN = frozenset({"emacs"})
"""Clients that tell the user of each notification they do not know."""
INDENTS_AGAIN = frozenset({"helix"})
"""Clients that add the current line's indentation to each further line of a completion."""
WATCHES_EACH_FOLDER = frozenset({"emacs"})
"""Clients that watch each folder by itself, of which a system allows few, and ask the user whether they shall."""
KEEPS_LINE_ENDS = frozenset({"neovim"})
"""Clients that put in a line end as it comes: a carriage return would be drawn as ^M (seen in Neovim 0.12.4)."""


TELLS_NO_PARTS = frozenset({"visual studio code", "visual studio code - insiders", "vscodium", "code - oss"})
"""Clients that do not tell which parts are accepted: VS Code has this for extensions of its own only."""


@dataclass(frozen=True)
class Client:
    """What a client said of itself in `initialize`."""

    name: str = ""
    process_id: int | None = None
    inline: bool = False
    """It shows inline completions."""
    pulls_configuration: bool = False
    """It answers `workspace/configuration`."""
    registers_configuration: bool = False
    """It tells of changed settings once asked to."""
    applies_edits: bool = False
    watches: bool = False
    """It tells of files that change on the disk once asked to, and without much ado."""
    shows_progress: bool = False
    refreshes: bool = False
    """It asks again when it is told that more can be shown than is."""
    defines: bool = False
    """It asks the language servers that run in it for definitions."""
    whole: bool = False
    """It cannot add to what it shows without taking that away first: what is shown has to be whole lines."""

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
            inline=document.get("inlineCompletion") is not None or name in SILENT_ABILITY,
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
        return self.name not in WARNS_OF_THE_UNKNOWN

    @property
    def tells_parts(self) -> bool:
        """Whether it tells of each part of a suggestion that is accepted."""
        return self.name not in TELLS_NO_PARTS

    def line_end(self, eol: LineEnd) -> LineEnd:
        """Return the line end that texts for this client have, in a document that uses `eol`."""
        return "\n" if self.name in KEEPS_LINE_ENDS else eol

    def wants_popup(self, setting: Literal["auto", "always", "never"]) -> bool:
        """Whether completions are offered in the popup, because the client shows none inline."""
        return setting == "always" or (setting == "auto" and not self.inline)

    def popup_text(self, text: str, cursor: Cursor) -> str:
        """Return the text of a popup's item so that the client inserts what is meant."""
        if self.name not in INDENTS_AGAIN:
            return text
        indent = cursor.head[: len(cursor.head) - len(cursor.head.lstrip())]
        return re.sub(rf"\n{re.escape(indent)}", "\n", text) if indent else text


def essential(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `initialize` parameters that pygls needs.

    lsprotocol refuses the whole request for one value of an enumeration that it does not know, which a newer
    client may well send; what is not read need not be decoded.
    """
    capabilities = params.get("capabilities") or {}
    kept: dict[str, Any] = {"general": {"positionEncodings": _encodings(capabilities)}}
    if capabilities.get("notebookDocument"):
        kept["notebookDocument"] = {"synchronization": {}}
    return {
        "processId": None,
        "rootUri": None,
        "capabilities": kept,
        "workspaceFolders": folders(params) or None,
    }


def folders(params: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the workspace's folders of `initialize` parameters; one without a name is called by its URI."""
    listed = params.get("workspaceFolders")
    sound = [
        folder
        for folder in (listed if isinstance(listed, list) else [])
        if isinstance(folder, dict) and isinstance(folder.get("uri"), str)
    ]
    return [{"uri": folder["uri"], "name": str(folder.get("name") or folder["uri"])} for folder in sound]


def _is_process_id(process: object) -> TypeGuard[int]:
    return isinstance(process, int) and not isinstance(process, bool) and 0 < process < 1 << 31


def _encodings(capabilities: Mapping[str, Any]) -> list[str]:
    known = {"utf-8", "utf-16", "utf-32"}
    offered = (capabilities.get("general") or {}).get("positionEncodings") or ()
    return [encoding for encoding in offered if encoding in known] or ["utf-16"]
