"""Line comments, for models that read other files as comments."""

_MARKS = {
    "//": (
        "c cpp csharp cuda-cpp dart fsharp go groovy java javascript javascriptreact jsonc kotlin objective-c"
        " objective-cpp php proto rust scala scss less solidity swift typescript typescriptreact v zig"
    ),
    "#": (
        "awk cmake coffeescript crystal dockerfile elixir fish gdscript graphql julia make makefile nim nix perl"
        " powershell python r raku ruby shellscript starlark tcl terraform toml yaml"
    ),
    "--": "ada elm haskell lua purescript sql vhdl",
    "%": "erlang latex matlab prolog tex",
    ";": "asm clojure commonlisp emacs-lisp fennel ini lisp racket scheme",
    "'": "vb",
    '"': "vim",
}
_BY_LANGUAGE = {
    language: comment_marker for comment_marker, languages in _MARKS.items() for language in languages.split()
}


def comment_marker_of(language: str) -> str:
    """Return the marker of a line comment in a language (an LSP identifier); empty if it has none."""
    return _BY_LANGUAGE.get(language.lower(), "")


def commented(text: str, comment_marker: str) -> str:
    r"""Return a text with each line as a comment.

    >>> commented("x := 1\n\ny := 2", "//")
    '// x := 1\n//\n// y := 2\n'
    """
    return "".join(f"{comment_marker} {line}".rstrip() + "\n" for line in text.split("\n"))
