"""The words of a text."""

import pytest

from midfill.core.words import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("parseHTTPHeader", "parsehttpheader parse http header"),
        ("MAX_FILE_SIZE", "max_file_size max file size"),
        ("x = id + 12", ""),
        ("__init__(self)", "__init__ init self"),
        ("Größe größe_max", "größe größe_max max"),
        ("utf8_decode2", "utf8_decode2 utf decode"),
        ("数据库 = 1", "数据库"),
        ("a" * 64, "a" * 64),
        ("a" * 65, ""),
    ],
)
def test_words_of_a_text(text: str, expected: str) -> None:
    """Whole names and their parts, in lower case; nothing short, and nothing that is data."""
    assert set(expected.split()) <= words(text)
    assert bool(words(text)) is bool(expected)
