"""Draws the pictures for the READMEs: `uv run python -m tests.vscode.picture`, after tests/vscode/fetch.sh."""

import tempfile
from pathlib import Path

from tests.loopback.client import Loopback
from tests.vscode.editor import VSIX, Editor, environment

MEDIA = VSIX.parent / "media"
SIZE = {"width": 760, "height": 400}
LOOK = {
    "breadcrumbs.enabled": False,
    "editor.fontSize": 15,
    "editor.guides.indentation": False,
    "editor.renderLineHighlight": "none",
    "editor.scrollbar.vertical": "hidden",
    "workbench.activityBar.location": "hidden",
    "workbench.colorTheme": "Default Dark Modern",
    "workbench.layoutControl.enabled": False,
}
CODE = '''\
@dataclass(frozen=True)
class Item:
    name: str
    price: float
    count: int = 1


def total(items: list[Item], discount: float = 0.0) -> float:
    """Return what all items cost, less the discount."""
    cost = 0.0
    for item in items:
        cost += item.price * item.count
    return cost * (1 - discount)
'''
RENAMED = '''\
def total_postage(parcels: list[Parcel]) -> float:
    """Return what it costs to send all parcels."""
    return sum(postage(parcel) for parcel in parcels)


def postage(parcel: Parcel) -> float:
    |heaviness = parcel.weight + WRAPPING
    if heaviness > LIMIT:
        raise TooHeavy(heaviness)
    return BASE + RATE * heaviness
'''
TYPED = '''\
def volume(width: float, height: float, depth: float) -> float:
    """Return the size of a box."""
    return width * height


print(volume(2, 3))
'''
REWRITTEN = TYPED.replace("    return width * height", "    base = width * height\n    return base * depth")


def main() -> None:
    """Write the pictures: of ghost text, of a next edit, and of one of a model."""
    with tempfile.TemporaryDirectory() as folder, Loopback() as loopback:
        scratch = Path(folder)
        loopback.behave(documents=[CODE])
        with Editor(scratch, environment(scratch, loopback), look=LOOK) as editor:
            editor.sees("status", "midfill: ready (deepseek)")
            editor.open("basket.py", CODE.rpartition("for")[0] + "fo|\n")
            editor.press("Control+B")
            editor.do("resize", SIZE)
            editor.type("r")
            editor.sees("ghost", " item in items:\n        cost += item.price * item.count")
            keep(editor, "ghost-text")
            loopback.behave(documents=[], text="")
            editor.open("parcels.py", RENAMED)
            editor.press("Control+Shift+ArrowRight")
            editor.type("load")
            editor.sees("added", ["Tab ↓ 8", "load"])
            keep(editor, "next-edit")
            editor.configure(edits_backend="deepseek", trigger_mode="manual")
            editor.open("sizes.py", TYPED.replace("depth", "|", 1))
            loopback.behave(text=f"{REWRITTEN}```")
            editor.type("depth")
            editor.sees("added", ["Tab ↓ 3", *REWRITTEN.split("\n")[2:4]])
            keep(editor, "next-edit-model")


def keep(editor: Editor, name: str) -> None:
    """Write a picture of the window into the folder of the extension's pictures."""
    (MEDIA / f"{name}.png").write_bytes(editor.picture(name).read_bytes())


if __name__ == "__main__":
    main()
