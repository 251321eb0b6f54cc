"""Control and invisible characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.characters import cleaned, escaped, is_bidirectional, replaced

RLO, LRI, PDI, PDF, RLM = "\u202e", "\u2066", "\u2069", "\u202c", "\u200f"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
TAGS = "".join(chr(0xE0000 + ord(char)) for char in "rm -rf")
FAMILY = "\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain \\ ü 中文 😀", "plain \\ ü 中文 😀"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\x08\x08b\x00\x7f\x9b\x85", "a\\x08\\x08b\\x00\\x7f\\x9b\\x85"),
        (f"a{RLO}b\u2028c\ufeff", "a\\u202eb\\u2028c\\ufeff"),
        ("a\U000e0041", "a\\U000e0041"),
        ("a\udc80b", "a\\udc80b"),
        ("a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd"),
        (FAMILY + "❤\ufe0f", FAMILY + "❤\ufe0f"),
    ],
)
def test_visible_escapes_control_characters(text: str, shown: str) -> None:
    """Each such character is written as its number; all others are unchanged."""
    assert escaped(text) == shown


def test_visible_can_keep_line_ends() -> None:
    """Texts of several lines keep their lines."""
    assert escaped("a\n\tb\r\x1b", keep="\n\t") == "a\n\tb\\x0d\\x1b"


@given(st.text(), st.sampled_from(["", "\n", "\n\t"]))
def test_visible_text_has_no_control_characters(text: str, keep: str) -> None:
    """Allowed ones stay, and a second `escaped` changes nothing."""
    shown = escaped(text, keep=keep)
    assert not [char for char in shown if ord(char) < 32 and char not in keep]
    assert escaped(shown, keep=keep) == shown
    assert replaced(shown, lambda char: "!", keep=keep) == shown


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a = 1", "a = 1"),
        ("a\tb\nc", "a\tb\nc"),
        ("\0\0a = 1", "a = 1"),
        ("\n  \0a = 1", "\n  a = 1"),
        ("\ufeffa = 1", "a = 1"),
        ("a\x1b[31m = 1", "a"),
        ("\x1b[31ma", ""),
        ("ab\b\bcd", "ab"),
        ("a = 1\u2028b = 2", "a = 1"),
        ("a = 1\x0cb", "a = 1"),
        ("a\x9b31m", "a"),
        ("a\x7f", "a"),
        (f"a{TAGS}b", "ab"),
        ("a\u200bb\u2060c\u00add", "abcd"),
        ("a\U000e0100\U000e0101b", "ab"),
        ("❤\ufe0f\ufe01\ufe02", "❤\ufe0f"),
        ("a\u200d\u200cb", "ab"),
        (f"'{RLO}x{PDF}'", "'x'"),
        (f"'{RLM}x'", "'x'"),
        (f"'{ENGLAND}{FAMILY}'", f"'{ENGLAND}{FAMILY}'"),
        ("می‌خواهم", "می‌خواهم"),
        ("a\ud800b", "ab"),
    ],
)
def test_cleaned_text_ends_at_a_control_character(text: str, clean: str) -> None:
    """Invisible characters are removed; the text is cut at a control character, because its meaning is unknown."""
    assert cleaned(text) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"{LRI}x{PDI} y", f"{LRI}x{PDI} y"),
        (f"{LRI}{RLO}x{PDF}{PDI}", f"{LRI}{RLO}x{PDF}{PDI}"),
        (f"{RLM}x", f"{RLM}x"),
        (f"x{PDI}y{PDF}", "xy"),
        (f"{LRI}x{PDI}y{PDI}", f"{LRI}x{PDI}y"),
        (f"a {LRI}b", "a "),
        (f"a {LRI}b{PDI} {RLO}c", f"a {LRI}b{PDI} "),
        (f"a {LRI}b\nc{PDI}", "a b\nc"),
        (f"a {LRI}{RLO}b{PDI}c\n", f"a {LRI}b{PDI}c\n"),
        (f"a {LRI}b{PDI}\x1b c", f"a {LRI}b{PDI}"),
    ],
)
def test_right_to_left_document_keeps_balanced_marks(text: str, clean: str) -> None:
    """Bidirectional marks are closed on their line; an unfinished last line ends before an open one."""
    assert cleaned(text, bidirectional=True) == clean


@pytest.mark.parametrize("text", ["שלום", "مرحبا", f"a{RLO}", f"a{RLM}b"])
def test_right_to_left_documents_are_detected(text: str) -> None:
    """Right-to-left letters or marks make a document a right-to-left one."""
    assert is_bidirectional("x = '" + text)
    assert not is_bidirectional("x = 'é 中文 😀'")


@given(st.text("ab\n \0\x1b\u202e\u2066\u2069\u202c\u200f\U000e0041\ufeff\u200d"), st.booleans())
def test_complete_lines_do_not_change_while_streaming(text: str, bidirectional: bool) -> None:
    """More text of a stream does not change its complete lines."""
    for end in range(len(text)):
        before, after = (cleaned(part, bidirectional=bidirectional) for part in (text[:end], text))
        assert after.startswith(before)
        assert cleaned(before, bidirectional=bidirectional) == before
