"""Documents in VS Code, and the model's knowledge of them."""

from tests.loopback.client import Loopback
from tests.vscode.editor import Editor

ADD = "def add(a, b):\n    return a + b\n"
TOTAL = "def total(items):\n    amount = 0\n    for item in items:\n        amount += item.price\n    return amount\n"
PRINT = "def show(items, end):\n    print(items, end)\n"
TAX = "def compute_tax(amount, rate):\n    return amount * rate\n\n\ntax = compute_tax(amount, 0.19)\n"

READY = "midfill: ready (deepseek)"


def opened(editor: Editor, loopback: Loopback, name: str, whole: str, text: str) -> None:
    """Open `text` (its cursor is `|`), which the model knows as a part of `whole`.

    Both start with the file's name, so that no answer from another test fits. One key causes a request; in
    a burst of keys the server may show an incomplete line.
    """
    loopback.behave(documents=[titled(name, whole)], lines=6)
    editor.open(name, titled(name, text))


def titled(name: str, text: str) -> str:
    return f"# {name}\n{text}"


def asked(loopback: Loopback, name: str) -> list[str]:
    """Return the text left of the cursor on its line, for each call about the file so far."""
    prompts = [call["body"]["prompt"] for call in loopback.log(idle=True) if call["method"] == "POST"]
    return [prompt.rpartition("\n")[2] for prompt in prompts if f"# {name}\n" in prompt]
