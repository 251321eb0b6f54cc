"""Languages whose blocks end with a word."""

from dataclasses import replace

from midfill.core.syntax.language import Language

_LUA = Language(
    grammar="lua",
    line_comment=r"--(?!\[=*\[)",
    block_comments=((r"--\[\[", r"\]\]"),),
    multiline_quotes=((r"\[\[", r"\]\]"),),
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
    command_substitutions=True,
    line_comment=r"(?:(?<=\s)|^)#",
    multiline_quotes=(("'", "'"),),
    quotes="",
    opener=r"\b(?:then|do|else|in)$|[{(]$",
    closer=r"(?:fi|done|esac|;;)(?!\w)|[)}]",
    branch=r"(?:else|elif)\b",
    incomplete=r"(?:[|\\]|&&)$",
)
_ELIXIR = Language(
    line_comment="#",
    multiline_quotes=(('"""', '"""'), ("'''", "'''")),
    opener=r"\b(?:do|else|after|rescue|catch|fn)$|[{(\[]$",
    incomplete=r"(?:->|[,=+\-*/%&|^.(\[{\\<])$",
    closer=r"end\b|[)\]}]",
    branch=r"(?:else|rescue|catch|after)\b",
    continuation=r"\|>|<>|\|\||&&|and\b|or\b",
    decorator=r"@(?:doc|spec|impl|moduledoc|tag)\b",
)
_ERLANG = Language(
    line_comment="%",
    opener=r"(?:\b(?:of|begin|receive|after|catch|try)|[{(\[])$",
    incomplete=r"(?:->|[,=|({\[])$",
    closer=r"end\b|[)\]}]",
    branch=r"(?:of|after|catch)\b",
    decorator=r"-(?:spec|doc)\b",
)
_JULIA = Language(
    line_comment="#(?!=)",
    block_comments=((r"#=", r"=#"),),
    multiline_quotes=(('"""', '"""'),),
    character_literals=True,
    opener=r"^(?:@\w+\s+)?(?:function|macro|if|for|while|(?:mutable\s+)?struct|module|begin|let|try|quote)\b(?!.*\bend$).*"
    r"|\bdo(?:\s+\w[\w, ]*)?$|\bbegin$|[{(\[]$",
    closer=r"end\b|[)\]}]",
    branch=r"(?:else|elseif|catch|finally)\b",
)
_OCAML = Language(
    block_comments=((r"\(\*", r"\*\)"),),
    character_literals=True,
    opener=r"(?:\b(?:do|begin|struct|sig|object)|[{(\[])$",
    incomplete=r"(?:[,=+\-*/%&|^@(\[{]|->|\b(?:then|else|of|with|function|try|in))$",
    closer=r"(?:end|done)\b|[)\]}]",
    branch=r"(?:else|with|and)\b|\|",
    continuation=r"\|>|@@|>>=|::",
)
_VIM = Language(
    line_comment=r"^[ \t]*\"",
    opener=r"^(?:if|for|while|function|def|try|augroup\s+(?!END))\b.*|[{(\[]$",
    closer=r"(?:end\w*|augroup\s+END)\b|[)\]}]",
    branch=r"(?:else|elseif|catch|finally)\b",
    continuation=r"\\",
)
_CMAKE = Language(
    line_comment="#",
    quotes='"',
    opener=r"^(?:if|foreach|while|function|macro|block)\s*\(.*\)$|[{(\[]$",
    closer=r"end\w+\s*\(|[)\]}]",
    branch=r"(?:else|elseif)\s*\(",
)
_FISH = Language(
    line_comment=r"(?:(?<=\s)|^)#",
    opener=r"^(?:if|for|while|function|switch|begin|case|else)\b.*|[{(]$",
    closer=r"end\b|[)}]",
    branch=r"(?:else|case)\b",
    incomplete=r"(?:[|\\]|&&)$",
)
_VERILOG = Language(
    line_comment="//",
    block_comments=((r"/\*", r"\*/"),),
    quotes='"',
    opener=r"\bbegin(?:\s*:\s*\w+)?$|^(?:module|function|task|case|generate|interface|class)\b.*|[{(\[]$",
    closer=r"end\w*\b|[)\]}]",
    branch=r"(?:end\s+)?else\b",
)

KEYWORD_LANGUAGES = {
    "lua": _LUA,
    "ruby": _RUBY,
    "crystal": replace(_RUBY, grammar=""),
    "bash": _SHELL,
    "elixir": _ELIXIR,
    "erlang": _ERLANG,
    "julia": _JULIA,
    "ocaml": _OCAML,
    "vim": _VIM,
    "cmake": _CMAKE,
    "fish": _FISH,
    "verilog": _VERILOG,
    "sql": Language(
        terminator=";$", line_comment="--", block_comments=((r"/\*", r"\*/"),), opener=r"\($", escape=""
    ),
}
"""The languages by the name of their grammar, or by their own."""
