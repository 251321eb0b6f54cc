"""What shaping has to know of a language besides its grammar: comments, strings, and how blocks begin and end."""

import re
from dataclasses import dataclass, replace
from functools import cache


@dataclass(frozen=True, kw_only=True)
class Language:
    """The surface of a language, as far as lines and brackets tell it.

    `opener` is searched in a line without its comment: does a block begin here? `closer` and `branch` are matched
    at a line's first character: does it end a block (`}`, `end`), or go on with another arm (`else`)?
    """

    grammar: str = ""
    """The name that `grammars` knows it by; empty: there is no grammar for it."""
    line_comment: str = ""
    """A regular expression for what a line comment begins with."""
    block_comments: tuple[tuple[str, str], ...] = ()
    quotes: str = "\"'"
    """Delimiters of strings that end on their line."""
    long_quotes: tuple[tuple[str, str], ...] = ()
    """Delimiters of strings that may span lines."""
    heredocs: bool = False
    substitutions: bool = False
    """A string in double quotes may hold a command in `$( )` that has quotes of its own."""
    char_quotes: bool = False
    """A single quote holds one character, and may also stand alone (a lifetime, a type variable, a digit mark)."""
    opener: str = r"[{(\[]$"
    closer: str = r"[)\]}]"
    branch: str = r"(?!)"
    label: str = r"(?!)"
    """A line inside of a block that is not indented deeper than the block's first line."""
    lead: str = r"(?!)"
    """A line that belongs to the statement below it (a decorator, an attribute)."""
    goes_on: str = r"(?:[,=+\-*/%&|^.?(\[{\\<]|&&|\|\|)$"
    """The end of a line whose statement goes on, provided that the next line is indented deeper."""
    continues: str = r"(?!)"
    """The beginning of a line that goes on with the statement above it."""
    span: tuple[str, str] = ("", "")
    """The first and the last line of a statement whose lines are not indented deeper."""
    heading: str = r"(?!)"
    """A whole line whose block begins on the next one, with a bracket of its own or with a single statement."""
    flat: str = r"(?!)"
    """The header of a block whose lines are not indented deeper."""
    unended: str = r"(?!)"
    """A line whose statement goes on below it, however that is indented."""
    ends: str = ""
    """The end of a line that ends a statement, where indentation does not tell."""
    group: str = ""
    """The first line of a group of lines that reaches to the next blank one."""
    indented: bool = False
    """Indentation alone says where a block ends."""
    prose: bool = False
    """Text for people: paragraphs in place of statements, quotes and brackets without a meaning."""


_C_BRANCH = r"\}?\s*(?:else|catch|finally)\b|\}\s*while\b|\{\s*$"
_C_LABEL = r"(?:case\b.*|default|public|private|protected)\s*:|#\s*(?:if|ifdef|ifndef|else|elif|endif)\b"
_C_CONTINUES = r"\?(?!>)|[=,>]|:(?!:)|\.\w|->|&&|\|\|"
_C = Language(
    line_comment="//",
    block_comments=((r"/\*", r"\*/"),),
    char_quotes=True,
    opener=r"[{(\[]$|^(?:case\b.*|default)\s*:$",
    branch=_C_BRANCH,
    label=_C_LABEL,
    continues=_C_CONTINUES,
    span=(r"#\s*if", r"#\s*endif"),
    lead=r"@\w+(?:\([^()]*\))?\s*$|#\[",
)
_C_HEADING = (
    r"^\}?\s*(?:(?:else\s+)?if|for|foreach|while|switch|using|lock|fixed|catch|synchronized)\b.*\)$"
    r"|^\}?\s*(?:else|try|finally|do|unsafe|checked|get|set|init)$"
    r"|^(?:[\w<>,.\[\]]+\s+)*(?:class|struct|interface|enum|record|namespace|union|trait)\s+\w[^;{}()=]*[^;{}()=,\s]$"
    r"|^(?!return\b|throw\b|new\b|await\b|yield\b|else\b|#)(?:[\w<>\[\],.*&:~?$@]+[\s*&]+)+[\w:~]+\s*\([^;{}]*\)"
    r"(?:\s*(?:const|noexcept|override|final)\b)*(?:\s*:\s*\??[\w\\|]+)?(?:\s*(?:where|throws)\b[^;{}]*[^;{},\s])?$"
)
"""The header of a statement, a type or a function in the styles that put the bracket on a line of its own."""
_C_FLAT = r"(?:inline\s+)?namespace\b|extern\s+\"C\""
_C_UNENDED = r"^(?!#|.*\b(?:else|do|public|private)$).*[\w*&]$"
"""A type on a line of its own, for one."""

_SCRIPT = Language(
    line_comment="//",
    block_comments=((r"/\*", r"\*/"),),
    long_quotes=(("`", "`"),),
    opener=r"[{(\[]$|=>$|^(?:case\b.*|default)\s*:$",
    branch=_C_BRANCH,
    label=_C_LABEL,
    continues=_C_CONTINUES,
    lead=r"@\w+(?:\([^()]*\))?\s*$",
)
_HASH = Language(line_comment="#")
_MARKUP = Language(
    continues=r"/?>",
    block_comments=(("<!--", "-->"),),
    quotes='"',
    opener=r"<(?!link|meta|br|hr|img|input|source|col\b|base|!)[A-Za-z](?:[^<>]*[^<>/])?>$|[{(\[]$",
    closer=r"</|[)\]}]",
)
_PROSE = Language(quotes="", opener=r"(?!)", closer=r"(?!)", goes_on=r"(?!)", prose=True)
_PYTHON = Language(
    grammar="python",
    line_comment="#",
    long_quotes=(('"""', '"""'), ("'''", "'''")),
    opener=r"(?::|[{(\[])$",
    branch=r"(?:else|elif|except|finally)\b",
    lead=r"@[\w.]",
    goes_on=r"[,=+\-*/%&|^.(\[{\\]$",
    indented=True,
)
_LUA = Language(
    grammar="lua",
    line_comment=r"--(?!\[=*\[)",
    block_comments=((r"--\[\[", r"\]\]"),),
    long_quotes=((r"\[\[", r"\]\]"),),
    opener=r"\b(?:then|do|else|repeat)$|\bfunction\b[^()]*\([^()]*\)$|[{(\[]$",
    closer=r"(?:end|until)\b|[)\]}]",
    branch=r"(?:else|elseif)\b",
)
_RUBY = Language(
    grammar="ruby",
    heredocs=True,
    line_comment="#",
    opener=r"^(?:def|class|module|if|unless|while|until|case|for|begin)\b(?!.*\bend$).*|\b(?:do|then|else)(?:\s*\|[^|]*\|)?$|[{(\[]$",
    closer=r"end\b|[)\]}]",
    branch=r"(?:else|elsif|when|rescue|ensure)\b",
)
_SHELL = Language(
    grammar="bash",
    heredocs=True,
    substitutions=True,
    line_comment=r"(?:(?<=\s)|^)#",
    long_quotes=(("'", "'"),),
    quotes="",
    opener=r"\b(?:then|do|else|in)$|[{(]$",
    closer=r"(?:fi|done|esac|;;)(?!\w)|[)}]",
    branch=r"(?:else|elif)\b",
    goes_on=r"(?:[|\\]|&&)$",
)


_LANGUAGES = {
    "python": _PYTHON,
    "javascript": replace(_SCRIPT, grammar="javascript"),
    "typescript": replace(_SCRIPT, grammar="typescript"),
    "tsx": replace(_SCRIPT, grammar="tsx"),
    "go": replace(_C, grammar="go", long_quotes=(("`", "`"),)),
    "rust": replace(_C, grammar="rust", opener=r"[{(\[]$|=>$"),
    "java": replace(_C, grammar="java", heading=_C_HEADING),
    "c": replace(_C, grammar="c", flat=_C_FLAT, unended=_C_UNENDED, heading=_C_HEADING),
    "cpp": replace(_C, grammar="cpp", flat=_C_FLAT, unended=_C_UNENDED, heading=_C_HEADING),
    "csharp": replace(_C, grammar="csharp", heading=_C_HEADING),
    "kotlin": replace(_C, grammar="kotlin", opener=r"[{(\[]$|->$"),
    "swift": replace(_C, grammar="swift"),
    "scala": replace(_C, grammar="scala", opener=r"[{(\[=]$|=>$"),
    "php": replace(_C, grammar="php", line_comment=r"//|#(?!\[)", char_quotes=False, heading=_C_HEADING),
    "ruby": _RUBY,
    "lua": _LUA,
    "bash": _SHELL,
    "html": replace(_MARKUP, grammar="html"),
    "css": replace(_C, grammar="css", continues=r"(?!)", unended=r",$", line_comment="", char_quotes=False),
    "json": Language(grammar="json", quotes='"'),
    "yaml": replace(
        _HASH, grammar="yaml", line_comment=r"(?:(?<=\s)|^)#", opener=r"(?::|[{(\[]|[|>]-?)$", indented=True
    ),
    "toml": replace(_HASH, grammar="toml", group=r"\[", long_quotes=(('"""', '"""'),)),
    "sql": Language(ends=";$", line_comment="--", block_comments=((r"/\*", r"\*/"),), opener=r"\($"),
    "scss": replace(_C, grammar="", continues=r"(?!)", unended=r",$"),
    "brace": replace(_C, grammar=""),
    "hash": _HASH,
    "xml": replace(_MARKUP, grammar=""),
    "prose": _PROSE,
    "plain": Language(quotes='"'),
}

_NAMES = {
    "tsx": "typescriptreact",
    "javascript": "javascriptreact js jsx",
    "typescript": "ts",
    "cpp": "c++ cuda cuda-cpp arduino",
    "c": "objective-c objc",
    "csharp": "cs c#",
    "bash": "shellscript sh zsh shell ksh",
    "php": "blade",
    "html": "vue svelte astro handlebars heex eruby htmldjango",
    "json": "jsonc json5 jsonl",
    "yaml": "yml docker-compose yaml.docker-compose",
    "scss": "less sass stylus",
    "brace": "dart zig d groovy gradle glsl hlsl wgsl proto protobuf thrift solidity v odin verilog"
    " systemverilog hcl terraform",
    "hash": "perl r make makefile dockerfile cmake elixir julia nim crystal nix gdscript powershell ini"
    " properties conf tcl awk",
    "xml": "xsl svg xhtml",
    "prose": "markdown plaintext text mdx restructuredtext rst latex tex org asciidoc gitcommit git-commit"
    " mail quarto typst txt",
}
_ALIASES = {name: key for key, names in _NAMES.items() for name in names.split()}


def language(name: str) -> Language:
    """Return what is known of the language that an editor calls `name`; a guess that does no harm if nothing is."""
    name = name.lower()
    return _LANGUAGES.get(_ALIASES.get(name, name), _LANGUAGES["plain"])


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """Return `expression`, compiled."""
    return re.compile(expression)
