"""Languages whose blocks end by their indentation."""

from dataclasses import replace

from midfill.core.syntax.language import Language

_PYTHON = Language(
    grammar="python",
    line_comment="#",
    multiline_quotes=(('"""', '"""'), ("'''", "'''")),
    opener=r"(?::|[{(\[])$",
    branch=r"(?:else|elif|except|finally)\b",
    decorator=r"@[\w.]",
    block_only=r"(?:return|yield|break|continue|nonlocal)\b",
    incomplete=r"[,=+\-*/%&|^.(\[{\\]$",
    indented_blocks=True,
)
_HASH = Language(line_comment="#", indented_blocks=True)
_STYLES = Language(
    line_comment="//",
    block_comments=((r"/\*", r"\*/"),),
    opener=r"^(?![@$])[^:]*$|^@(?:mixin|media|if|else|for|each|while|function)\b.*|^&.*|:$",
    indented_blocks=True,
    deeper_line_continues=True,
)

INDENTATION_LANGUAGES = {
    "python": _PYTHON,
    "yaml": replace(
        _HASH,
        grammar="yaml",
        block_is_optional=True,
        line_comment=r"(?:(?<=\s)|^)#",
        opener=r"(?::|[{(\[]|[|>]-?)$",
    ),
    "nim": replace(
        _PYTHON,
        grammar="",
        opener=r"(?:[:=]|\bobject|\benum|[{(\[])$",
        branch=r"(?:else|elif|of|except|finally)\b",
        deeper_line_continues=True,
    ),
    "gdscript": replace(_PYTHON, grammar=""),
    "fsharp": Language(
        line_comment="//",
        block_comments=((r"\(\*(?!\))", r"\*\)"),),
        multiline_quotes=(('"""', '"""'),),
        character_literals=True,
        opener=r"(?:=|->|\b(?:then|else|do|with|try|finally|function|begin)|[{(\[])$",
        branch=r"(?:else|elif|with|finally|and)\b|\|(?!>)",
        continuation=r"\|>|>>|::|@",
        decorator=r"\[<",
        indented_blocks=True,
        deeper_line_continues=True,
    ),
    "haskell": Language(
        line_comment=r"--+(?![!#$%&*+./<=>?@\\^|~])",
        block_comments=((r"\{-", r"-\}"),),
        character_literals=True,
        opener=r"(?:=|->|\b(?:where|of|do|let|then|else)|[{(\[])$",
        branch=r"(?:else|then|in|where)\b",
        continuation=r"[|=,<>$.&*+](?![a-z])|->|<-|deriving\b",
        indented_blocks=True,
        deeper_line_continues=True,
    ),
    "coffeescript": replace(
        _HASH,
        block_comments=((r"###", r"###"),),
        multiline_quotes=(('"""', '"""'), ("'''", "'''")),
        opener=r"(?:[-=]>|[=:{(\[])$|^(?:if|unless|for|while|until|switch|when|try|class|else)\b(?!.*\bthen\b).*",
        branch=r"(?:else|when|catch|finally)\b",
        continuation=r"\.\w",
        deeper_line_continues=True,
    ),
    "pug": replace(
        _HASH, line_comment="//", quotes="", opener=r"[.:]$|^[a-z#.+].*", deeper_line_continues=True
    ),
    "sass": _STYLES,
    "make": Language(
        line_comment="#",
        quotes="",
        opener=r"^[^\s#:=][^:=]*::?(?![:=])[^=]*$|^(?:if\w+|define)\b.*",
        closer=r"(?:endif|endef)\b",
        branch=r"else\b",
        incomplete=r"\\$",
        incomplete_at_any_indentation=r"\\$",
        recipes=True,
    ),
}
"""The languages by the name of their grammar, or by their own."""
