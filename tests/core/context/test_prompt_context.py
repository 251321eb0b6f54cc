"""The context grows at its end, and drops its older half at once; its bytes depend only on the found snippets."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.context import PromptContext, Snippet, comment_marker_of
from midfill.core.context.prompt_context import merged, token_cost


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
