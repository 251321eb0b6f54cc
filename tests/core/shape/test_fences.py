"""Fences around an answer, and fences of the document itself."""

import pytest

from midfill.core.shape import mend
from tests.core.shape.places import cursor


@pytest.mark.parametrize("name", ["markdown", "md", "text", "plaintext"])
def test_fence_in_the_language_of_a_prose_document_is_removed(name: str) -> None:
    """In a prose document, a fence with the document's language wraps the answer."""
    assert mend(f"```{name}\nOne more.\n```", cursor("# Title\n\n▮\n", "markdown")) == "One more."


@pytest.mark.parametrize("name", ["python", "sh", "c++", "objective-c", ""])
def test_code_fence_stays_in_a_prose_document(name: str) -> None:
    """The document itself may contain fences."""
    raw = f"```{name}\nrun()\n```"
    assert mend(raw, cursor("# Title\n\n▮\n", "markdown")) == raw


def test_fence_within_a_sentence_is_removed() -> None:
    """A fence after other words does not start code."""
    assert mend("```\nmore words.\n```", cursor("Some ▮\n", "markdown")) == "more words."


@pytest.mark.parametrize("name", ["python", "c++", "objective-c", "asp.net", "c#", ""])
def test_fence_is_removed_in_code(name: str) -> None:
    """The fence may name any language."""
    assert mend(f"```{name} \nrun()\n``` \nThat runs.", cursor("▮\n")) == "run()"


@pytest.mark.parametrize(
    ("marked", "raw", "mended"),
    [
        ("▮\n", "run()\n```\nThat runs.", "run()"),
        ("run();▮", "stop();\n```\nThat stops.", "stop();"),
        ("▮\n", "run()\n`\nmore()", "run()\n`\nmore()"),
        ("▮\n", "```\nrun()\n`", "run()"),
        ("▮\n", "```python\nrun()", "run()"),
        ("▮\n", "```run()```", "run()"),
        ("text = '''\n```\n▮", "```python\nrun()\n```", "```python\nrun()\n```"),
        ("▮\n", "x = a`b", "x = a`b"),
    ],
)
def test_incomplete_fences(marked: str, raw: str, mended: str) -> None:
    """A closing fence, or the part of one, ends the answer; the document's own fences do not."""
    assert mend(raw, cursor(marked)) == mended


@pytest.mark.parametrize(
    ("marked", "body", "mended"),
    [
        ("def f():▮", "    return 1", "\n    return 1"),
        ("def f():▮\n    g()\n", "    return 1", "\n    return 1"),
        ("x = ▮", "1", "1"),
        ("x = y▮", "\nz = 1", "\nz = 1"),
        ("run();▮", "stop();", "\nstop();"),
        ("call(▮", "one)", "one)"),
        ("x = 12▮", "34", "34"),
        ("x = 12▮", "y = 2", "\ny = 2"),
        ("value = 1\nvalue▮", "other = 2", "\nother = 2"),
        ("pri▮", "nt(x)", "nt(x)"),
        ("if (a) {▮}", "go();\nstop();", "\n    go();\n    stop();"),
        ("if (a) {▮}", "go();", "go();"),
        ('x = "a"▮', "y = 2", "\ny = 2"),
        ('x = "a▮', "b", "b"),
        ("total = 1▮", "total = 2", "\ntotal = 2"),
        ("total = a▮", "total = b", "\ntotal = b"),
        ("run();▮", "X();", "\nX();"),
        ("def f():▮", "  return 1", "\n  return 1"),
        ("x = f▮", " + 1", " + 1"),
        ("f(▮)", "    a\n    b", "\n    a\n    b"),
        ("    f(▮)", "  a", "  a"),
        ("abc = 1\nx = abc▮", "def", "def"),
        ("x = abcd▮", "ef = 1", "ef = 1"),
        ("total = 1\ntotal_sum = 2\nx = total▮", "_sum", "_sum"),
    ],
)
def test_hidden_line_break_is_restored(marked: str, body: str, mended: str) -> None:
    """If the answer cannot continue the cursor's line, it starts on the next one."""
    assert mend(f"```\n{body}\n```", cursor(marked)) == mended
