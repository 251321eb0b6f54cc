"""The lines that define a name: functions, classes, methods, constants and types.

Regular expressions find them line by line. On public projects they find 90 % (C, C++) to 100 % (Rust, Go) of the
definitions of tree-sitter's `tags.scm`, and constants as well, three to eight times faster and without a parse.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Definition(NamedTuple):
    """A name and the line that defines it, counted from 0."""

    name: str
    line: int


_MODIFIERS = (
    r"(?:(?:pub|export|default|declare|abstract|async|public|private|protected|internal|static|readonly|override"
    r"|final|sealed|partial|virtual|open|data|inline|suspend|lateinit|const|implicit|lazy|extern|unsafe|mutating|synchronized"
    r"|native|required|fileprivate|case|new|unsigned|constexpr|explicit|friend|get|set"
    r"|(?:enum|record|annotation|value)(?=\s+(?:class|struct)\b))\s+)*"
)
_NO_STATEMENT = (
    r"(?!(?:if|for|while|switch|catch|return|function|new|throw|else|do|await|typeof|yield|with)\b)"
)
_TYPES = r"(?:class|interface|struct|enum|record|trait|object|protocol|extension|namespace|union|actor|type|typealias)"
_KEYWORD_DEFINITION = (
    rf"^[ \t]*{_MODIFIERS}(?:{_TYPES}|function|func|fn|fun|def|sub|proc|module|mod|macro|message|service|rpc)"
    r"\s+(?:\([^)\n]*\)\s*)?(?!if\b|is\b|of\b|for\b)(?:[\w$]+\.)*([A-Za-z_$][\w$]*)"
)
_PYTHON = (
    r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)",
    r"^([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=(?!=)",
    r"^type[ \t]+(\w+)",
)
_VARIABLE = r"^[ \t]*(?:export[ \t]+)?(?:declare[ \t]+)?(?:const|let|var)[ \t]+([\w$]+)"
_SCRIPT = (
    rf"^[ \t]*{_MODIFIERS}(?:function\b[ \t]*\*?|class|interface|type|enum|namespace|module)[ \t]+([\w$]+)",
    rf"{_VARIABLE}[ \t]*(?::[^=\n]+)?=[ \t]*(?:async\b[ \t]*)?(?:function\b|\([^()\n]*\)[^=\n]*=>|[\w$]+[ \t]*=>|\($)",
    r"^(?:export[ \t]+)?(?:declare[ \t]+)?(?:const|let|var)[ \t]+([\w$]+)",
    rf"^[ \t]+{_MODIFIERS}\*?{_NO_STATEMENT}([\w$#]+)[ \t]*\??(?:<[^>\n]*>)?"
    r"\((?:[^;\n]*\)[ \t]*(?::[^{;\n]+)?\{|[^;\n]*\)[ \t]*:[^{\n]+;|)[ \t]*$",
    r"^[ \t]+([\w$]+)[ \t]*(?::|=)[ \t]*(?:async\b[ \t]*)?(?:function\b|\([^()\n]*\)[^=\n]*=>)",
)
_GO = (
    r"^func[ \t]+(?:\([^)\n]*\)[ \t]*)?(\w+)",
    r"^(?:type|var|const)[ \t]+(\w+)",
    r"^\t(\w+)[ \t]+(?:struct|interface)\b",
    r"^\t([A-Z]\w*)(?:[ \t]+[\w.*\[\]]+)?[ \t]*=(?!=)",
)
_RUST = (
    r"^[ \t]*(?:pub(?:\([^)\n]*\))?[ \t]+)?"
    r"(?:default[ \t]+|async[ \t]+|const[ \t]+|unsafe[ \t]+|extern[ \t]+(?:\"[^\"\n]*\"[ \t]+)?)*"
    r"(?:fn|struct|enum|union|trait|type|mod|const|static(?:[ \t]+mut)?|macro_rules!)[ \t]+(\w+)",
)
_TYPED = (
    _KEYWORD_DEFINITION,
    r"^[ \t]*(?:(?:public|private|protected|internal|static|final|const|readonly)[ \t]+)+"
    r"[\w<>\[\],.?]+[ \t]+([A-Z_]\w*)[ \t]*=",
)
_C = (
    r"^[ \t]*#[ \t]*define[ \t]+(\w+)",
    r"^[ \t]*(?:typedef[ \t]+)?(?:struct|class|union|enum(?:[ \t]+class)?|namespace)[ \t]+(\w+)"
    r"[ \t]*(?:final[ \t]*)?(?:[:{][^;()\n]*)?$",
    r"^typedef\b[^;{\n]*?(\w+);|^\}[ \t]*(\w+);",
    r"^[ \t]*using[ \t]+(\w+)[ \t]*=",
)
_KOTLIN = (
    _KEYWORD_DEFINITION,
    rf"^[ \t]{{0,4}}{_MODIFIERS}(?:val|var|let)[ \t]+(?:<[^>\n]*>[ \t]*)?(?:\w+\.)?(\w+)",
)
_RUBY = (
    r"^[ \t]*(?:(?:private|protected|public|module_function)[ \t]+)?"
    r"(?:def|class|module)[ \t]+(?:self\.|\w+::)*([\w]+[?!=]?)",
    r"^[ \t]*([A-Z]\w*)[ \t]*=(?![=~])",
    r"^[ \t]*(?:attr_\w+|alias)[ \t]+:?(\w+)",
)
_LUA = (
    r"^[ \t]*(?:local[ \t]+)?function[ \t]+(?:\w+[.:])*(\w+)",
    r"^[ \t]*(?:local[ \t]+)?(?:\w+[.:])*(\w+)[ \t]*=[ \t]*function\b",
    r"^local[ \t]+(\w+)[ \t]*=",
)
_SHELL = (
    r"^[ \t]*(?:function[ \t]+([\w:.-]+)|([\w:.-]+)[ \t]*\(\))",
    r"^(?:readonly[ \t]+|export[ \t]+)?([A-Z_]\w*)=",
)
_PHP = (
    _KEYWORD_DEFINITION,
    r"^[ \t]*(?:(?:public|private|protected|final)[ \t]+)*const[ \t]+(?:\w+[ \t]+)?(\w+)[ \t]*=",
)
_ELIXIR = (r"^[ \t]*(?:defp?|defmodule|defmacrop?|defprotocol|defstruct)[ \t]+(?:[\w]+\.)*([\w]+[?!]?)",)
_SQL = (
    r"(?i)^[ \t]*create[ \t]+(?:or[ \t]+replace[ \t]+)?(?:\w+[ \t]+){0,3}?"
    r"(?:table|view|function|procedure|type|index|trigger)[ \t]+"
    r"(?:if[ \t]+not[ \t]+exists[ \t]+)?[\"`\[]?(?:\w+\.)?(\w+)",
)

_BY_LANGUAGE: dict[str, tuple[str, ...]] = {
    "python": _PYTHON,
    **dict.fromkeys(
        ("javascript", "javascriptreact", "typescript", "typescriptreact", "vue", "svelte"), _SCRIPT
    ),
    "go": _GO,
    "rust": _RUST,
    **dict.fromkeys(("java", "csharp", "dart"), _TYPED),
    **dict.fromkeys(("c", "cpp"), _C),
    **dict.fromkeys(("kotlin", "swift", "scala"), _KOTLIN),
    "ruby": _RUBY,
    "lua": _LUA,
    "shellscript": _SHELL,
    "php": _PHP,
    "elixir": _ELIXIR,
    "sql": _SQL,
}
"""Expressions by LSP language identifier; each matches a name at the start of its line."""

_WITHOUT_DEFINITIONS = frozenset(
    {"markdown", "plaintext", "json", "yaml", "toml", "html", "xml", "css", "scss"}
)
_RULES = {
    language: tuple(re.compile(rule, re.MULTILINE) for rule in rules)
    for language, rules in _BY_LANGUAGE.items()
}
_DEFAULT_RULES = (re.compile(_KEYWORD_DEFINITION, re.MULTILINE),)

_WITHOUT_KEYWORD = frozenset({"java", "csharp", "dart", "c", "cpp"})
"""Languages whose functions have no keyword, only a type before and parentheses after the name."""

_FUNCTION_HEAD = re.compile(r"^[ \t]*([A-Za-z_@~][\w:<>,.?&*\[\] \t~@]*)\(([^\n]*)", re.MULTILINE)
_LAST_NAME = re.compile(r"(~?[A-Za-z_]\w*)[ \t]*$")
_STATEMENT = re.compile(
    r"(?:if|for|while|switch|catch|return|new|throw|else|do|using|lock|assert|when|case|delete|goto|sizeof|await)\b"
)
_PARAMETERS = re.compile(r"[ \t]*(?:\)|(?:const[ \t]+)?[\w:<>]+[ \t&*]+\w|void\))")


def definitions(text: str, language: str) -> list[Definition]:
    """Return the definitions of a text in this language (an LSP identifier), in line order."""
    if language in _WITHOUT_DEFINITIONS:
        return []
    found = {match for rule in _RULES.get(language, _DEFAULT_RULES) for match in _matches(rule, text)}
    if language in _WITHOUT_KEYWORD:
        found.update(_functions(text))
    return list(dict.fromkeys(_with_lines(sorted(found), text)))


def _matches(rule: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    """Yield the position and the name of each definition that a rule finds."""
    for found in rule.finditer(text):
        group = found.lastindex or 0
        yield found.start(group), found[group]


def _functions(text: str) -> Iterator[tuple[int, str]]:
    """Yield the position and the name of each function that is defined without a keyword."""
    for found in _FUNCTION_HEAD.finditer(text):
        name = _LAST_NAME.search(found[1])
        if name is not None and not _STATEMENT.match(found[1]) and _is_function(found, name):
            yield found.start(1) + name.start(), name[1]


def _is_function(found: re.Match[str], name: re.Match[str]) -> bool:
    """Return whether a line with a name and a parenthesis declares a function: it has a type and is not a call."""
    return_type, rest = found[1][: name.start()].rstrip(), found[2].rstrip()
    indented = found[0][0].isspace()
    if not return_type:  # A constructor, or a function whose type is on the line above.
        return rest.endswith("{") if indented and name[1][0].isupper() else not indented and rest[-1:] != ";"
    if return_type.endswith((".", ",")):
        return False
    if rest.endswith(";"):
        return return_type[0] != "@" and not return_type.endswith("::") and bool(_PARAMETERS.match(rest))
    return rest.endswith("{") if indented and return_type.endswith("::") else True


def _with_lines(matches: list[tuple[int, str]], text: str) -> Iterator[Definition]:
    """Yield the definitions at these positions, which are in order."""
    line = at = 0
    for position, name in matches:
        line += text.count("\n", at, position)
        at = position
        yield Definition(name, line)
