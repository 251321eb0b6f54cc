"""The prompt has definitions of VS Code's own TypeScript server."""

import time

from tests.loopback.client import Loopback
from tests.vscode.document import READY
from tests.vscode.editor import Editor, eventually

SIGNATURE = "export function priceOf(name: string, rate: number): number {\n"
SHOP = f"/** Prices are in cents. */\n{SIGNATURE}  return rate;\n}}\n"
DECLARED = f"# shop.ts\n/** Prices are in cents. */\n{SIGNATURE}\n# till.ts\n"


def test_definitions_of_typescript_are_in_the_prompt(editor: Editor, loopback: Loopback) -> None:
    """They are requested in a pause, for the names near the cursor; no other source reads other files."""
    loopback.behave(documents=[], text="1")
    config = editor.scratch / "config.toml"
    config.write_text('[context]\nsources = ["editor"]\n')
    editor.command("midfill: Restart the Server")
    editor.sees("status", "midfill: starting")
    editor.sees("status", READY)
    (editor.workspace / "shop.ts").write_text(SHOP)
    editor.open("till.ts", 'import { priceOf } from "./shop";\n\nconst rate = 1;\nconst price = |\n')

    def has_definition() -> bool:
        editor.type("x")
        time.sleep(0.7)  # The server requests definitions in a pause.
        calls = [call for call in loopback.log(idle=True) if call["method"] == "POST"]
        return any(call["body"]["prompt"].startswith(DECLARED) for call in calls)

    assert eventually(has_definition), editor.log()
    config.write_text("")
    editor.command("midfill: Restart the Server")
    editor.sees("status", READY)
