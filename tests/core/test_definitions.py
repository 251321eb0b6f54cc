"""The definitions of names in each language, and their snippets."""

import importlib
from pathlib import Path

import pytest
from tree_sitter import Language, Parser, Query, QueryCursor

from midfill.core.definitions import definitions
from midfill.core.language_ids import language_id
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
def test_names_of_definitions(language: str, text: str, names: str) -> None:
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
def test_definitions_of_tags_queries_are_found(name: str, share: float) -> None:
    """The expressions find what the grammar's own tags.scm calls a definition."""
    path = SAMPLES / name
    module = importlib.import_module(f"tree_sitter_{language_id(name)}")
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
    assert len(tags & set(definitions(text, language_id(name)))) >= share * len(tags)


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
def test_outline_of_a_definition(lines: list[str], at: int, expected: str) -> None:
    """It has the comment above, the signature and the text below; for a type its members without bodies."""
    found = outline(lines, at)
    assert found.lines == [lines[int(number)] for number in expected.split()]
    assert lines[found.first] == found.lines[0]


MORE = [
    ("python", "async def a():\nclass B: pass\nC: int = 1\ntype D = int\n  e = 1\nf == 1\nG = 1", "a B C D G"),
    ("python", "\tdef a(): pass\nif x: y = 1\nprint(z=1)\n", "a"),
    ("javascript", "export default class A {\nasync function* b() {}\nlet c = 1\nvar d\n", "A b c d"),
    ("javascript", "  const e = async (x) => x\n  const f = x => x\n  const g = (\n  const h = 1\n", "e f g"),
    ("javascript", "  static run() {\n  get size() {\n  *each() {\n  while (x) {\n  call(x);\n", "run size each"),
    ("javascript", "  start: async function () {\n  stop = (a) => {\n  state: 1,\n", "start stop"),
    ("typescript", "type A = B\nenum C {\nnamespace D {\ndeclare module E {\n"
     "  abstract f(x: T): void;\n", "A C D E f"),
    ("typescript", "export declare const a: T\n  b?(x: T): R {\n  c<T>(x: T) {\n", "a b c"),
    ("vue", "const a = () => 1\n", "a"),
    ("svelte", "const a = () => 1\n", "a"),
    ("javascriptreact", "const a = () => 1\n", "a"),
    ("typescriptreact", "const a = () => 1\n", "a"),
    ("go", "func a() {\nfunc (r *R) B() {\nconst C = 1\nvar d int\n", "a B C d"),
    ("go", "type (\n\tE struct {\n\tF interface {\n)\nconst (\n\tG = iota\n\tH Kind = 1\n"
     "\tlocal = 2\n)\n", "E F G H"),
    ("rust", "pub struct A;\nenum B {\nunion C {\npub(crate) trait D {\ntype E = F;\nmod g {\n", "A B C D E g"),
    ("rust", "static mut N: u8 = 1;\nconst fn f() {}\nunsafe extern \"C\" fn h() {}\ndefault fn i() {}\n", "N f h i"),
    ("java", "interface A {\nenum B {\nrecord C(int x) {\n  static final int LIMIT = 1;\n"
     "  int x = 1;\n", "A B C LIMIT"),
    ("java", "  void run(int x) {\n    run(x);\n    if (x) {\n    return run(x);\n    new A(x);\n", "run"),
    ("java", "  @Override\n  public String toString() {\n  abstract int size();\n"
     "  int at(final int x);\n", "toString size at"),
    ("csharp", "namespace A.B;\nstruct C {\n  public C(int x) {\n  private readonly int Most = 1;\n", "B C C Most"),
    ("csharp", "  void Go(int x) =>\n    Go(x);\n    await Go(x);\n    using (x) {\n    lock (x) {\n", "Go"),
    ("dart", "class A {\nmixin B {\nextension C on D {\n  int at(int x) {\n", "A C at"),
    ("c", "typedef struct node {\n  int x;\n} node_t;\nenum kind { A };\nunion u {\n"
     "typedef int count_t;\n", "node node_t u count_t"),
    ("c", "struct a;\nint b(void);\nint c(int);\n  int d(int x);\n#  define E\nchar *f(a, b) {\n", "b d E f"),
    ("cpp", "namespace a {\nclass B : public C {\nclass D final {\nenum class E {\nusing F = G;\n", "a B D E F"),
    ("cpp", "void A::b() {\nA::~A() {\n  x.y(z) {\n  a::b(c);\nstd::vector<int> c(int x)\n{\n", "b ~A c"),
    ("kotlin", "interface A\nobject B {\nenum class C {\n  val d = 1\n  var e: Int\n"
     "        val deep = 1\nfun <T> f() {}\n", "A B C d e"),
    ("swift", "struct A {\nprotocol B {\nextension C {\nactor D {\n  let e = 1\n  func f() {}\n", "A B C D e f"),
    ("scala", "object A {\ntrait B {\ncase class C(x: Int)\n  def d = 1\n  implicit val e = 1\n"
     "  lazy val f = 1\n", "A B C d e f"),
    ("ruby", "class A::B\n  private def c?\n  attr_reader :d\n  alias e f\n  G =~ /x/\n  H = 1\n", "B c? d e H"),
    ("lua", "local function a()\nfunction M:b()\nlocal c = function()\nM.d = function ()\n"
     "local e = 1\n  local f = 1\n", "a b c d e"),
    ("shellscript", "function a {\nb() {\nc-d () {\nexport E=1\nreadonly F=1\ng=1\n  H=1\n", "a b c-d E F"),
    ("php", "interface A {\ntrait B {\n  const C = 1;\n  private const int D = 1;\n"
     "  final public function e() {\n", "A B C D e"),
    ("elixir", "def a?(x), do: x\ndefmacro b(x) do\ndefmacrop c do\ndefprotocol D do\n  defp e do\n", "a? b c D e"),
    ("sql", "create or replace view a as\ncreate temp table b (\ncreate unique index c on\n"
     "CREATE TYPE \"d\" AS\n", "a b c d"),
    ("sql", "create function s.e()\ncreate trigger f\ncreate procedure [g]\nalter table h\n", "e f g"),
    ("perl", "sub run {\n", "run"),
    ("proto", "message A {\nservice B {\n  rpc C(D) returns (E);\n", "A B C"),
    ("zig", "pub inline fn a() void {\nfn b() {}\n", "a b"),
    ("unheard-of", "macro a\nproc b\nmodule C\nclass of things\ntype is known\nstruct D\nfunc (r) e\n", "a b C D e"),
    *((language, "def x\nclass Y {\n", "") for language in (
        "plaintext", "json", "yaml", "toml", "html", "xml", "css", "scss"
    )),
]  # fmt: skip
"""Language, text, and the names that it defines."""


@pytest.mark.parametrize(("language", "text", "names"), MORE)
def test_other_forms_of_definitions(language: str, text: str, names: str) -> None:
    """The cases have each form of a definition, and text that resembles one."""
    assert [name for name, _ in definitions(text, language)] == names.split()


MODIFIERS = """pub export default declare abstract async public private protected internal static readonly override
    final sealed partial virtual open data inline suspend lateinit const implicit lazy extern unsafe mutating
    synchronized native required fileprivate case new unsigned constexpr explicit friend get set"""


@pytest.mark.parametrize("word", MODIFIERS.split())
def test_modifiers_of_a_definition(word: str) -> None:
    """A definition may have several modifiers."""
    assert [name for name, _ in definitions(f"{word} class A\n{word} pub\tfun b()", "unheard-of")] == [
        "A",
        "b",
    ]
    assert [name for name, _ in definitions(f"  {word} a(x: T) {{", "typescript")] == ["a"]


@pytest.mark.parametrize(
    "line", ["enum class A {", "annotation class A", "value class A", "record struct A {"]
)
def test_kind_of_two_words(line: str) -> None:
    """The name follows both words."""
    assert [name for name, _ in definitions(line, "kotlin")] == ["A"]


KINDS = """class interface struct enum record trait object protocol extension namespace union actor type typealias
    function func fn fun def sub proc module mod macro message service rpc"""


@pytest.mark.parametrize("word", KINDS.split())
def test_keywords_of_definitions(word: str) -> None:
    """This applies to a language without its own rules."""
    assert [name for name, _ in definitions(f"  {word} a\n{word}s b", "unheard-of")] == ["a"]


STATEMENTS = (
    """if for while switch catch return new throw else do using lock assert when case delete goto await"""
)


@pytest.mark.parametrize("word", STATEMENTS.split())
def test_statement_is_no_function(word: str) -> None:
    """A statement may have a name and parentheses."""
    assert definitions(f"  {word} (x) {{\n  {word} go(x) {{\n", "java") == []


@pytest.mark.parametrize(
    ("lines", "at", "expected"),
    [
        (["x = 1", *["# a"] * 8, "f()"], 9, "3 4 5 6 7 8 9"),
        (["    # deeper", "# a", "f()"], 2, "0 1 2"),
        (["# a", "    # b", "    f()"], 2, "1 2"),
        (["#include <x>", "#define Y", "f()"], 2, "2"),
        (["/* a", " * b", " */", "@x", "-- c", "f()"], 5, "0 1 2 3 4 5"),
        (["@ x", "f()"], 1, "1"),
        (["f(", *["a,"] * 12, ")"], 0, "0"),
        (["f(", *["a,"] * 8, ")", "x"], 0, "0 1 2 3 4 5 6 7 8 9"),
        (["f[", "T](", ")", "x"], 0, "0 1 2"),
        (["def f():", "    '''One.'''", "    x"], 0, "0 1"),
        (["def f():", '    """One', "    2", "    3", "    4", "    5"], 0, "0 1 2 3 4"),
        (["def f():", '    r"""One.', '    """', "    x"], 0, "0 1 2"),
        (["def f():", "    'One.'", "    x"], 0, "0"),
        (["class A:", *["    x"] * 40], 0, " ".join(map(str, range(31)))),
        (["class A:", "    x", "", "        y", "    z", "w", "    v"], 0, "0 1 4"),
        (["  class A {", "    private:", "    x;", "  }", "    y;"], 0, "0 2"),
        (["def f():", "    x", "    y"], 0, "0"),
        (["classy = 1", "    x"], 0, "0"),
        *(([f"{word} A {{", "  x"], 0, "0 1") for word in ("class", "struct", "interface", "enum", "trait", "record")),
        *(([f"{word} A", "{", "  x"], 0, "0 2") for word in ("union", "protocol", "object", "message", "service")),
        *(([f"{word} A", "  x"], 0, "0 1") for word in ("impl", "module", "type")),
    ],
)  # fmt: skip
def test_outline_is_short(lines: list[str], at: int, expected: str) -> None:
    """It has few lines of each part: lines above at the same depth or deeper, and direct members of a type."""
    found = outline(lines, at)
    assert found.lines == [lines[int(number)] for number in expected.split()]
    assert found.first == int(expected.split()[0])


@pytest.mark.parametrize("text", ["@Deprecated(x);\n", "@A.B(x);\n", "std::move(x);\n", "a.b(c);\n"])
def test_call_is_no_function(text: str) -> None:
    """An annotation is no function either."""
    assert definitions(text, "java") == []
