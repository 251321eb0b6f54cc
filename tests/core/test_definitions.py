"""The definitions of names in each language, and their snippets."""

import importlib
from pathlib import Path

import pytest
from tree_sitter import Language, Parser, Query, QueryCursor

from midfill.core.definitions import definitions
from midfill.core.languages import language_of
from midfill.core.outline import outline

SAMPLES = Path(__file__).parents[1] / "quality" / "samples"


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("python", "LIMIT = 3\nclass A(B):\n    async def f(self):\n        x = 1\nx == 2\n", "LIMIT A f"),
        ("typescript", "export interface P { a: number }\nexport const f = async (x: number) => {\n", "P f"),
        ("typescript", "class A {\n  private run(x: T): void {\n    if (x) {\n    go(x);\n", "A run"),
        ("javascript", "function* g() {}\nmodule.exports = {\n  start: function () {\n", "g start"),
        ("go", "type Book struct {\nfunc (b *Book) Post(t T) error {\nvar Err = 1\n", "Book Post Err"),
        (
            "rust",
            "pub(crate) async fn run() {}\nimpl X {\n    const N: u8 = 1;\nmacro_rules! m {\n",
            "run N m",
        ),
        (
            "java",
            "public class A {\n  A(int x) {\n  public static List<B> all() {\n    return all();\n",
            "A A all",
        ),
        (
            "csharp",
            "public record Row(int Id);\n  public async Task<int> Run(int x)\n  {\n    await Run(x);\n",
            "Row Run",
        ),
        (
            "c",
            "#define N 3\nstatic int *find(const char *s) {\n  free(s);\nint\nmain(void)\n{\n",
            "N find main",
        ),
        (
            "cpp",
            "template <class T>\nclass Grid {\n  int at(int x) const;\nvoid Grid::clear() {\n",
            "Grid at clear",
        ),
        ("kotlin", "data class P(val a: Int)\nfun P.sum(): Int = 1\nval top = 2\n", "P sum top"),
        ("ruby", "module M\n  def self.go!(x)\n  LIMIT = 2\n", "M go! LIMIT"),
        ("lua", "local M = {}\nfunction M.open(x)\nM.close = function()\n", "M open close"),
        ("shellscript", "HOST=a\nrun_all() {\nfunction stop {\n", "HOST run_all stop"),
        ("php", "abstract class A {\n  private static function f(): int {\n  const N = 1;\n", "A f N"),
        ("elixir", "defmodule App.Store do\n  defp read(x) do\n", "Store read"),
        ("sql", "CREATE TABLE IF NOT EXISTS app.users (\nselect 1;\n", "users"),
        ("zig", "pub fn main() void {\n", "main"),
        ("markdown", "# def x\nclass Y:\n", ""),
    ],
)
def test_names(language: str, text: str, names: str) -> None:
    """Functions, classes, methods, constants and types; no call, no local variable."""
    found = definitions(text, language)
    assert [name for name, _ in found] == names.split()
    assert all(name in text.split("\n")[line] for name, line in found)


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("ledger.go", 1),
        ("grid.rs", 1),
        ("Scheduler.java", 1),
        ("recipes.rb", 1),
        ("strmap.c", 1),
        ("matrix.cpp", 0.6),
    ],
)
def test_what_tags_find_is_found(name: str, share: float) -> None:
    """The expressions find what the grammar's own tags.scm calls a definition."""
    path = SAMPLES / name
    module = importlib.import_module(f"tree_sitter_{language_of(name)}")
    grammar = Language(module.language())
    text = path.read_text("utf-8")
    query = Query(grammar, (Path(module.__file__ or "").parent / "queries" / "tags.scm").read_text("utf-8"))
    root = Parser(grammar).parse(text.encode()).root_node
    tags = {
        ((node.text or b"").decode(), node.start_point[0])
        for _, captures in QueryCursor(query).matches(root)
        if any(kind.startswith("definition") for kind in captures)
        for node in captures.get("name", [])
    }
    assert len(tags & set(definitions(text, language_of(name)))) >= share * len(tags)


@pytest.mark.parametrize(
    ("lines", "at", "expected"),
    [
        (["x = 1", "# why", "@cached", "def f(", "    a: int,", ") -> int:", "    return a"], 3, "1 2 3 4 5"),
        (["def f():", '    """What', "", '    more."""', "    return 1"], 0, "0 1 2 3"),
        (["class A:", '    """Doc."""', "", "    a: int", "    def f():", "        return 1", "x = 2"], 0, "0 1 3 4"),
        (["// Doc.", "struct P {", "  int x;", "public:", "  int y() {", "    return 1;", "  }", "};"], 1, "0 1 2 4 6"),
        (["type A = B"], 0, "0"),
        (["f("], 0, "0"),
    ],
)  # fmt: skip
def test_outline(lines: list[str], at: int, expected: str) -> None:
    """The comment above, the signature, the text below it; of a type its members, without their bodies."""
    found = outline(lines, at)
    assert found.lines == [lines[int(number)] for number in expected.split()]
    assert lines[found.first] == found.lines[0]
