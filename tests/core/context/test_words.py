"""The words and names around a cursor that are searched."""

import pytest

from midfill.core.context.comments import comment_marker_of
from midfill.core.context.nearby_words import (
    MAX_NAMES,
    MAX_POSITIONS,
    MAX_WORDS,
    NAMED_LINES_ABOVE,
    SEARCHED_LINES_ABOVE,
    SEARCHED_LINES_BELOW,
    NamePosition,
    name_positions,
    names_near,
    words_near,
)
from midfill.core.cursor import Cursor

LONG = "far_too_long " * 50
KEY = "sk-" + "4f9aK2mQx7Lp0Zt8Rw3Y" * 2


def cursor(
    *above: str, head: str = "", rest: str = "", below: tuple[str, ...] = (), row: int | None = None
) -> Cursor:
    """Return a cursor after these lines."""
    return Cursor(
        above=tuple(f"{line}\n" for line in above),
        head=head,
        rest=rest,
        below=tuple(f"{line}\n" for line in below),
        row=len(above) if row is None else row,
    )


def test_words_of_nearby_lines_are_searched() -> None:
    """They are those of eight lines above, three below and the cursor's; equally rare words by distance."""
    above = [f"above{chr(97 + number)}" for number in range(SEARCHED_LINES_ABOVE + 1)]
    below = tuple(f"below{chr(97 + number)}" for number in range(SEARCHED_LINES_BELOW + 1))
    assert words_near(cursor(*above, head="head", rest="rest", below=below)) == [
        "rest", "head", *above[:0:-1], *below[:-1],
    ]  # fmt: skip


def test_long_lines_and_lines_with_keys_are_not_searched() -> None:
    """A long line does not count for the rarity of a word; a line with a key does."""
    assert words_near(cursor(LONG, f"secret_key = '{KEY}'", head="plain")) == ["plain"]
    assert words_near(cursor("one", "one two", LONG + " two two", head="")) == ["two", "one"]
    assert words_near(cursor(head="ab a1 12 x_ _ab")) == ["_ab"]


def test_number_of_words_is_limited() -> None:
    """The rarest words are kept."""
    words = [f"word{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(MAX_WORDS + 5)]
    found = words_near(cursor(words[0], *["x"] * SEARCHED_LINES_ABOVE, head=" ".join(words)))
    assert found == words[1 : MAX_WORDS + 1]


def test_nearest_names_are_looked_up() -> None:
    """They are those of forty lines above, each once, the nearest line first, in a line from its start."""
    above = [f"name_{'x' * number}x()" for number in range(NAMED_LINES_ABOVE + 1)]
    found = names_near(cursor(*above, head="here there"))
    assert found[:3] == ["here", "there", f"name_{'x' * NAMED_LINES_ABOVE}x"]
    assert len(found) == MAX_NAMES
    assert names_near(cursor("far_away()", *["pass"] * NAMED_LINES_ABOVE)) == ["pass"]
    assert names_near(cursor("near_by()", *["pass"] * (NAMED_LINES_ABOVE - 1))) == ["pass", "near_by"]


IMPORTS = [
    "import Name", "from a import Name", "use a::Name;", "using Name;", '#include "Name.h"', "require 'Name'",
    "export * from Name", "@import Name", "package Name", "const x = require('Name')", '  "a/Name"', "# include <Name>",
]  # fmt: skip


@pytest.mark.parametrize("line", IMPORTS)
def test_imported_names_are_looked_up(line: str) -> None:
    """Imports at any distance above count; other distant lines do not."""
    away = ["pass"] * 60
    assert "Name" in names_near(cursor(line, *away))
    assert "Name" not in names_near(cursor("call(Name)", "important Name", *away))
    assert "Name" not in names_near(cursor(*["pass"] * 120, line, *away))


DEFINED = """def class func fn function type struct enum trait interface const let var static macro_rules!"""


@pytest.mark.parametrize("word", DEFINED.split())
def test_names_declared_in_the_file_are_not_looked_up(word: str) -> None:
    """The declaration may be above or below; in Go, a method's name follows its receiver."""
    assert "Own" not in names_near(cursor(f"{word} Own(x)", head="Own other"))
    assert "Own" not in names_near(cursor(head="Own other", below=(f"{word} Own(x)",)))
    assert "Own" not in names_near(cursor("func (r *R) Own(x)", head="Own other"))
    assert "other" in names_near(cursor(f"{word} Own(x)", head="Own other"))
    assert "Own" in names_near(cursor(f"x{word} Own", head="Own"))


KEYWORDS = """
and async await break case catch class const continue crate def default defer del delete elif else end enum
except export extends false final finally for foreach from func function global goto impl import include
instanceof int interface internal lambda let local loop match mod module mut namespace new nil none None
nonlocal not null object override package pass private protected pub public raise range readonly ref require
return sealed select self Self short signed sizeof static str string struct super switch then this throw trait
true True False try type typedef typeof undefined union unless unsafe unsigned until use using val var virtual
void volatile when where while with yield any array bool boolean byte chan char constructor debugger double
extern float implements instanceof long print number abstract
"""


def test_keywords_are_not_requested_from_the_editor() -> None:
    """Keywords have no definition."""
    for word in KEYWORDS.split():
        assert name_positions(cursor(head=f"{word} Name")) == [NamePosition("Name", 0, len(word) + 1)], word


def test_editor_gets_a_limited_number_of_positions() -> None:
    """Rows count from the document's top, columns from the line's start, for lines of any length."""
    head = "(" * 2_000 + " Name.other"
    assert name_positions(cursor(head=head, row=700))[:2] == [
        NamePosition("Name", 700, 2_001),
        NamePosition("other", 700, 2_006),
    ]
    names = " ".join(f"name_{'x' * at}x" for at in range(MAX_POSITIONS + 3))
    assert len(name_positions(cursor(head=names))) == MAX_POSITIONS
    assert name_positions(cursor("  Upper", "Lower", head="", row=9)) == [
        NamePosition("Lower", 8, 0),
        NamePosition("Upper", 7, 2),
    ]


MARKS = {
    "//": """c cpp csharp cuda-cpp dart fsharp go groovy java javascript javascriptreact jsonc kotlin objective-c
        objective-cpp php proto rust scala scss less solidity swift typescript typescriptreact v zig""",
    "#": """awk cmake coffeescript crystal dockerfile elixir fish gdscript graphql julia make makefile nim nix perl
        powershell python r raku ruby shellscript starlark tcl terraform toml yaml""",
    "--": "ada elm haskell lua purescript sql vhdl",
    "%": "erlang latex matlab prolog tex",
    ";": "asm clojure commonlisp emacs-lisp fennel ini lisp racket scheme",
    "'": "vb",
    '"': "vim",
    "": "markdown plaintext html css json",
}


@pytest.mark.parametrize(("comment_marker", "languages"), MARKS.items())
def test_comment_prefix_of_each_language(comment_marker: str, languages: str) -> None:
    """The language's name may be in any case; a language without line comments has no prefix."""
    assert {comment_marker_of(language) for language in languages.split()} == {comment_marker}
    assert {comment_marker_of(language.upper()) for language in languages.split()} == {comment_marker}


@pytest.mark.parametrize(("length", "is_read"), [(500, True), (501, False)])
def test_line_that_no_person_writes_is_not_read(length: int, is_read: bool) -> None:
    """It has more than 500 characters with its line end: data, or generated code."""
    line = "some_word " + "-" * (length - 11) + "\n"
    where = Cursor(above=(line,), head="here", row=1)
    assert ("some_word" in words_near(where)) is is_read
    assert ("some_word" in names_near(where)) is is_read
    defined = "def own_name" + "-" * (length - 13) + "\n"
    where = Cursor(above=(defined,), head="own_name", row=1)
    assert ("own_name" in names_near(where)) is not is_read
    assert ("own_name" in names_near(Cursor(head="own_name", below=(defined,)))) is not is_read


@pytest.mark.parametrize(("row", "is_looked_up"), [(119, True), (120, False)])
def test_imports_are_at_the_head_of_a_file(row: int, is_looked_up: bool) -> None:
    """They are looked for in its first 120 lines."""
    lines = ["pass"] * 200
    lines[row] = "import Name"
    assert ("Name" in names_near(cursor(*lines))) is is_looked_up


def test_position_of_an_imported_name_is_in_its_own_line() -> None:
    """Only columns in the cursor's line count from the part of it that is read."""
    where = Cursor(above=("import Name\n", *["pass\n"] * 50), head="call(other", omitted=(1_000, 0), row=151)
    assert name_positions(where) == [
        NamePosition("call", 151, 1_000),
        NamePosition("other", 151, 1_005),
        NamePosition("Name", 100, 7),
    ]


def test_eight_lines_above_and_three_below_are_searched() -> None:
    """The nearest ones, and the whole line of the cursor."""
    above = [f"word{letter}above" for letter in "abcdefghij"]
    below = tuple(f"word{letter}below" for letter in "abcde")
    found = words_near(cursor(*above, head="before", rest="after", below=below))
    assert sorted(found) == sorted(["before", "after", *above[2:], *below[:3]])
