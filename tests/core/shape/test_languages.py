"""Languages without a grammar: invalid indentation, and the parts of mixed documents."""

import pytest

from midfill.core.document import Document, Position
from midfill.core.shape.embedded_language import part_at
from midfill.core.syntax.indentation import indentation_errors
from midfill.core.syntax.languages import language
from tests.quality.typed import ask

MISPLACED = [
    ("make", "all:\n\tcc a.c\n\tcc b.c\n", 0),
    ("make", "all:\n    cc a.c\n", 1),
    ("make", "all: a \\\n    b\n\tcc a.c\nifdef X\n  Y = 1\nendif\n", 0),
    ("make", "\tcc a.c\n    cc b.c\n", 1),
    ("make", "all:\n cc a.c\n", 1),
    ("make", "all:\n# so\n    cc a.c\n", 1),
    ("make", "all:\n\n    cc a.c\n", 1),
    ("make", "all:\n\tcc \\\n    a.c\n    b\n", 1),
    ("make", "all:\n\tcc a.c\nX = 1\n  Y\n", 0),
    ("make", "x := y\n  z\n", 0),
    ("yaml", "a:\n- b\n", 0),
    ("javascript", "  a\nb\n", 0),
    ("haskell", "main = do\n    a\n  b\n c\n", 1),
    ("haskell", "main = do\n    print 1\n    print 2\n", 0),
    ("haskell", "main = do\n    print 1\n  print 2\n", 1),
    ("haskell", "size = length\n  . filter even\n  $ values\n", 0),
    ("fsharp", "let twice x =\n    x\n    |> double\nlet y = 1\n", 0),
    ("fsharp", "let twice x =\n        double x\n    |> print\n", 1),
    ("nim", "proc f(x: int): int =\n  result = x\n  inc result\n", 0),
    ("coffeescript", "f = (x) ->\n    x + 1\n  y = 2\n", 1),
    ("gdscript", "func f():\n\tpass\n\t\tpass\n", 1),
    ("sass", ".card\n  color: red\n  .title\n    color: blue\n", 0),
    ("pug", "ul\n    li one\n  li two\n", 1),
    ("elixir", "def f do\n      1\n  2\nend\n", 0),
]


@pytest.mark.parametrize(("name", "text", "expected"), MISPLACED)
def test_invalid_indentation_is_an_error(name: str, text: str, expected: int) -> None:
    """A line that returns to no open level; in make, a recipe that starts with blanks."""
    assert indentation_errors(text, language(name)) == expected


PARTS = [
    (
        "vue",
        '<template>\n</template>\n<script lang="ts">\nlet a = 1\n|\n</script>\n',
        "typescript",
        "let a = 1\n",
    ),
    ("svelte", "<script>\nlet a = 1\n|\n</script>\n<p>{a}</p>\n", "javascript", "let a = 1\n"),
    ("html", "<style>\n.a { }\n|\n</style>\n", "css", ".a { }\n"),
    ("html", "<script src='a.js'></script>\n|\n", "html", "<script src='a.js'></script>\n"),
    ("vue", "<script>\n</script>\n<template>\n|\n</template>\n", "html", "<script>\n</script>\n<template>\n"),
    ("markdown", "# A\n```sh\necho\n|\n```\n", "bash", "echo\n"),
    ("markdown", "```sh\necho\n```\nSo |\n", "", "```sh\necho\n```\n"),
    ("markdown", "```sh\na\n```\n```lua\nb\n|\n", "lua", "b\n"),
    *(
        ("markdown", f"```{name}\nb\n|\n", grammar, "b\n")
        for name, grammar in {
            "py": "python",
            "rs": "rust",
            "rb": "ruby",
            "golang": "go",
            "kt": "kotlin",
        }.items()
    ),
    ("markdown", "```python title=a.py\nb\n|\n", "python", "b\n"),
    ("markdown", "So `a` is\n|\n", "", "So `a` is\n"),
    ("html", "<script>\nlet a = 1\n</script>\n|\n", "html", "<script>\nlet a = 1\n</script>\n"),
    ("html", "<script>\nlet a = 1\n</script>|\n", "html", "<script>\nlet a = 1\n"),
    ("html", "<style>\n.b { }\n</style>\n<script>\nlet a = 1\n|\n", "javascript", "let a = 1\n"),
]


@pytest.mark.parametrize(
    ("name", "text", "below"),
    [
        ("html", "<script>\n|\nlet a = 1\n</script>\n<p>\n", "let a = 1\n"),
        ("html", "<style>\n|\n.b { }\n</style>\n</script>\n", ".b { }\n"),
        ("html", "<script>\n|\nlet a = 1\n", "let a = 1\n"),
        ("markdown", "```py\n|\na = 1\n```\nSo.\n", "a = 1\n"),
        ("markdown", "```py\n|\na = 1\n", "a = 1\n"),
    ],
)
def test_part_ends_with_its_language(name: str, text: str, below: str) -> None:
    """The part ends at the closing tag or fence, or at the document's end."""
    before, _, after = text.partition("|\n")
    document = Document("file:///a", name, before + "\n" + after, 1)
    assert "".join(part_at(document.cursor(Position(before.count("\n"), 0), "utf-32")).below) == below


@pytest.mark.parametrize(("name", "text", "grammar", "above"), PARTS)
def test_part_in_another_language(name: str, text: str, grammar: str, above: str) -> None:
    """A cursor in a script, a style sheet or a fence sees only its lines."""
    before, _, after = text.partition("|")
    document = Document("file:///a", name, before + after, 1)
    place = Position(before.count("\n"), len(before.rpartition("\n")[2]))
    part = part_at(document.cursor(place, "utf-32"))
    assert part.language.grammar == grammar
    assert "".join(part.above) == above


SHOWN = [
    ("makefile", "all:\n\techo 1\n\ntest:|", "\n    pytest\n    ruff check", "\n\tpytest\n\truff check"),
    ("makefile", "all:\n\techo 1|", "\n\nclean:\n\trm -rf out", "\n\nclean:\n\trm -rf out"),
    ("elixir", "def add(a, b) do|\n", "\n  a + b\nend", "\n  a + b\nend"),
    (
        "haskell",
        "twice :: Int -> Int\ntwice x =|\n",
        "\n  let y = x\n  in y + x",
        "\n  let y = x\n  in y + x",
    ),
    ("erlang", "area({square, Side}) ->|", "\n    Side * Side.", "\n    Side * Side."),
    ("julia", "function area(r)|\n", "\n    return pi * r^2\nend", "\n    return pi * r^2\nend"),
    ("terraform", 'resource "a" "b" {|\n}', "\n  name = 1\n}", "\n  name = 1"),
    ("dart", "class A {\n  int twice(int n) {|\n  }\n}", "\n    return 2 * n;", "\n    return 2 * n;"),
    ("r", "area <- function(r) {|\n}", "\n  pi * r^2\n}", "\n  pi * r^2"),
    ("perl", "sub area {|\n}", "\n    my ($r) = @_;\n    return $r;", "\n    my ($r) = @_;\n    return $r;"),
    ("clojure", "(defn add [a b]|)", "\n  (+ a b)", "\n  (+ a b))"),
    ("graphql", "type User {|\n}", "\n  id: ID!\n  name: String", "\n  id: ID!\n  name: String"),
    ("powershell", "function Get-A {|\n}", '\n    "C:\\"\n}', '\n    "C:\\"'),
    ("nix", "{ pkgs }:\n{\n  a = 1;|\n}", "\n  b = 2;\n}", "\n  b = 2;"),
    ("ocaml", "let area r =|\n", "\n  3.14 *. r *. r", "\n  3.14 *. r *. r"),
    ("proto", "message A {|\n}", "\n  string b = 1;\n}", "\n  string b = 1;"),
    ("zig", "fn twice(n: u32) u32 {|\n}", "\n    return 2 * n;\n}", "\n    return 2 * n;"),
    ("dockerfile", "FROM a\nRUN apt \\|\n", "\n    && rm -rf x\nCMD b", "\n    && rm -rf x"),
    ("svelte", "<script>\n  function a() {|\n  }\n</script>\n", "\n    return 1;\n  }", "\n    return 1;"),
]


@pytest.mark.parametrize(("name", "text", "raw", "shown"), SHOWN)
def test_answer_in_a_language_without_a_grammar(name: str, text: str, raw: str, shown: str) -> None:
    """Its line break, indentation and closers are right, typed and streamed."""
    before, _, after = text.partition("|")
    typed = ask(before, after, raw, name)
    assert typed.document == before + shown + after[typed.last.replace :]
