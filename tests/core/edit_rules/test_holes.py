"""The word from which an inserted word is derived."""

import pytest

from midfill.core.edit_rules.holes import derivation


@pytest.mark.parametrize(
    ("made", "source", "expected"),
    [
        (("a_get_get", "a_put_get"), ("get", "put"), ("a_", "_get")),
        (("getter", "putter"), ("get", "put"), ("", "ter")),
        (("other", "another"), ("get", "put"), None),
        (("get", "set"), ("get", "put"), None),
    ],
)
def test_inserted_word_contains_its_source(
    made: tuple[str, str], source: tuple[str, str], expected: tuple[str, str] | None
) -> None:
    """The first occurrence counts, and both changes have the same text around it."""
    found = derivation(made, source)
    assert (None if found is None else (found[0], found[2])) == expected
