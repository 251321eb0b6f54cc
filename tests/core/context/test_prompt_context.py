"""The context grows at its end, and drops its older half at once; its bytes depend only on the found snippets."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.context import PromptContext, Snippet, comment_marker_of
from midfill.core.context.prompt_context import has_new_lines, merged, token_cost


def piece(path: str, line: int, *lines: str, source: str = "search") -> Snippet:
    return Snippet(path, line, "\n".join(lines), source, 1.0)


def test_block_is_written_as_a_repository() -> None:
    prompt_context = PromptContext(
        (piece("a.py", 3, "x = 1"), piece("", 0, "Be brief.", source="notes")), "b.py"
    )
    assert prompt_context.prompt_text == "# a.py\nx = 1\n\nBe brief.\n\n# b.py\n"


def test_block_can_be_written_as_comments() -> None:
    """Comments in the document's language, for models that were trained on single files."""
    snippets = (piece("a.go", 3, "x := 1", "", "y := 2"), piece("", 0, "Be brief.", source="notes"))
    assert (
        PromptContext(snippets, "b.go", "//").prompt_text
        == "// a.go\n// x := 1\n//\n// y := 2\n\n// Be brief.\n\n// b.go\n"
    )


@pytest.mark.parametrize(
    ("language", "comment_marker"), [("python", "#"), ("TypeScript", "//"), ("lua", "--"), ("markdown", "")]
)
def test_comment_prefix_of_a_language(language: str, comment_marker: str) -> None:
    assert comment_marker_of(language) == comment_marker


def test_control_tokens_of_models_are_neutralised() -> None:
    assert "<|fim_middle|>" not in PromptContext((piece("a.py", 0, "x = '<|fim_middle|>'"),)).prompt_text


pieces = st.lists(
    st.builds(
        lambda path, line, count: piece(path, line, *(f"{path} {line + row} word" for row in range(count))),
        st.sampled_from(["a.py", "b.py", "c.py"]),
        st.integers(0, 50),
        st.integers(1, 20),
    ),
    max_size=6,
)


@given(st.lists(pieces, max_size=12))
def test_block_grows_at_its_end_within_its_budget(rounds: list[list[Snippet]]) -> None:
    """Sent text keeps its bytes and its position until a batch is dropped from the start."""
    prompt_context = PromptContext()
    for snippets in rounds:
        extended = prompt_context.extended(snippets[:3], 400)
        assert extended.tokens <= max(400, sum(map(token_cost, snippets[:3])))
        assert extended.text.endswith("".join(PromptContext((snippet,)).text for snippet in snippets[:3]))
        dropped = not extended.text.startswith(prompt_context.text)
        assert not dropped or extended.tokens - sum(map(token_cost, snippets[:3])) <= 200
        prompt_context = extended


def test_block_without_new_snippets_is_unchanged() -> None:
    prompt_context = PromptContext((piece("a.py", 0, "x"),))
    assert prompt_context.extended([], 1) is prompt_context


def test_adjacent_snippets_are_merged() -> None:
    one, two, three = piece("a.py", 0, "a", "b"), piece("a.py", 1, "b", "c"), piece("b.py", 1, "x")
    assert [(snippet.line, snippet.text) for snippet in merged([two, three, one])] == [
        (0, "a\nb\nc"),
        (1, "x"),
    ]


_SCRIPT = """
from midfill.core.context import PromptContext, Snippet, ContextInputs, ContextSizes, context_for_cursor
from midfill.core.cursor import Cursor
class Index:
    def search(self, words, limit, skip):
        return [Snippet(f"{word}.py", 1, word * 9, "search", 1.0) for word in words]
    def definitions(self, names, limit):
        return [Snippet(f"{name}.py", 1, f"def {name}()", "declarations", 1.0) for name in names]
above = tuple(f"alpha{n} = beta_{n}(gamma{n % 3})\\n" for n in range(30))
inputs = ContextInputs(cursor=Cursor(above=above), path="x.py")
print(context_for_cursor(inputs, Index(), PromptContext(), ContextSizes()).prompt_text)
"""


def test_bytes_are_the_same_in_another_process() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", _SCRIPT], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert b"beta_" in outputs.pop()


@pytest.mark.parametrize(
    ("budget", "kept"),
    [
        (100, ["1", "2", "3", "4", "5"]),
        (99.9, ["3", "4", "5"]),
        (96, ["3", "4", "5"]),
        (95.9, ["4", "5"]),
        (36, ["5"]),
        (35.9, []),
        (20, []),
        (10, []),
    ],
)
def test_full_context_keeps_its_newest_half(budget: float, kept: list[str]) -> None:
    """Five snippets of 16 tokens and a new one of 20: all of them fit, or those that fill half of the budget."""
    known = tuple(piece(str(number), 0, "x" * 58) for number in range(1, 6))
    new = piece("new", 0, "x" * 72)
    assert [token_cost(one) for one in (*known, new)] == [16] * 5 + [20]
    found = PromptContext(known).extended([new], budget)
    assert [one.path for one in found.snippets] == [*kept, "new"]


def test_new_snippets_are_kept_in_any_case() -> None:
    """They may fill more than half of the budget; then older ones have what is left."""
    known = tuple(piece(str(number), 0, "x" * 58) for number in range(1, 6))
    new = [piece(f"new{number}", 0, "x" * 71) for number in range(4)]
    assert sum(map(token_cost, new)) == 80
    assert [one.path for one in PromptContext(known).extended(new, 112).snippets][:2] == ["4", "5"]
    assert [one.path for one in PromptContext(known).extended(new, 111).snippets][:2] == ["5", "new0"]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ((0, "a\nb"), (2, "c"), [(0, "a\nb\nc")]),
        ((0, "a\nb\n"), (2, "c\n"), [(0, "a\nb\nc")]),
        ((0, "a\nb"), (3, "d"), [(0, "a\nb"), (3, "d")]),
        ((0, "a\nb\n"), (3, "d"), [(0, "a\nb\n"), (3, "d")]),
        ((2, "c"), (0, "a\nb"), [(0, "a\nb\nc")]),
        ((0, "a\nb\nc"), (1, "b"), [(0, "a\nb\nc")]),
        ((1, "b"), (0, "a\nb\nc"), [(0, "a\nb\nc")]),
        ((5, "a\nb"), (6, "b\nc\nd"), [(5, "a\nb\nc\nd")]),
    ],
)
def test_overlapping_lines_are_sent_once(
    one: tuple[int, str], other: tuple[int, str], found: list[tuple[int, str]]
) -> None:
    """Adjacent lines make one snippet, too; there is a gap of at least a line between two."""
    snippets = merged(piece("a.py", line, text) for line, text in (one, other))
    assert [(of.line, of.text) for of in snippets] == found


@pytest.mark.parametrize("scores", [(1.0, 5.0), (5.0, 1.0)])
def test_merged_snippet_has_the_first_source_and_the_best_score(scores: tuple[float, float]) -> None:
    first, second = Snippet("a.py", 3, "d", "search", scores[0]), Snippet("a.py", 2, "c", "recent", scores[1])
    assert merged([first, second]) == [Snippet("a.py", 2, "c\nd", "search", 5.0)]


def test_texts_without_a_file_and_of_other_files_are_not_merged() -> None:
    notes = [piece("", 0, "Be brief.", source="notes"), piece("", 0, "Be kind.", source="notes")]
    others = [piece("a.py", 0, "a"), piece("b.py", 1, "b")]
    assert merged([*notes, *others]) == [*notes, *others]


@pytest.mark.parametrize(("known", "is_new"), [(0, True), (6, True), (7, False), (10, False)])
def test_snippet_is_known_if_most_of_its_lines_are(known: int, is_new: bool) -> None:
    """Seven of ten lines; blank lines and the indentation do not count."""
    lines = [f"line {row}" for row in range(10)]
    snippet = piece("a.py", 0, *(f"    {line}" for line in lines), "", "   ")
    assert has_new_lines(snippet, {"a.py": set(lines[:known])}) is is_new
    assert has_new_lines(snippet, {"b.py": set(lines)})


def test_blank_snippet_has_nothing_new() -> None:
    assert not has_new_lines(piece("a.py", 0, "", "  "), {})


def test_context_knows_the_lines_of_all_its_snippets() -> None:
    """By file, without blank lines and indentation."""
    context = PromptContext(
        (piece("a.py", 0, "  one", ""), piece("b.py", 0, "two"), piece("a.py", 9, "three"))
    )
    assert context.lines == {"a.py": {"one", "three"}, "b.py": {"two"}}
    assert context.without("search") == PromptContext()
    assert context.without("recent") == context


@pytest.mark.parametrize(
    ("path", "marker", "text"),
    [
        ("own.go", "//", "// a.go\n// x\n\n// own.go\n"),
        ("own.py", "", "# a.go\nx\n\n# own.py\n"),
        ("", "", "# a.go\nx\n\n"),
        ("", "//", "// a.go\n// x\n\n"),
    ],
)
def test_path_of_the_document_is_last(path: str, marker: str, text: str) -> None:
    """Blank lines at the end of a snippet are left out."""
    assert PromptContext((piece("a.go", 0, "x", "", ""),), path, marker).prompt_text == text
