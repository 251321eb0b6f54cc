"""The prompts as their models document them, and the parsed answers."""

import json
from itertools import pairwise

import pytest

from midfill.core.rewrite import FORMATS, EditableRegion
from midfill.core.rewrite.formats.diffs import blocks, unified
from midfill.core.rewrite.formats.markers import MAX_LINES, MAX_SHIFT_LINES, boundaries
from midfill.core.rewrite.rewrite_region import RecentChange
from tests.core.rewrite.regions import region

TEXT = "import os\n\n\ndef area(w, height):\n    return w▮idth * height\n\n\nprint(area(1, 2))\n"


def part() -> EditableRegion:
    """Two lines of a file, of which the first was edited."""
    return region(TEXT, {3: "def area(width, height):"}, lines_around=(1, 0))


DIFF = (
    "--- a/shop/cart.py\n+++ b/shop/cart.py\n@@ -3,3 +3,3 @@\n \n-def area(width, height):\n"
    "+def area(w, height):\n     return width * height"
)

BLOCKS = "original:\ndef area(width, height):\nupdated:\ndef area(w, height):"

PROMPTS = {
    "zeta": "<[fim-suffix]>\n\nprint(area(1, 2))\n\n<[fim-prefix]><filename>edit_history\n"
    + DIFF
    + "\n\n<filename>shop/cart.py\nimport os\n\n\n<<<<<<< CURRENT\ndef area(w, height):\n"
    "    return w<|user_cursor|>idth * height\n=======\n<[fim-middle]>",
    "zeta-2.1": "<[fim-suffix]>\n\nprint(area(1, 2))\n\n<[fim-prefix]><filename>edit_history\n"
    + DIFF
    + "\n\n<filename>shop/cart.py\nimport os\n\n\n<|marker_1|>\ndef area(w, height):\n"
    "    return w<|user_cursor|>idth * height\n<|marker_2|>\n<[fim-middle]>",
    "sweep": "<|file_sep|>shop/cart.py\n"
    + TEXT.replace("▮", "")
    + "\n<|file_sep|>shop/cart.py.diff\n"
    + BLOCKS
    + "\n<|file_sep|>original/shop/cart.py:4:5\ndef area(width, height):\n    return width * height\n"
    "<|file_sep|>current/shop/cart.py:4:5\ndef area(w, height):\n    return w<|cursor|>idth * height\n"
    "<|file_sep|>updated/shop/cart.py:4:5\n",
    "mercury": "<|recently_viewed_code_snippets|>\n<|/recently_viewed_code_snippets|>\n\n"
    "<|current_file_content|>\ncurrent_file_path: shop/cart.py\nimport os\n\n\n<|code_to_edit|>\n"
    "def area(w, height):\n    return w<|cursor|>idth * height\n<|/code_to_edit|>\n\n\nprint(area(1, 2))\n\n"
    "<|/current_file_content|>\n\n<|edit_diff_history|>\n" + DIFF + "\n<|/edit_diff_history|>\n",
    "chat": "File: shop/cart.py\n\nThe lines above the part:\n```python\nimport os\n\n\n```\n\n"
    "The lines below the part:\n```python\n\n\nprint(area(1, 2))\n\n```\n\n"
    "The user's latest edits, the newest last:\n\nshop/cart.py\n```\n" + BLOCKS + "\n```\n\n"
    "The part, with the cursor at <|cursor|>:\n```python\ndef area(w, height):\n"
    "    return w<|cursor|>idth * height\n```",
}  # fmt: skip


CHAT_SYSTEM = (
    "You predict the next edit in a code editor. You are given the user's latest edits and a part of the file. "
    "Answer with that part as it is after the user's next edit, in one fence, and with nothing else. "
    "Finish what the latest edits began: the same change at other lines of the part, and what follows from it. "
    "Keep all that the user has just typed, and undo nothing. "
    "Copy every other line exactly, the first and the last one included. If no edit follows, copy the whole part."
)
LIST_SYSTEM = (
    "You predict the next edits in a code editor. You are given the user's latest edits and a part of the file. "
    'Answer with json: {"edits": [{"original": "    a = old()", "updated": "    a = new()"}]}. '
    '"original": consecutive whole lines of the part, copied exactly, as many as are needed to find them only once; '
    '"updated": the lines in their place. '
    "Finish what the latest edits began: the same change at other lines of the part, and what follows from it. "
    'Keep all that the user has just typed, and undo nothing. If no edit follows: {"edits": []}.'
)


@pytest.mark.parametrize("name", PROMPTS)
def test_prompt_of_each_format(name: str) -> None:
    prompt = FORMATS[name].prompt_for(part())
    assert prompt is not None
    assert prompt.prompt == PROMPTS[name]
    assert prompt.system == (CHAT_SYSTEM if name == "chat" else "")


def test_started_answer() -> None:
    """DeepSeek's model continues after the opened fence, and ends at the closing one."""
    prompt = FORMATS["chat-prefix"].prompt_for(part())
    assert prompt is not None
    assert prompt.prompt == PROMPTS["chat"]
    assert (prompt.required_start, prompt.stop) == ("```python\n", ("\n```",))


def test_fence_in_the_text() -> None:
    """The prompt's fence is longer than any in the document."""
    found = region("````\nx▮\n````", language="markdown")
    prompt = FORMATS["chat-prefix"].prompt_for(found)
    assert prompt is not None
    assert prompt.required_start == "`````markdown\n"


def test_fence_names_a_plain_language() -> None:
    """A language with another mark in its name is left out."""
    prompt = FORMATS["chat-prefix"].prompt_for(region("x▮", language="objective-c"))
    assert prompt is not None
    assert prompt.required_start == "```\n"
    assert (
        prompt.prompt
        == "File: shop/cart.py\n\nThe part, with the cursor at <|cursor|>:\n```\nx<|cursor|>\n```"
    )


@pytest.mark.parametrize("line", ["<<<<<<< CURRENT", "=======", ">>>>>>> UPDATED"])
def test_zeta_refuses_a_merge_conflict(line: str) -> None:
    assert FORMATS["zeta"].prompt_for(region(f"a▮\n{line}\nb")) is None


def test_text_that_looks_like_a_file_mark() -> None:
    """Its copy in the answer becomes the document's own text again."""
    found = region("usage: tool <filename>▮")
    prompt = FORMATS["zeta"].prompt_for(found)
    assert prompt is not None
    assert prompt.prompt.count("<filename>") == 1
    assert "usage: tool ‹filename›" in prompt.prompt
    read = FORMATS["zeta"].read("usage: tool -v ‹filename›\n>>>>>>> UPDATED", found, ended=True)
    assert read is not None
    assert read.lines == ("usage: tool -v <filename>",)


NEW = "def area(w, height):\n    return w * height"
LINES = tuple(NEW.split("\n"))

ANSWERS: list[tuple[str, str, tuple[str, ...] | None]] = [
    ("chat-prefix", NEW, LINES),
    ("chat-prefix", f"{NEW}\n", LINES),
    ("chat-prefix", f"{NEW}\n```\nThat is all.", LINES),
    ("chat-prefix", NEW.replace("w *", "w<|cursor|> *"), LINES),
    ("chat-prefix", NEW.replace("\n", "\r\n"), LINES),
    ("chat", f"```python\n{NEW}\n```", LINES),
    ("chat", f"Here it is:\n\n```\n{NEW}\n```\nDone.", LINES),
    ("chat", NEW, None),
    ("chat", f"```python\n{NEW}", None),
    ("chat", "", None),
    ("mercury", f"```\n{NEW}\n```", LINES),
    ("mercury", NEW, LINES),
    ("mercury", f"```python\n<|code_to_edit|>\n{NEW}\n<|/code_to_edit|>\n```", LINES),
    ("mercury", NEW.replace("w *", "w<|cursor|> *"), LINES),
    ("mercury", "None", None),
    ("mercury", "```\nNone\n```", None),
    ("mercury", "", None),
    ("sweep", f"{NEW}\n", LINES),
    ("sweep", f"{NEW}\n<|file_sep|>next.py", LINES),
    ("sweep", f"{NEW}<|endoftext|>", LINES),
    ("sweep", NEW.replace("w *", "w<|cursor|> *"), LINES),
    ("zeta", f"{NEW}\n", LINES),
    ("zeta", f"{NEW}\n>>>>>>> UPDATED\n", LINES),
    ("zeta", f"{NEW}<|user_cursor|>\n>>>>>>> UPDATED\n", LINES),
    ("zeta", "NO_EDITS\n", None),
    ("zeta", "\nNO_EDITS\n", None),
    ("zeta-2.1", f"<|marker_1|>\n{NEW}\n<|marker_2|>", LINES),
    ("zeta-2.1", f"<|marker_1|>\n{NEW.replace('w *', 'w<|user_cursor|> *')}\n<|marker_2|>\n", LINES),
    ("zeta-2.1", f"\n<|marker_1|>\n{NEW}\n<|marker_2|>", LINES),
    ("zeta-2.1", NEW, None),
    ("zeta-2.1", f"<|marker_1|>\n{NEW}", None),
    ("zeta-2.1", f"<|marker_1|>\n{NEW}\n<|marker_1|>", None),
    ("zeta-2.1", f"<|marker_1|>\n{NEW}\n<|marker_7|>", None),
    ("zeta-2.1", f"<|marker_1|>\n{NEW}\n<|marker_0|>", None),
    ("zeta-2.1", f"<|marker_1|>\n{NEW}\n<|marker_2|>\n\n", LINES),
    ("zeta-2.1", f"<|marker_1|>\n{NEW}\n<|marker_2|>\nThat is all.", None),
    ("zeta-2.1", f"I would write <|marker_1|>\n{NEW}\n<|marker_2|>", None),
    ("zeta-2.1", "NO_EDITS", None),
]


def test_prompt_for_a_list_of_edits() -> None:
    """The same message as for a rewritten region, and an answer that the server makes JSON."""
    prompt = FORMATS["json"].prompt_for(part())
    assert prompt is not None
    assert (prompt.prompt, prompt.json, prompt.required_start) == (PROMPTS["chat"], True, "")
    assert prompt.system == LIST_SYSTEM


WIDTH, HEIGHT = "    return width * height", "    return w * height"


def listed(*edits: tuple[str, str]) -> str:
    return json.dumps({"edits": [{"original": old, "updated": new} for old, new in edits]})


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (listed((WIDTH, HEIGHT)), LINES),
        (listed((WIDTH + "\n", HEIGHT + "\n")), LINES),
        (listed((WIDTH, f"    use(w)\n{HEIGHT}")), (LINES[0], "    use(w)", HEIGHT)),
        (listed((WIDTH, "")), LINES[:1]),
        (listed(("def area(w, height):", "def area(w, h):")), ("def area(w, h):", WIDTH)),
        (listed((f"def area(w, height):\n{WIDTH}", "pass")), ("pass",)),
        (listed((WIDTH, f"    use(w)\n{HEIGHT}"), ("    use(w)", "    use(h)")), (LINES[0], "    use(h)", HEIGHT)),
        (listed((WIDTH.replace("w", "<|cursor|>w"), HEIGHT.replace("w", "w<|cursor|>"))), LINES),
        (listed((WIDTH, "    return MAX"), ("    return MAX", "    return MIN_MAX")), (LINES[0], "    return MIN_MAX")),
        (listed(("not there", "x"), (WIDTH, HEIGHT)), LINES),
        (listed(("return width * height", "return w * height")), None),
        (listed((WIDTH, WIDTH)), None),
        (listed(), None),
        (listed((WIDTH, HEIGHT))[:-3], None),
        ('{"edits": [{"original": 1, "updated": "x"}, 5]}', None),
        ('{"edits": {}}', None),
        ('{"edits": 5}', None),
        ("[]", None),
        ("[" * 100_000, None),
        ("", None),
        ("None", None),
    ],
)  # fmt: skip
def test_listed_edits(text: str, lines: tuple[str, ...] | None) -> None:
    """Nothing for an empty answer, a malformed one, and lines that are not those of the document."""
    found = FORMATS["json"].read(text, part(), ended=True)
    assert (None if found is None else found.lines) == lines
    assert found is None or found.whole
    assert FORMATS["json"].read(text, part(), ended=False) is None


def test_ambiguous_lines_are_dropped() -> None:
    """An edit of lines that occur twice is dropped."""
    found = region("use(a)▮\nuse(a)")
    assert FORMATS["json"].read(listed(("use(a)", "use(b)")), found, ended=True) is None


@pytest.mark.parametrize(("name", "text", "lines"), ANSWERS)
def test_answer_of_each_format(name: str, text: str, lines: tuple[str, ...] | None) -> None:
    """A complete answer: its lines, or nothing for an answer without an edit and for a malformed one."""
    found = FORMATS[name].read(text, part(), ended=True)
    assert (None if found is None else found.lines) == lines
    assert found is None or (found.whole and (found.first, found.until) == (0, 2))


STARTS = {"chat": "```python\n", "zeta-2.1": "<|marker_1|>\n"}


@pytest.mark.parametrize("name", ["chat", "chat-prefix", "sweep", "zeta", "zeta-2.1"])
def test_streaming_answer(name: str) -> None:
    """Each line is known when it is complete; the last one may continue."""
    text = STARTS.get(name, "") + NEW
    seen = []
    for size in range(len(text) + 1):
        found = FORMATS[name].read(text[:size], part(), ended=False)
        seen.append(() if found is None else found.lines)
        assert found is None or not found.whole
    assert set(seen) == {(), LINES[:1]}


def test_answer_in_one_chunk() -> None:
    assert FORMATS["mercury"].read(NEW, part(), ended=False) is None


LONG = "\n".join(["a = 1"] * 7 + [""] + ["b = 1"] * 7) + "▮"


def test_answer_between_any_markers() -> None:
    """Zeta 2.1 answers from any marker to a later one."""
    found = region(LONG)
    prompt = FORMATS["zeta-2.1"].prompt_for(found)
    assert prompt is not None
    parts = "a = 1\n" * 7 + "\n", "b = 1\n" * 6 + "b = 1<|user_cursor|>\n"
    assert f"<|marker_1|>\n{parts[0]}<|marker_2|>\n{parts[1]}<|marker_3|>\n<[fim-middle]>" in prompt.prompt
    read = FORMATS["zeta-2.1"].read("<|marker_2|>\nb = 2\n<|marker_3|>", found, ended=True)
    assert read == (8, 15, ("b = 2",), True)


def test_answer_over_several_markers() -> None:
    """The markers between the first and the last are left out. Until the end, any of them may be the last one."""
    found, read = region(LONG), FORMATS["zeta-2.1"].read
    whole = "<|marker_1|>\na = 2\n<|marker_2|>\nb = 2\n<|marker_3|>"
    assert read(whole, found, ended=True) == (0, 15, ("a = 2", "b = 2"), True)
    part = whole.partition("\nb")[0]
    assert read(part, found, ended=True) == (0, 8, ("a = 2",), True)
    assert read(part, found, ended=False) == (0, 15, ("a = 2",), False)


@pytest.mark.parametrize("count", range(60))
def test_markers_cover_the_region(count: int) -> None:
    """The markers ascend from start to end, never further apart than the model's maximum."""
    lines = ["x", "", "}", "y", ""] * (count // 5) + ["z"] * (count % 5)
    marks = boundaries(lines)
    assert (marks[0], marks[-1]) == (0, count)
    assert all(0 < b - a <= MAX_LINES + MAX_SHIFT_LINES for a, b in pairwise(marks)) or count == 0


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("chat", (18, 46)),
        ("chat-prefix", (18, 46)),
        ("json", (18, 46)),
        ("mercury", (20, 45)),
        ("sweep", (20, 41)),
        ("zeta", (15, 46)),
        ("zeta-2.1", (15, 51)),
    ],
)
def test_each_model_rewrites_the_lines_that_it_was_trained_on(name: str, rows: tuple[int, int]) -> None:
    """The cursor is in row 30; sources of the sizes are those of the formats."""
    text = "\n".join(f"line{row}" + "▮" * (row == 30) for row in range(80))
    found = region(text, lines_around=FORMATS[name].lines_around)
    assert (found.row, found.end) == rows
    prompt = FORMATS[name].prompt_for(found)
    assert prompt is not None
    assert all(f"line{row}\n" in prompt.prompt for row in (rows[0], rows[1] - 1))


END = "<[end▁of▁sentence]>"


@pytest.mark.parametrize(
    ("name", "start", "stop"),
    [
        ("chat", "", ()),
        ("json", "", ()),
        ("mercury", "", ()),
        ("sweep", "", ("<|file_sep|>", "<|endoftext|>")),
        ("zeta", "", (">>>>>>> UPDATED", END)),
        ("zeta-2.1", "", (END,)),
    ],
)
def test_answer_ends_at_the_marks_of_its_format(name: str, start: str, stop: tuple[str, ...]) -> None:
    """The server stops there: later text costs tokens. Only a chat that continues a message has a required start."""
    prompt = FORMATS[name].prompt_for(part())
    assert prompt is not None
    assert (prompt.required_start, prompt.stop) == (start, stop)
    assert prompt.json is (name == "json")


SECOND = "--- a/shop/cart.py\n+++ b/shop/cart.py\n@@ -7,3 +7,3 @@\n \n-print(1)\n+print(area(1, 2))\n "
SECOND_BLOCKS = "original:\nprint(1)\nupdated:\nprint(area(1, 2))"


@pytest.mark.parametrize(
    ("name", "edits"),
    [
        ("zeta", f"<filename>edit_history\n{DIFF}\n{SECOND}\n\n<filename>"),
        ("zeta-2.1", f"<filename>edit_history\n{DIFF}\n{SECOND}\n\n<filename>"),
        ("mercury", f"<|edit_diff_history|>\n{DIFF}\n{SECOND}\n<|/edit_diff_history|>\n"),
        (
            "sweep",
            f"<|file_sep|>shop/cart.py.diff\n{BLOCKS}\n<|file_sep|>shop/cart.py.diff\n{SECOND_BLOCKS}\n<|file_sep|>",
        ),
        ("chat", f"shop/cart.py\n```\n{BLOCKS}\n```\n\nshop/cart.py\n```\n{SECOND_BLOCKS}\n```\n\nThe part"),
    ],
)
def test_newest_edit_is_last_in_each_prompt(name: str, edits: str) -> None:
    found = region(TEXT, {3: "def area(width, height):", 7: "print(1)"}, lines_around=(1, 0))
    prompt = FORMATS[name].prompt_for(found)
    assert prompt is not None
    assert edits in prompt.prompt


@pytest.mark.parametrize("name", FORMATS)
def test_prompt_without_edits_has_no_list_of_them(name: str) -> None:
    prompt = FORMATS[name].prompt_for(region("a = 1▮\n"))
    assert prompt is not None
    assert not any(word in prompt.prompt for word in ("edit_history", "latest edits", ".diff"))
    assert name == "mercury" or "original:" not in prompt.prompt


@pytest.mark.parametrize(
    ("lines", "marks"),
    [
        ("a" * 6 + " " + "b" * 6, [0, 7, 13]),
        ("a" * 5 + " " + "b" * 6, [0, 6, 12]),
        ("a" * 4 + " " + "b" * 6, [0, 11]),
        ("a" * 6 + " " + "b" * 5, [0, 12]),
        ("a" * 6 + "  " + "b" * 6, [0, 8, 14]),
        ("a" * 6 + " }" + "b" * 6, [0, 8, 14]),
        ("a" * 6 + " }}}}" + "b" * 6, [0, 11, 17]),
        ("a" * 6 + " }}}}}" + "b" * 6, [0, 7, 18]),
        ("a" * 6 + " }" + "b" * 5, [0, 13]),
        ("a" * 16 + "b" * 2, [0, 16, 18]),
        ("a" * 16 + "}" + "b" * 2, [0, 17, 19]),
        ("a" * 16, [0, 16]),
        ("a" * 15, [0, 15]),
        ("a" * 6 + " " + "b" * 6 + " " + "c" * 6, [0, 7, 14, 20]),
        (" " * 6 + "a" * 6, [0, 6, 12]),
        ("", [0, 0]),
    ],
)
def test_markers_of_a_region(lines: str, marks: list[int]) -> None:
    """A marker is after six lines at least, at a line after a blank one that begins something; else after 16."""
    assert boundaries([line.strip() for line in lines]) == marks


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("}", True), ("])", True), ("};", True), ("end", True), ("return", True), ("return;", True),
        ("break;;", True), ("endless", False), ("return x", False), ("x}", False),
    ],
)  # fmt: skip
def test_line_that_ends_a_block_begins_nothing(line: str, ends: bool) -> None:
    """A marker is before the line after it."""
    marks = boundaries(["a"] * 6 + ["", line] + ["b"] * 6)
    assert marks == ([0, 8, 14] if ends else [0, 7, 14])


@pytest.mark.parametrize(
    ("name", "text", "whole"),
    [
        ("sweep", f"{NEW}\n<|file_sep|>", True),
        ("sweep", f"{NEW}\n<|endoftext|>", True),
        ("sweep", f"{NEW}\n", False),
        ("zeta", f"{NEW}\n>>>>>>> UPDATED", True),
        ("zeta", f"{NEW}\n", False),
        ("chat-prefix", f"{NEW}\n```", True),
        ("chat-prefix", f"{NEW}\n", False),
        ("chat", f"```\n{NEW}\n```", True),
        ("chat", f"```\n{NEW}\n", False),
    ],
)
def test_closing_mark_ends_a_streaming_answer(name: str, text: str, whole: bool) -> None:
    """The server may send it before it ends the stream; all lines before it are known."""
    found = FORMATS[name].read(text, part(), ended=False)
    assert found is not None
    assert (found.whole, found.lines) == (whole, LINES)


@pytest.mark.parametrize("name", ["chat", "chat-prefix", "sweep", "zeta", "zeta-2.1"])
def test_mark_of_the_cursor_is_no_text_of_a_streaming_answer(name: str) -> None:
    mark = "<|user_cursor|>" if name.startswith("zeta") else "<|cursor|>"
    found = FORMATS[name].read(STARTS.get(name, "") + f"def area({mark}w, height):\n", part(), ended=False)
    assert found is not None
    assert found.lines == LINES[:1]


def test_edit_of_the_first_line_has_no_line_above() -> None:
    """A removed last line has an empty one below."""
    first = RecentChange("a.py", 0, ("x",), ("y",), "", "z")
    assert unified(first) == "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-x\n+y\n z"
    last = RecentChange("a.py", 3, ("x",), (), "w", "")
    assert unified(last) == "--- a/a.py\n+++ b/a.py\n@@ -3,3 +3,2 @@\n w\n-x\n "


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("x",), ("y",), "original:\nx\nupdated:\ny"),
        ((), ("y",), "original:\nif z:\nupdated:\nif z:\ny"),
        (("x",), (), "original:\nif z:\nx\nupdated:\nif z:"),
    ],
)
def test_added_or_removed_line_has_the_line_above(
    before: tuple[str, ...], after: tuple[str, ...], expected: str
) -> None:
    """It tells the model where the line is."""
    assert blocks(RecentChange("a.py", 4, before, after, "if z:", "end")) == expected
