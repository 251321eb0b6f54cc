"""The result of `initialize`: the capabilities of the server, without an import of pygls or lsprotocol.

A test compares the result with that of pygls.
"""

from collections.abc import Mapping
from typing import Any

from midfill import __version__
from midfill.core.document import Encoding
from midfill.lsp.client import pygls_params

POPUP_TRIGGERS = list(".(=,: \t[{<>\"'/")
"""Characters that open the popup in clients that cannot show completions inline (Helix opens it on letters alone)."""

COMMANDS = tuple(
    f"midfill.{name}"
    for name in (
        "accepted",
        "dismissed",
        "acceptLine",
        "toggle",
        "snooze",
        "stats",
        "showPrompt",
        "why",
        "retry",
        "editAccepted",
        "editRefused",
        "toggleEdits",
        "snoozeEdits",
    )
)
"""The commands of `workspace/executeCommand`."""

EVERY_CELL = {"notebookSelector": [{"notebook": "*", "cells": [{"language": "*"}]}]}


def initialize_result(params: Mapping[str, Any], *, popup: bool) -> dict[str, Any]:
    """Return the result of `initialize` for its undecoded parameters; `popup`: the popup shows the completions."""
    notebooks = pygls_params(params)["capabilities"].get("notebookDocument")
    return {
        "capabilities": {
            "positionEncoding": encoding_of(params),
            "textDocumentSync": {"openClose": True, "change": 2, "save": True},  # 2: incremental
            **({"notebookDocumentSync": EVERY_CELL} if notebooks else {}),
            **({"completionProvider": {"triggerCharacters": POPUP_TRIGGERS}} if popup else {}),
            "executeCommandProvider": {"commands": list(COMMANDS)},
            "inlineCompletionProvider": {},
            "workspace": {
                "workspaceFolders": {"supported": True, "changeNotifications": True},
                "fileOperations": {},
            },
        },
        "serverInfo": {"name": "midfill", "version": __version__},
    }


def encoding_of(params: Mapping[str, Any]) -> Encoding:
    """Return the negotiated position encoding: the first of the client's that the server supports."""
    encodings: dict[str, Encoding] = {"utf-8": "utf-8", "utf-16": "utf-16", "utf-32": "utf-32"}
    return encodings[pygls_params(params)["capabilities"]["general"]["positionEncodings"][0]]
