"""Languages whose blocks end with a bracket or a tag."""

from dataclasses import replace

from midfill.core.syntax.language import Language

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
    r"|^(?:[\w<>,.\[\]]+\s+)*(?:class|struct|interface|enum|record|namespace|union|trait)\s+\w(?:[^;{}()=]*[^;{}()=,\s])?$"
    r"|^(?!return\b|throw\b|new\b|await\b|yield\b|else\b|#)(?:[\w<>\[\],.*&:~?$@]+[\s*&]+)+[\w:~]+\s*\([^;{}]*\)"
    r"(?:\s*(?:const|noexcept|override|final)\b)*(?:\s*:\s*\??[\w\\|]+)?(?:\s*(?:where|throws)\b[^;{}]*[^;{},\s])?$"
)
"""The header of a statement, a type or a function in styles that put the bracket on its own line."""
_C_FLAT = r"(?:inline\s+)?namespace\b|extern\s+\"C\""
_C_UNENDED = r"^(?!#|.*\b(?:else|do|public|private)$).*[\w*&]$"
"""For example, a type on its own line."""

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
_MARKUP = Language(
    continues=r"/?>",
    block_comments=(("<!--", "-->"),),
    quotes='"',
    opener=r"<(?!link|meta|br|hr|img|input|source|col\b|base|!)[A-Za-z](?:[^<>]*[^<>/])?>$|[{(\[]$",
    closer=r"</|[)\]}]",
)
_HASHES = replace(_C, line_comment=r"(?:(?<=\s)|^)#", block_comments=(), char_quotes=False)
_LISP = Language(line_comment=";", quotes='"')

BRACKETED = {
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
    "html": replace(_MARKUP, grammar="html"),
    "css": replace(_C, grammar="css", continues=r"(?!)", unended=r",$", line_comment="", char_quotes=False),
    "json": Language(grammar="json", quotes='"'),
    "scss": replace(_C, continues=r"(?!)", unended=r",$", char_quotes=False),
    "brace": _C,
    "dart": replace(_C, char_quotes=False, long_quotes=(('"""', '"""'), ("'''", "'''"))),
    "groovy": replace(
        _C, char_quotes=False, long_quotes=(('"""', '"""'), ("'''", "'''")), opener=r"[{(\[]$|->$"
    ),
    "zig": replace(_C, block_comments=(), opener=r"[{(\[]$|=>$"),
    "protobuf": replace(_C, char_quotes=False),
    "terraform": replace(_C, line_comment="#|//", char_quotes=False, heredocs=True),
    "graphql": replace(_HASHES, quotes='"', long_quotes=(('"""', '"""'),), continues=r"[|=&]"),
    "perl": replace(_HASHES, heredocs=True, branch=r"\}?\s*(?:else|elsif)\b|\{\s*$"),
    "r": replace(_HASHES, goes_on=r"(?:[,=+\-*/%&|^~(\[{]|\|>)$", branch=r"\}?\s*else\b|\{\s*$"),
    "powershell": replace(
        _HASHES,
        block_comments=((r"<#", r"#>"),),
        long_quotes=((r'@"[ \t]*\n', r'\n"@'), (r"@'[ \t]*\n", r"\n'@")),
        escape="`",
        goes_on=r"[,=+\-*/%|(\[{`]$",
        branch=r"\}?\s*(?:else|elseif|catch|finally)\b|\{\s*$",
    ),
    "nix": replace(
        _HASHES,
        block_comments=((r"/\*", r"\*/"),),
        quotes='"',
        long_quotes=(("''", "''"),),
        opener=r"[{(\[]$|\blet$",
        goes_on=r"(?:[,=:+?.(\[{]|\b(?:in|then|else|with))$",
        closer=r"[)\]}]|in\b",
        branch=r"else\b",
        continues=r"(?!)",
    ),
    "tcl": replace(_HASHES, quotes='"', continues=r"(?!)", branch=r"\}\s*(?:else|elseif)\b"),
    "awk": _HASHES,
    "hash": Language(line_comment="#"),
    "dockerfile": Language(line_comment=r"^\s*#", goes_on=r"\\$", unended=r"\\$"),
    "lisp": _LISP,
    "clojure": _LISP,
    "xml": _MARKUP,
}
"""The languages by the name of their grammar, or by their own."""
