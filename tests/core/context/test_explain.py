"""The description of a prompt: its parts in order, with their sizes and the reasons for them."""

import pytest

from midfill.core.context import PromptContext, Snippet, explanation
from midfill.core.model import Prompt

LINES = "x = 'some text of a line'\n" * 40


def explained(
    *snippets: Snippet, sources: tuple[str, ...] = ("recent", "search"), path: str = ""
) -> list[str]:
    context = PromptContext(snippets, path)
    prompt = Prompt("a = 1\nb = ", "\n\nc = 2\n", context=context.prompt_text)
    return explanation(context, prompt, sources).split("\n")


@pytest.mark.parametrize(
    ("text", "place"),
    [("one", "a.py:6-6"), ("one\n", "a.py:6-6"), ("one\ntwo", "a.py:6-7"), ("\none\ntwo\n\n", "a.py:6-8")],
)
def test_rows_of_a_snippet(text: str, place: str) -> None:
    """They count from 1, without line ends at its end."""
    (line,) = (line for line in explained(Snippet("a.py", 5, text, "recent", 1.0)) if "a.py" in line)
    assert line.endswith(f" {place}")


@pytest.mark.parametrize(
    ("source", "has_score"),
    [
        ("document", True),
        ("search", True),
        ("declarations", True),
        ("recent", False),
        ("editor", False),
        ("notes", False),
    ],
)
def test_only_a_search_has_a_score(source: str, has_score: bool) -> None:
    lines = explained(Snippet("a.py", 0, "x = 1", source, 0.123456), sources=(source,))
    assert any(line.endswith("(score 0.123)") for line in lines) is has_score


def test_each_source_is_explained_once_in_order() -> None:
    """Notes come first; each source has the number of its snippets and their tokens, or that nothing was found."""
    lines = explained(
        Snippet("", 0, "Be brief.", "notes", 1.0),
        Snippet("b.py", 0, LINES, "search", 1.0),
        Snippet("c.py", 0, LINES, "search", 1.0),
        sources=("recent", "search", "notes", "document"),
        path="own.py",
    )
    titles = [line.split()[1] for line in lines[1:] if line[7:8].isalpha()]
    assert titles == ["notes:", "recent:", "search:", "document:", "own.py:", "own.py:"]
    assert lines[0].endswith(" tokens in all, about; they are sent in this order:")
    assert lines[1].endswith("notes: 1 pieces; given by the setting context.extra")
    assert lines[2].endswith(" text without a file")
    assert lines[3] == "     0 recent: nothing new found"
    assert "search: 2 pieces" in lines[4]
    sizes = [float(line.split()[0]) for line in lines[4:7]]
    assert sizes[0] == sizes[1] + sizes[2] > 400
    assert lines[-2].endswith("own.py: 2 lines before the cursor")
    assert lines[-1].endswith("own.py: 4 lines after the cursor")


def test_tokens_of_all_parts_make_up_the_total() -> None:
    lines = explained(Snippet("b.py", 0, LINES, "search", 1.0))
    total, *rest = (float(line.split()[0]) for line in lines)
    assert total == pytest.approx(sum(rest[index] for index in (0, 1, 2, 4, 5)), abs=6)
    assert lines[-1].endswith("the file: 4 lines after the cursor")
