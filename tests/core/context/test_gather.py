"""The text before a document: a share for each source, nothing twice, nothing secret."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from midfill.core.context import (
    ContextInputs,
    ContextSizes,
    PromptContext,
    Snippet,
    context_for_cursor,
    explanation,
    is_new_place,
)
from midfill.core.context.gather import PLACE_SHARE, SHARES, declaration_snippet, with_declarations
from midfill.core.context.nearby_words import NamePosition, name_positions, names_near, words_near
from midfill.core.context.prompt_context import token_cost
from midfill.core.cursor import Cursor
from midfill.core.model import Prompt
from midfill.core.prompt import Budget

KEY = "sk-" + "4f9aK2mQx7Lp0Zt8Rw3Y" * 2


@dataclass
class FakeIndex:
    """An index with given results that records the searches."""

    searched: list[Snippet] = field(default_factory=list)
    defined: list[Snippet] = field(default_factory=list)
    asked: list[Sequence[str]] = field(default_factory=list)

    def search(self, words: Sequence[str], limit: int, skip: str) -> list[Snippet]:
        self.asked.append(words)
        return [snippet for snippet in self.searched if snippet.path != skip][:limit]

    def definitions(self, names: Sequence[str], limit: int) -> list[Snippet]:
        self.asked.append(names)
        return self.defined[:limit]


def cursor(*above: str, head: str = "", below: str = "") -> Cursor:
    return Cursor(above=tuple(f"{line}\n" for line in above), head=head, below=(below,), row=len(above))


def found(path: str, text: str, source: str = "search") -> Snippet:
    return Snippet(path, 0, text, source, 1.0)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (cursor(head="parseHTTPHeader"), ["parsehttpheader", "parse", "http", "header"]),
        (cursor("common = 1", "common = rare", head="common"), ["rare", "common"]),
        (cursor(f"token = '{KEY}'", head="plain_name"), ["plain_name", "plain", "name"]),
    ],
    ids=["split", "rarest first", "no key is searched for"],
)
def test_search_words_of_a_cursor(where: Cursor, words: list[str]) -> None:
    assert set(words_near(where)) == set(words)
    assert words_near(where)[0] in words[:1] or len(words) > 2


def test_names_declared_in_the_file_are_omitted() -> None:
    """The nearest names first, then the imported ones; the document's own definitions are in the prompt anyway."""
    where = cursor(
        "from shop import Basket", "def total(basket):", *["pass"] * 50, head="return price_of(total)"
    )
    names = names_near(where)
    assert names.index("price_of") < names.index("Basket")
    assert "total" not in names


@pytest.mark.parametrize(
    "snippet",
    [found("here.py", "x = own_text"), found(".env", "PLAIN=1"), found("deploy/id_rsa", "x = 1")],
    ids=["the file itself", "a secret file", "a private key"],
)
def test_secret_and_ignored_snippets_are_omitted(snippet: Snippet) -> None:
    inputs = ContextInputs(cursor=cursor(head="some_name"), path="here.py", recent=[snippet])
    assert (
        context_for_cursor(inputs, FakeIndex([snippet], [snippet]), PromptContext(), ContextSizes()).snippets
        == ()
    )


def test_line_with_a_key_is_masked() -> None:
    inputs = ContextInputs(
        cursor=cursor(), path="here.py", recent=[found("a.py", f"client = Client('{KEY}')", "recent")]
    )
    text = context_for_cursor(inputs, None, PromptContext(), ContextSizes()).text
    assert KEY not in text
    assert "client = Client(" in text


def test_snippets_of_the_block_are_not_added_again() -> None:
    snippet = found("a.py", "def area(width, height):\n    return width * height")
    inputs = ContextInputs(cursor=cursor(head="area"), path="here.py")
    prompt_context = context_for_cursor(inputs, FakeIndex([snippet]), PromptContext(), ContextSizes())
    assert (
        context_for_cursor(inputs, FakeIndex([snippet]), prompt_context, ContextSizes()).text
        == prompt_context.text
    )


def test_single_source_may_use_the_whole_budget() -> None:
    snippets = [found(f"{number}.py", f"{number} " * 100) for number in range(30)]
    prompt_context = context_for_cursor(
        ContextInputs(cursor=cursor(head="word")),
        FakeIndex(snippets),
        PromptContext(),
        ContextSizes(budget=2_000, per_place=500),
    )
    assert 400 <= prompt_context.tokens <= 500


@pytest.mark.parametrize(
    ("tokens", "above", "least", "most"),
    [(0, 0, 0, 0), (450, 0, 1_200, 1_850), (450, 400, 300, 450), (4_500, 0, 2_700, 3_000)],
    ids=["none", "what a short text leaves", "beside a long text", "two thirds of a large one"],
)
def test_share_of_one_place_is_limited(tokens: int, above: int, least: int, most: int) -> None:
    snippets = [found(f"{number}.py", f"{number} " * 100) for number in range(64)]
    where = cursor(*["x = 'some text of a line'"] * above, head="word")
    prompt_context = context_for_cursor(
        ContextInputs(cursor=where),
        FakeIndex(snippets, snippets),
        PromptContext(),
        ContextSizes.of(tokens, Budget(1_400)),
    )
    assert least <= prompt_context.tokens <= most


def test_disabled_sources_are_not_searched() -> None:
    shelf = FakeIndex([found("a.py", "x = 1")], [found("b.py", "y = 1")])
    inputs = ContextInputs(
        cursor=cursor(head="word"), sources=("recent",), notes=[found("", "Be brief.", "notes")]
    )
    assert context_for_cursor(inputs, shelf, PromptContext(), ContextSizes()).text == "Be brief.\n\n"
    assert shelf.asked == []


@pytest.mark.parametrize(
    ("settled", "where", "another"),
    [
        (None, cursor(head="x"), True),
        (0, cursor(*["x"] * 60), False),
        (0, cursor(*["x"] * 61), True),
        (50, cursor(*["x"] * 60), False),
        (100, cursor("x"), True),
        (0, cursor(*["x"] * 90, head="  half a lin"), False),
        (0, cursor(*["x"] * 90, head="    "), True),
    ],
    ids=["first", "near", "far", "near, far below", "jumped up", "in a line", "a line is finished"],
)
def test_other_place_needs_another_context(settled: int | None, where: Cursor, another: bool) -> None:
    assert is_new_place(settled, where) is another


def test_sent_snippets_are_explained() -> None:
    prompt_context = PromptContext((found("lib/a.py", "x = 1\ny = 2"),), "here.py")
    shown = explanation(
        prompt_context, Prompt("a = 1\nb = ", "\n", context=prompt_context.prompt_text), ("recent", "search")
    )
    assert "lib/a.py:1-2 (score 1)" in shown
    assert "search: 1 pieces; shares rare words" in shown
    assert "recent: nothing new found" in shown
    assert "here.py: 2 lines before the cursor" in shown


def test_editor_gets_the_nearest_positions_of_names() -> None:
    """Rows count from the document's top, columns in characters; keywords are excluded."""
    where = cursor(
        "from shop import Basket", "def total(self):", "    return Basket(total)", head="    Basket."
    )
    assert name_positions(replace(where, row=13)) == [
        NamePosition("Basket", 13, 4),
        NamePosition("shop", 10, 5),
    ]


LINES = [
    "import x",
    "# Where things are.",
    "class Shelf:",
    "    height: int",
    "",
    "    def put(self):",
    "        pass",
    "y = 1",
]


def test_late_definition_is_added() -> None:
    """It has its comment, signature and members, within the editor's share of one place."""
    snippet = declaration_snippet("shelf.py", LINES, 2)
    assert (snippet.path, snippet.line, snippet.source, snippet.score) == ("shelf.py", 1, "editor", 1.0)
    assert snippet.text == "# Where things are.\nclass Shelf:\n    height: int\n    def put(self):"
    prompt_context = with_declarations(
        [snippet], "own.py", PromptContext(), ContextSizes(budget=1_000, per_place=500)
    )
    assert prompt_context.snippets == (snippet,)
    assert with_declarations([snippet], "shelf.py", PromptContext(), ContextSizes()).snippets == ()
    assert (
        with_declarations([replace(snippet, path=".env")], "own.py", PromptContext(), ContextSizes()).snippets
        == ()
    )
    large = [replace(snippet, path=f"{number}.py", text=f"{number} " * 100) for number in range(9)]
    added = with_declarations(large, "own.py", PromptContext(), ContextSizes(budget=4_000, per_place=1_000))
    assert 100 < added.tokens <= SHARES["editor"] * 1_000
    assert with_declarations([snippet], "own.py", added, ContextSizes(budget=4_000)).snippets == (
        *added.snippets,
        snippet,
    )


@pytest.mark.parametrize(
    ("tokens", "prefix", "sizes"),
    [
        (1_999, 500, ContextSizes(1_999, 1_999, Budget(500))),
        (2_000, 500, ContextSizes(2_000, PLACE_SHARE * 2_000, Budget(500))),
        (0, 500, ContextSizes(0, 0, Budget(500))),
    ],
)
def test_small_block_is_rebuilt_at_each_place(tokens: int, prefix: int, sizes: ContextSizes) -> None:
    """A place may fill a small context completely, and a share of a large one."""
    assert ContextSizes.of(tokens, Budget(prefix)) == sizes


def test_block_uses_the_budget_that_a_short_text_leaves() -> None:
    """This applies to a small context, if there is a context."""
    short, long = cursor("x" * 400), cursor("x" * 4_000)
    sizes = ContextSizes(budget=100, per_place=50, text=Budget(300))
    found = sizes.at(short)
    assert (found.budget, found.per_place) == pytest.approx((299.75, 149.875))
    assert found.text == Budget(300)
    assert sizes.at(long) is sizes
    for unchanged in (
        ContextSizes(budget=0, per_place=0, text=Budget(300)),
        ContextSizes(budget=2_000, per_place=50),
    ):
        assert unchanged.at(short) == unchanged


def test_best_snippet_of_each_source_is_last() -> None:
    """Notes come first, then definitions, search results and recent edits."""
    inputs = ContextInputs(
        cursor=cursor(head="word"),
        path="own.py",
        recent=[found("r1.py", "r = 1", "recent"), found("r2.py", "r = 2", "recent")],
        notes=[found("", "Note.", "notes")],
    )
    shelf = FakeIndex(
        [found("s1.py", "s = 1"), found("s2.py", "s = 2")], [found("d.py", "d = 1", "declarations")]
    )
    prompt_context = context_for_cursor(inputs, shelf, PromptContext(), ContextSizes())
    assert [snippet.path for snippet in prompt_context.snippets] == [
        "",
        "d.py",
        "s2.py",
        "s1.py",
        "r2.py",
        "r1.py",
    ]
    assert (prompt_context.path, prompt_context.comment_marker) == ("own.py", "")
    assert (
        context_for_cursor(
            replace(inputs, comment_marker="//"), None, PromptContext(), ContextSizes()
        ).comment_marker
        == "//"
    )


def test_far_lines_of_a_long_document_depend_on_the_place() -> None:
    """Recently edited lines have the highest rank, then similar ones; lines in the prompt are omitted."""
    lines = [f"plain_{row} = {row}" for row in range(600)]
    lines[40] = "first_total = basket_of(customer)"
    lines[590] = "last_total = basket_of(customer)"
    where = cursor(*lines, head="total = basket_of(")
    facts = ContextInputs(
        cursor=where,
        path="own.py",
        recent=[
            Snippet("own.py", 20, "recently_edited = 1", "document", 1.0),
            Snippet("own.py", 595, "edited_and_shown = 1", "document", 0.5),
        ],
    )
    sizes = ContextSizes(budget=2_000, per_place=1_000, text=Budget(200, 50))
    other = found("other.py", "other = 1")
    prompt_context = context_for_cursor(facts, FakeIndex([other]), PromptContext(), sizes)
    assert [(snippet.path, snippet.line) for snippet in prompt_context.snippets] == [
        ("other.py", 0),
        ("own.py", 40),
        ("own.py", 20),
    ]
    assert prompt_context.snippets[1].text.startswith(lines[40])
    assert prompt_context.text.endswith("# own.py\nrecently_edited = 1\n\n")
    next_place = replace(facts, cursor=cursor("short = 1"), recent=[])
    assert (
        context_for_cursor(next_place, FakeIndex([other]), prompt_context, sizes).snippets
        == prompt_context.snippets[:1]
    )
    without = replace(facts, sources=["search", "recent"])
    assert (
        context_for_cursor(without, FakeIndex([other]), PromptContext(), sizes).snippets
        == prompt_context.snippets[:1]
    )


def test_each_source_has_a_share() -> None:
    """If all sources exceed the budget, each keeps its own share with its best snippets."""

    def many(source: str) -> list[Snippet]:
        return [found(f"{source}{number}.py", f"{source}{number} " * 20, source) for number in range(40)]

    inputs = ContextInputs(cursor=cursor(head="word"), recent=many("recent"), notes=many("notes"))
    prompt_context = context_for_cursor(
        inputs, FakeIndex(many("search"), many("declarations")), PromptContext(), ContextSizes(2_000, 1_000)
    )
    filled = {
        source: sum(token_cost(snippet) for snippet in prompt_context.snippets if snippet.source == source)
        for source in SHARES
    }
    assert filled["notes"] > filled["recent"]
    assert 900 < sum(filled.values()) <= 1_000
    assert filled["recent"] >= 0.3 * 1_000
    assert max(filled.values()) <= 0.5 * 1_000 + 60


class CountingIndex(FakeIndex):
    """An index that records how many snippets it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.limits: list[int] = []

    def search(self, words: Sequence[str], limit: int, skip: str) -> list[Snippet]:
        self.limits.append(limit)
        return []

    def definitions(self, names: Sequence[str], limit: int) -> list[Snippet]:
        self.limits.append(limit)
        return []


@pytest.mark.parametrize(("per_place", "limit"), [(600, 32), (1_979, 32), (1_980, 33), (6_000, 100)])
def test_large_place_requests_as_many_snippets_as_it_can_hold(per_place: int, limit: int) -> None:
    """A small snippet has sixty tokens; 32 are requested in any case, because some of them are known."""
    index = CountingIndex()
    sizes = ContextSizes(budget=9_000, per_place=per_place)
    context_for_cursor(ContextInputs(cursor=cursor(head="word")), index, PromptContext(), sizes)
    assert index.limits == [limit, limit]


def test_index_is_not_searched_for_nothing() -> None:
    """A place without words has nothing similar."""
    index = CountingIndex()
    context_for_cursor(ContextInputs(cursor=cursor(head="")), index, PromptContext(), ContextSizes())
    assert index.limits == []


@pytest.mark.parametrize(("room", "count"), [(100, 2), (99.9, 1), (50, 1), (49.9, 0)])
def test_snippet_that_fits_exactly_is_sent(room: float, count: int) -> None:
    """A single source may use the whole room of a place."""
    snippets = [found(f"{number}.py", f"{number}" * 191) for number in range(3)]
    assert [token_cost(snippet) for snippet in snippets] == [50] * 3
    index = FakeIndex(snippets)
    context = context_for_cursor(
        ContextInputs(cursor=cursor(head="word")),
        index,
        PromptContext(),
        ContextSizes(1_000, room, Budget(0)),
    )
    assert len(context.snippets) == count


@pytest.mark.parametrize(
    ("source", "share"), [("document", 0.3), ("recent", 0.35), ("search", 0.45), ("declarations", 0.2)]
)
def test_long_notes_leave_each_source_its_share(source: str, share: float) -> None:
    """Its best snippets are sent, and no more: the notes have what is left."""
    many = {
        name: [found(f"{name}{number}.py", f"{number:02}" * 40, name) for number in range(100)]
        for name in ("notes", source)
    }
    far = [
        replace(snippet, path="own.py", line=100 * at + 100)
        for at, snippet in enumerate(many.get("document", []))
    ]
    inputs = ContextInputs(
        cursor=cursor(head="word"), path="own.py", notes=many["notes"], recent=[*many.get("recent", []), *far]
    )
    index = FakeIndex(many.get("search", []), many.get("declarations", []))
    context = context_for_cursor(inputs, index, PromptContext(), ContextSizes(9_000, 1_000))
    mine = [snippet for snippet in context.snippets if snippet.source == source]
    assert share * 1_000 - 30 < sum(map(token_cost, mine)) <= share * 1_000
    assert {snippet.text for snippet in mine} == {f"{number:02}" * 40 for number in range(len(mine))}
    assert 970 < context.tokens <= 1_000


@pytest.mark.parametrize(
    ("characters", "budget"), [(0, 1_900), (2_000, 1_400), (3_996, 901), (4_000, 900), (8_000, 900)]
)
def test_small_context_uses_what_a_short_text_leaves(characters: int, budget: float) -> None:
    """A place may use as large a share of it as without that."""
    where = Cursor(above=("x" * characters,) if characters else ())
    sizes = ContextSizes(900, 450, Budget(1_000)).at(where)
    assert (sizes.budget, sizes.per_place) == (budget, budget / 2)


def test_place_without_snippets_has_no_context() -> None:
    context = context_for_cursor(
        ContextInputs(cursor=cursor(head="word")), None, PromptContext(), ContextSizes()
    )
    assert context.prompt_text == ""


@pytest.mark.parametrize(
    ("sources", "paths"),
    [
        (("document", "recent", "search", "declarations"), ["d.py", "s.py", "r.py"]),
        (("search",), ["s.py"]),
        (("declarations",), ["d.py"]),
        (("recent",), ["r.py"]),
        ((), []),
    ],
)
def test_only_the_sources_of_the_settings_are_used(sources: tuple[str, ...], paths: list[str]) -> None:
    """All of them by default."""
    index = FakeIndex([found("s.py", "s = 1")], [found("d.py", "d = 1", "declarations")])
    recent = [found("r.py", "r = 1", "recent")]
    chosen = ContextInputs(cursor=cursor(head="word"), recent=recent, sources=sources)
    default = ContextInputs(cursor=cursor(head="word"), recent=recent)
    for inputs in (chosen, default) if len(sources) == 4 else (chosen,):
        context = context_for_cursor(inputs, index, PromptContext(), ContextSizes())
        assert [snippet.path for snippet in context.snippets] == paths
