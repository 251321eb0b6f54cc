"""Control tokens in an answer: those of each family, complete and incomplete, and those of the document."""

import pytest

from midfill.core.shape import ends_itself
from midfill.core.shape.control_tokens import without_control_tokens
from midfill.core.shape.cursor_syntax import syntax_at
from tests.core.shape.places import cursor

WHOLE = """
<|endoftext|> <|fim_middle|> <|file_separator|> <|im_end|> <|EOT|> <｜end▁of▁sentence｜> <｜fim▁hole｜>
<[fim-suffix]> <[fim-middle]> <[end▁of▁sentence]> <[begin▁of▁sentence]>
<fim_prefix> <fim-suffix> <fim_middle> <fim_pad> </fim_suffix>
<file_sep> <repo_name> <reponame> <filename> <gh_stars> <endofmask> <jupyter_text>
<issue_start> <issue_comment> <issue_closed> <commit_before> <commit_msg> <commit_after>
<PRE> <SUF> <MID> <EOT>
</s> <s> <eos> <bos> <end_of_turn> <start_of_turn> <eom> <sep> <mask_1>
[PREFIX] [SUFFIX] [MIDDLE] [INST] [/INST]
<think> </think>
"""

BROKEN_OFF = """
<｜ <｜end▁of▁sen <｜end▁of▁sentence｜
<|endof <|fim_middle <|endoftext| <|/x
<[fim <[fim-mid <[fim-middle]
<fim <fim_mid </fim-suf
<file_ <file_s <file_sep <repo_ <repo_na <repo_name
[PRE [PREFIX [SUF [MID [MIDDLE [/INS [INST
"""

ORDINARY = """
<T> <div> </p> <b> <!-- List<Prefix> <file> <PREFIX> <issue> <|> <mask_> <fim_end> <thinking> [pre] [PREF] [INSTALL]
"""

OPEN = "x<y a[i a[PRO <fi <re <[a [I | <tag <filename"


@pytest.mark.parametrize("token", WHOLE.split())
def test_answer_ends_before_a_control_token(token: str) -> None:
    """Text after it is dropped; a leading one is removed."""
    here = syntax_at(cursor("total = ▮\n"))
    assert without_control_tokens(f"one{token}\ntwo", here) == "one"
    assert without_control_tokens(f"{token}one", here) == "one"
    assert without_control_tokens(f"{token}{token}one{token}two", here) == "one"
    assert without_control_tokens(token, here) == ""


@pytest.mark.parametrize("token", [token for token in WHOLE.split() if token[:2] not in {"<s", "</"}])
def test_control_token_of_the_document_is_text(token: str) -> None:
    """It may be anywhere in the document; another token still ends the answer."""
    for marked in (f"STOP = '{token}'\ntotal = ▮\n", f"total = ▮\nSTOP = '{token}'\n"):
        assert without_control_tokens(f"one{token}two", syntax_at(cursor(marked))) == f"one{token}two"
        assert without_control_tokens(f"one{token}two<|odd|>", syntax_at(cursor(marked))) == f"one{token}two"


def test_distant_text_is_not_searched() -> None:
    """Text thousands of characters away is not searched."""
    far = "x = 1\n" * 1_500
    for marked in (f"# <MID>\n{far}y = ▮\n", f"y = ▮\n{far}# <MID>\n"):
        assert without_control_tokens("1<MID>", syntax_at(cursor(marked))) == "1"


@pytest.mark.parametrize("part", BROKEN_OFF.split())
def test_incomplete_token_is_cut(part: str) -> None:
    """It is cut only at the very end, where the stream stopped."""
    here = syntax_at(cursor("total = ▮\n"))
    assert without_control_tokens(f"one {part}", here) == "one "
    assert without_control_tokens(f"one {part}\n", here) == f"one {part}\n"


@pytest.mark.parametrize("text", [*ORDINARY.split(), *OPEN.split()])
def test_text_that_resembles_a_token_stays(text: str) -> None:
    """Tags, generics, lists and comparisons."""
    here = syntax_at(cursor("total = ▮\n"))
    assert without_control_tokens(f"one {text} two", here) == f"one {text} two"
    assert without_control_tokens(f"one {text}", here) == f"one {text}"


def test_blank_before_a_code_llama_token_is_removed() -> None:
    """The model writes it as a part of the token."""
    assert without_control_tokens("one <EOT>", syntax_at(cursor("total = ▮\n"))) == "one"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<s>old</s> new", "<s>old</s> new"),
        ("old</s> new", "old"),
        ("<s class='x'>old</s>", "<s class='x'>old</s>"),
        ("<s>old", "old"),
    ],
)
def test_strikethrough_tags_are_no_tokens(text: str, kept: str) -> None:
    """`<s>` and `</s>` belong together in HTML; one alone is a token."""
    assert without_control_tokens(text, syntax_at(cursor("<p>▮</p>\n", "html"))) == kept


@pytest.mark.parametrize(
    ("marked", "raw", "ends"),
    [
        ("x = ▮", "1<|endoftext|>", True),
        ("x = ▮", "1<|endoftext|>def f", True),
        ("x = ▮", "<|fim_middle|>1", False),
        ("x = ▮", "<|fim_middle|>1<|fim_suffix|>", True),
        ("x = ▮", "1", False),
        ("eos = '<|endoftext|>'\nx = ▮", "'<|endoftext|>'", False),
    ],
)
def test_control_token_after_text_ends_an_answer(marked: str, raw: str, ends: bool) -> None:
    assert ends_itself(raw, cursor(marked)) is ends
