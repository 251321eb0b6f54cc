"""The head of an answer."""

import pytest

from midfill.core.shape import mend
from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.mend import MAX_ANSWER_CHARACTERS
from midfill.core.shape.spacing import with_spacing
from tests.core.shape.places import cursor

TOKENS = (
    "<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", "<｜end▁of▁sentence｜>", "<|EOT|>",
    "<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>", "<fim-suffix>", "<file_sep>", "<repo_name>",
    "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|repo_name|>", "<|file_sep|>", "<|file_separator|>",
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<|cursor|>",
    "<PRE>", "<SUF>", "<MID>", "<EOT>", "</s>", "[PREFIX]", "[SUFFIX]", "[MIDDLE]", "[INST]",
    "<[fim-suffix]>", "<[fim-middle]>", "<end_of_turn>", "<eos>", "</think>",
)  # fmt: skip


@pytest.mark.parametrize("token", TOKENS)
def test_control_token_ends_the_answer(token: str) -> None:
    """For every family of models, text after a control token is not part of the answer."""
    assert mend(f"1 + 2{token}\nmore", cursor("x = ▮")) == "1 + 2"


@pytest.mark.parametrize("token", TOKENS)
def test_leading_control_token_is_removed(token: str) -> None:
    """After a leading control token the answer continues."""
    assert mend(f"{token}1 + 2", cursor("x = ▮")) == "1 + 2"


@pytest.mark.parametrize("end", range(3, len("<｜end▁of▁sentence｜>")))
def test_incomplete_control_token_is_not_shown(end: int) -> None:
    """No part of a control token is shown, for any chunks."""
    assert mend("1 + 2" + "<｜end▁of▁sentence｜>"[:end], cursor("x = ▮")) == "1 + 2"


@pytest.mark.parametrize(
    ("marked", "raw", "mended"),
    [
        ("x ▮", "< y", "< y"),
        ("x ▮", "<|", "<|"),
        ("a = b[▮]", "PREFIX", "PREFIX"),
        ('T = "<EOT>"\nx = ▮', '"<EOT>" + y', '"<EOT>" + y'),
        ('T = "<|end|>"\nx = ▮', '"‹|end|›"', '"<|end|>"'),
    ],
)
def test_other_text_is_unchanged(marked: str, raw: str, mended: str) -> None:
    """Operators are kept, and tokens that the document contains are restored."""
    assert mend(raw, cursor(marked)) == mended


@pytest.mark.parametrize(
    ("marked", "raw", "mended"),
    [
        ("x = ▮", "```python\n1\n```", "1"),
        ("x = ▮", "```\n1\n```\nThat is one.", "1"),
        ("x = ▮", "1\n```\nThat is one.", "1"),
        ("def f():▮", "```python\n    return 1\n```", "\n    return 1"),
        ("run();▮", "```js\nstop();\n```", "\nstop();"),
        ("pri▮", "```\nnt(x)\n```", "nt(x)"),
    ],
)
def test_fence_is_removed(marked: str, raw: str, mended: str) -> None:
    """The content of a Markdown fence is the answer; a line break that the fence hides is restored."""
    assert mend(raw, cursor(marked)) == mended


@pytest.mark.parametrize(
    ("marked", "raw", "mended"),
    [
        ("total = sum(▮", "total = sum(prices)", "prices)"),
        ("    total = sum(▮", "total = sum(prices)", "prices)"),
        ("a = first()\nb = second(▮", "a = first()\nb = second(a)", "a)"),
        ("a = first()\n▮", "a = first()\nb = 2", "b = 2"),
        ("a = first()\n\n▮", "a = first()\n\nb = 2", "b = 2"),
        ("x = ▮", "x = 1", "x = 1"),
        ("row = [1, ▮", "1, 2]", "1, 2]"),
    ],
)
def test_echo_is_removed(marked: str, raw: str, mended: str) -> None:
    """Repeated text from before the cursor is dropped, unless it is too short to be certain."""
    assert mend(raw, cursor(marked)) == mended


@pytest.mark.parametrize(
    ("marked", "raw", "mended"),
    [
        ("x = ▮", " 1", "1"),
        ("When  ▮", " time", " time"),
        ("x =▮", "1", " 1"),
        ("x =▮", " 1", " 1"),
        ("x =▮", "= y", "= y"),
        ("x=▮", "1", "1"),
        ("X▮", " = 1", " = 1"),
        ("if X:▮", "    X", "\n    X"),
        ("f(a, b,▮", "c)", " c)"),
        ("f(a,b,▮", "c)", "c)"),
        ('"a =▮', "b", "b"),
        ("    ▮", "    x = 1", "x = 1"),
        ("    ▮", "\n    x = 1", "x = 1"),
        ("    ▮", "\n\ndef f(): ...", "\n\ndef f(): ..."),
        ("▮", "    x = 1", "    x = 1"),
        ("x = ▮", "\t1", "1"),
        ("x =\t▮", " 1", "1"),
        ("\t▮", "\tx = 1", "x = 1"),
        ("    ▮", "\n\tx = 1", "x = 1"),
        ("if a:\n    ▮", "        b()", "b()"),
        ("if a:▮", "    # b", "    # b"),
        ("if a:▮ b", "    c", "    c"),
    ],
)
def test_blanks_are_neither_repeated_nor_missing(marked: str, raw: str, mended: str) -> None:
    """Blanks before the cursor are not repeated; an operator or comma gets one according to the line's style."""
    assert mend(raw, cursor(marked)) == mended


@pytest.mark.parametrize(
    ("marked", "text", "spaced"),
    [
        ("    ▮", "\n  x", "\n  x"),
        ("    ▮", "\n  ", ""),
        ("  if a:\n  ▮", "    b()", "  b()"),
        ("  if a:\n  ▮", "  b()", "b()"),
        ("  if a:\n    ▮", "      b()", "b()"),
        ("  if a:\n  ▮", "\t\tb()", "b()"),
        ("if a: ▮", "    b()", "\n    b()"),
        ("if a:▮", "\t", "\t"),
    ],
)
def test_indentation_of_an_answer_on_an_empty_line(marked: str, text: str, spaced: str) -> None:
    """It is kept as far as the line is not yet in the block that starts above it."""
    assert with_spacing(text, syntax_at(cursor(marked))) == spaced


def test_longer_answer_than_anyone_asks_for_is_cut() -> None:
    """It ends after 4,000 characters."""
    for size in (MAX_ANSWER_CHARACTERS, MAX_ANSWER_CHARACTERS + 1):
        assert mend("x" * size, cursor("▮")) == "x" * MAX_ANSWER_CHARACTERS


@pytest.mark.parametrize("lines", [1_300, 1_400])
def test_direction_of_the_text_around_the_cursor(lines: int) -> None:
    """Only text that is right to left there keeps marks of direction; text 8,000 characters away does not count."""
    far = "x = 1\n" * lines
    kept = "\u2067a\u2069" if lines == 1_300 else "a"
    assert mend("\u2067a\u2069", cursor(f"# \u05d0\n{far}▮\n")) == kept
    assert mend("\u2067a\u2069", cursor(f"▮\n{far}# \u05d0\n")) == kept


def test_carriage_returns_are_removed() -> None:
    """Carriage returns are removed."""
    assert mend("1\r\ny = 2\rz = 3", cursor("x = ▮")) == "1\ny = 2\nz = 3"


@pytest.mark.parametrize("size", [1, 3, 7, 40])
def test_mended_start_does_not_change(size: int) -> None:
    """While an answer streams in, its complete lines do not change."""
    here = cursor("def f(x):\n    if x:▮\n    return 0\n")
    raw = "```python\n\tx += 1\n\treturn x\n```\nDone."
    whole = mend(raw, here)
    for end in range(0, len(raw), size):
        assert whole.startswith(mend(raw[:end], here).rpartition("\n")[0])


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("<s>old</s> new", "<s>old</s> new"),
        ("price</s> new", "price"),
        ("<s>new", "new"),
        ("new<s>more", "new"),
        ("a <s>b</s> c</s> d</s>", "a <s>b</s> c</s> d</s>"),
        ("<strong>x</strong></s>", "<strong>x</strong></s>"),
    ],
)
def test_strikethrough_tags_are_no_control_tokens(raw: str, mended: str) -> None:
    """`<s>` with its other half is a tag of HTML, and alone it is a token of Llama's."""
    assert mend(raw, cursor("<p>▮</p>", "html")) == mended


@pytest.mark.parametrize("token", ["<fim_prefix>", "<|endoftext|>", "</s>", "[INST]"])
def test_control_token_of_the_document_stays(token: str) -> None:
    """It may be before the cursor or after it."""
    assert mend(f"x{token}y", cursor(f"a{token}\n'▮'")) == f"x{token}y"
    assert mend(f"x{token}y", cursor(f"'▮'\na{token}")) == f"x{token}y"
    assert mend(f"x{token}y", cursor("'▮'")) == "x"
