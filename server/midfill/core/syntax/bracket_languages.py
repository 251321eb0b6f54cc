"""Languages whose blocks end with a bracket or a tag."""

from dataclasses import replace

from midfill.core.syntax.language import Language

_C_BRANCH = r"\}?\s*(?:else|catch|finally)\b|\}\s*while\b|\{\s*$"
_C_LABEL = r"(?:case\b.*|default|public|private|protected)\s*:|#\s*(?:if|ifdef|ifndef|else|elif|endif)\b"
_C_CONTINUATION = r"\?(?!>)|[=,>]|:(?!:)|\.\w|->|&&|\|\|"
_C = Language(
    line_comment="//",
    block_comments=((r"/\*", r"\*/"),),
    character_literals=True,
    opener=r"[{(\[]$|^(?:case\b.*|default)\s*:$",
    branch=_C_BRANCH,
    label=_C_LABEL,
    continuation=_C_CONTINUATION,
    unindented_span=(r"#\s*if", r"#\s*endif"),
    decorator=r"@\w+(?:\([^()]*\))?\s*$|#\[",
)
_C_BARE_HEADER = (
    r"^\}?\s*(?:(?:else\s+)?if|for|foreach|while|switch|using|lock|fixed|catch|synchronized)\b.*\)$"
    r"|^\}?\s*(?:else|try|finally|do|unsafe|checked|get|set|init)$"
    r"|^(?:[\w<>,.\[\]]+\s+)*(?:class|struct|interface|enum|record|namespace|union|trait)\s+\w(?:[^;{}()=]*[^;{}()=,\s])?$"
    r"|^(?!return\b|throw\b|new\b|await\b|yield\b|else\b|#)(?:[\w<>\[\],.*&:~?$@]+[\s*&]+)+[\w:~]+\s*\([^;{}]*\)"
    r"(?:\s*(?:const|noexcept|override|final)\b)*(?:\s*:\s*\??[\w\\|]+)?(?:\s*(?:where|throws)\b[^;{}]*[^;{},\s])?$"
)
"""The header of a statement, a type or a function in styles that put the bracket on its own line."""
_C_UNINDENTED_OPENER = r"(?:inline\s+)?namespace\b|extern\s+\"C\""
_C_INCOMPLETE = r"^(?!#|.*\b(?:else|do|public|private)$).*[\w*&]$"
"""For example, a type on its own line."""

_SCRIPT = Language(
    line_comment="//",
    block_comments=((r"/\*", r"\*/"),),
    multiline_quotes=(("`", "`"),),
    opener=r"[{(\[]$|=>$|^(?:case\b.*|default)\s*:$",
    branch=_C_BRANCH,
    label=_C_LABEL,
    continuation=_C_CONTINUATION,
    decorator=r"@\w+(?:\([^()]*\))?\s*$",
)
_MARKUP = Language(
    continuation=r"/?>",
    block_comments=(("<!--", "-->"),),
    quotes='"',
    opener=r"<(?!link|meta|br|hr|img|input|source|col\b|base|!)[A-Za-z](?:[^<>]*[^<>/])?>$|[{(\[]$",
    closer=r"</|[)\]}]",
)
_HASHES = replace(_C, line_comment=r"(?:(?<=\s)|^)#", block_comments=(), character_literals=False)
_LISP = Language(line_comment=";", quotes='"')

BRACKET_LANGUAGES = {
    "javascript": replace(_SCRIPT, grammar="javascript"),
    "typescript": replace(_SCRIPT, grammar="typescript"),
    "tsx": replace(_SCRIPT, grammar="tsx"),
    "go": replace(_C, grammar="go", multiline_quotes=(("`", "`"),)),
    "rust": replace(_C, grammar="rust", opener=r"[{(\[]$|=>$"),
    "java": replace(_C, grammar="java", bare_header=_C_BARE_HEADER),
    "c": replace(
        _C,
        grammar="c",
        unindented_opener=_C_UNINDENTED_OPENER,
        incomplete_at_any_indentation=_C_INCOMPLETE,
        bare_header=_C_BARE_HEADER,
    ),
    "cpp": replace(
        _C,
        grammar="cpp",
        unindented_opener=_C_UNINDENTED_OPENER,
        incomplete_at_any_indentation=_C_INCOMPLETE,
        bare_header=_C_BARE_HEADER,
    ),
    "csharp": replace(_C, grammar="csharp", bare_header=_C_BARE_HEADER),
    "kotlin": replace(_C, grammar="kotlin", opener=r"[{(\[]$|->$"),
    "swift": replace(_C, grammar="swift"),
    "scala": replace(_C, grammar="scala", opener=r"[{(\[=]$|=>$"),
    "php": replace(
        _C, grammar="php", line_comment=r"//|#(?!\[)", character_literals=False, bare_header=_C_BARE_HEADER
    ),
    "html": replace(_MARKUP, grammar="html"),
    "css": replace(
        _C,
        grammar="css",
        continuation=r"(?!)",
        incomplete_at_any_indentation=r",$",
        line_comment="",
        character_literals=False,
    ),
    "json": Language(grammar="json", quotes='"'),
    "scss": replace(_C, continuation=r"(?!)", incomplete_at_any_indentation=r",$", character_literals=False),
    "brace": _C,
    "dart": replace(_C, character_literals=False, multiline_quotes=(('"""', '"""'), ("'''", "'''"))),
    "groovy": replace(
        _C, character_literals=False, multiline_quotes=(('"""', '"""'), ("'''", "'''")), opener=r"[{(\[]$|->$"
    ),
    "zig": replace(_C, block_comments=(), opener=r"[{(\[]$|=>$"),
    "protobuf": replace(_C, character_literals=False),
    "terraform": replace(_C, line_comment="#|//", character_literals=False, heredocs=True),
    "graphql": replace(_HASHES, quotes='"', multiline_quotes=(('"""', '"""'),), continuation=r"[|=&]"),
    "perl": replace(_HASHES, heredocs=True, branch=r"\}?\s*(?:else|elsif)\b|\{\s*$"),
    "r": replace(_HASHES, incomplete=r"(?:[,=+\-*/%&|^~(\[{]|\|>)$", branch=r"\}?\s*else\b|\{\s*$"),
    "powershell": replace(
        _HASHES,
        block_comments=((r"<#", r"#>"),),
        multiline_quotes=((r'@"[ \t]*\n', r'\n"@'), (r"@'[ \t]*\n", r"\n'@")),
        escape="`",
        incomplete=r"[,=+\-*/%|(\[{`]$",
        branch=r"\}?\s*(?:else|elseif|catch|finally)\b|\{\s*$",
    ),
    "nix": replace(
        _HASHES,
        block_comments=((r"/\*", r"\*/"),),
        quotes='"',
        multiline_quotes=(("''", "''"),),
        opener=r"[{(\[]$|\blet$",
        incomplete=r"(?:[,=:+?.(\[{]|\b(?:in|then|else|with))$",
        closer=r"[)\]}]|in\b",
        branch=r"else\b",
        continuation=r"(?!)",
    ),
    "tcl": replace(_HASHES, quotes='"', continuation=r"(?!)", branch=r"\}\s*(?:else|elseif)\b"),
    "awk": _HASHES,
    "hash": Language(line_comment="#"),
    "dockerfile": Language(line_comment=r"^\s*#", incomplete=r"\\$", incomplete_at_any_indentation=r"\\$"),
    "lisp": _LISP,
    "clojure": _LISP,
    "xml": _MARKUP,
}
"""The languages by the name of their grammar, or by their own."""
