"""Whether the cursor is in code, in a comment or in a string."""

import pytest

from midfill.core.text_kind import text_kind
from tests.core.shape.places import cursor


@pytest.mark.parametrize(
    ("language", "marked", "kind"),
    [
        ("python", "x = 1▮", "code"),
        ("python", "x = 1  # one▮", "comment"),
        ("python", "# one\n▮", "code"),
        ("python", "x = 'one▮", "string"),
        ("python", "x = 'one'▮", "code"),
        ("python", "x = 'one\n▮", "code"),
        ("python", 'x = """one\n▮', "string"),
        ("python", 'x = """one\n"""\n▮', "code"),
        ("shellscript", "a\n# one▮", "comment"),
        ("shellscript", "a\nb#one▮", "code"),
        ("javascript", "/* one\n▮", "comment"),
        ("javascript", "/* one */\n▮", "code"),
        ("javascript", "`one\n${two▮", "string"),
        ("sql", "select 1 -- one▮", "comment"),
        ("markdown", "it's # one▮", "code"),
    ],
)
def test_text_kind_at_a_cursor(language: str, marked: str, kind: str) -> None:
    """The lines above count; the text after the cursor does not."""
    assert text_kind(cursor(marked, language)) == kind
    assert text_kind(cursor(f"{marked}' # */", language)) == kind
