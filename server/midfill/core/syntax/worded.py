"""Languages whose blocks end with a word."""

from dataclasses import replace

from midfill.core.syntax.language import Language

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
_ELIXIR = Language(
    line_comment="#",
    long_quotes=(('"""', '"""'), ("'''", "'''")),
    opener=r"\b(?:do|else|after|rescue|catch|fn)$|[{(\[]$",
    goes_on=r"(?:->|[,=+\-*/%&|^.(\[{\\<])$",
    closer=r"end\b|[)\]}]",
    branch=r"(?:else|rescue|catch|after)\b",
    continues=r"\|>|<>|\|\||&&|and\b|or\b",
    lead=r"@(?:doc|spec|impl|moduledoc|tag)\b",
)
_ERLANG = Language(
    line_comment="%",
    opener=r"(?:\b(?:of|begin|receive|after|catch|try)|[{(\[])$",
    goes_on=r"(?:->|[,=|({\[])$",
    closer=r"end\b|[)\]}]",
    branch=r"(?:of|after|catch)\b",
    lead=r"-(?:spec|doc)\b",
)
_JULIA = Language(
    line_comment="#(?!=)",
    block_comments=((r"#=", r"=#"),),
    long_quotes=(('"""', '"""'),),
    char_quotes=True,
    opener=r"^(?:@\w+\s+)?(?:function|macro|if|for|while|(?:mutable\s+)?struct|module|begin|let|try|quote)\b(?!.*\bend$).*"
    r"|\bdo(?:\s+\w[\w, ]*)?$|\bbegin$|[{(\[]$",
    closer=r"end\b|[)\]}]",
    branch=r"(?:else|elseif|catch|finally)\b",
)
_OCAML = Language(
    block_comments=((r"\(\*", r"\*\)"),),
    char_quotes=True,
    opener=r"(?:\b(?:do|begin|struct|sig|object)|[{(\[])$",
    goes_on=r"(?:[,=+\-*/%&|^@(\[{]|->|\b(?:then|else|of|with|function|try|in))$",
    closer=r"(?:end|done)\b|[)\]}]",
    branch=r"(?:else|with|and)\b|\|",
    continues=r"\|>|@@|>>=|::",
)
_VIM = Language(
    line_comment=r"^[ \t]*\"",
    opener=r"^(?:if|for|while|function|def|try|augroup\s+(?!END))\b.*|[{(\[]$",
    closer=r"(?:end\w*|augroup\s+END)\b|[)\]}]",
    branch=r"(?:else|elseif|catch|finally)\b",
    continues=r"\\",
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
    goes_on=r"(?:[|\\]|&&)$",
)
_VERILOG = Language(
    line_comment="//",
    block_comments=((r"/\*", r"\*/"),),
    quotes='"',
    opener=r"\bbegin(?:\s*:\s*\w+)?$|^(?:module|function|task|case|generate|interface|class)\b.*|[{(\[]$",
    closer=r"end\w*\b|[)\]}]",
    branch=r"(?:end\s+)?else\b",
)

WORDED = {
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
        ends=";$", line_comment="--", block_comments=((r"/\*", r"\*/"),), opener=r"\($", escape=""
    ),
}
"""The languages by the name of their grammar, or by their own."""
