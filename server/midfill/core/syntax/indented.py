"""Languages whose blocks end by their indentation."""

from dataclasses import replace

from midfill.core.syntax.language import Language

_PYTHON = Language(
    grammar="python",
    line_comment="#",
    long_quotes=(('"""', '"""'), ("'''", "'''")),
    opener=r"(?::|[{(\[])$",
    branch=r"(?:else|elif|except|finally)\b",
    lead=r"@[\w.]",
    nested=r"(?:return|yield|break|continue|nonlocal)\b",
    goes_on=r"[,=+\-*/%&|^.(\[{\\]$",
    indented=True,
)
_HASH = Language(line_comment="#", indented=True)
_STYLES = Language(
    line_comment="//",
    block_comments=((r"/\*", r"\*/"),),
    opener=r"^(?![@$])[^:]*$|^@(?:mixin|media|if|else|for|each|while|function)\b.*|^&.*|:$",
    indented=True,
    offside=True,
)

INDENTED = {
    "python": _PYTHON,
    "yaml": replace(
        _HASH, grammar="yaml", nullable=True, line_comment=r"(?:(?<=\s)|^)#", opener=r"(?::|[{(\[]|[|>]-?)$"
    ),
    "nim": replace(
        _PYTHON,
        grammar="",
        opener=r"(?:[:=]|\bobject|\benum|[{(\[])$",
        branch=r"(?:else|elif|of|except|finally)\b",
        offside=True,
    ),
    "gdscript": replace(_PYTHON, grammar=""),
    "fsharp": Language(
        line_comment="//",
        block_comments=((r"\(\*(?!\))", r"\*\)"),),
        long_quotes=(('"""', '"""'),),
        char_quotes=True,
        opener=r"(?:=|->|\b(?:then|else|do|with|try|finally|function|begin)|[{(\[])$",
        branch=r"(?:else|elif|with|finally|and)\b|\|(?!>)",
        continues=r"\|>|>>|::|@",
        lead=r"\[<",
        indented=True,
        offside=True,
    ),
    "haskell": Language(
        line_comment=r"--+(?![!#$%&*+./<=>?@\\^|~])",
        block_comments=((r"\{-", r"-\}"),),
        char_quotes=True,
        opener=r"(?:=|->|\b(?:where|of|do|let|then|else)|[{(\[])$",
        branch=r"(?:else|then|in|where)\b",
        continues=r"[|=,<>$.&*+](?![a-z])|->|<-|deriving\b",
        indented=True,
        offside=True,
    ),
    "coffeescript": replace(
        _HASH,
        block_comments=((r"###", r"###"),),
        long_quotes=(('"""', '"""'), ("'''", "'''")),
        opener=r"(?:[-=]>|[=:{(\[])$|^(?:if|unless|for|while|until|switch|when|try|class|else)\b(?!.*\bthen\b).*",
        branch=r"(?:else|when|catch|finally)\b",
        continues=r"\.\w",
        offside=True,
    ),
    "pug": replace(_HASH, line_comment="//", quotes="", opener=r"[.:]$|^[a-z#.+].*", offside=True),
    "sass": _STYLES,
    "make": Language(
        line_comment="#",
        quotes="",
        opener=r"^[^\s#:=][^:=]*::?(?![:=])[^=]*$|^(?:if\w+|define)\b.*",
        closer=r"(?:endif|endef)\b",
        branch=r"else\b",
        goes_on=r"\\$",
        unended=r"\\$",
        recipes=True,
    ),
}
"""The languages by the name of their grammar, or by their own."""
