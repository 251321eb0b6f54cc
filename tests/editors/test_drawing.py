"""The drawing of a terminal's screen."""

import pytest

from tests.editors.drawing import svg


@pytest.mark.parametrize(
    ("screen", "shown"),
    [
        ("a < b", ">a\N{NO-BREAK SPACE}&lt;\N{NO-BREAK SPACE}b</text>"),
        ("\x1b[38;2;1;2;255mx", 'fill="#0102ff">x</text>'),
        ("\x1b[38;5;196mx", 'fill="#ff0000">x</text>'),
        ("\x1b[38;5;244mx", 'fill="#808080">x</text>'),
        ("\x1b[1;3mx", ' font-weight="bold" font-style="italic">x</text>'),
        ("\x1b[4;9mx", ' text-decoration="underline line-through">x</text>'),
        ("\x1b[1;3;4;9m\x1b[22;23;24;29mx", 'fill="#dadada">x</text>'),
        ("\x1b[31;7mx", 'fill="#cd0000"/>'),
        ("\x1b[48;2;1;2;3m \x1b[0m", 'fill="#010203"/>'),
    ],
)
def test_escape_sequence_is_a_style(screen: str, shown: str) -> None:
    assert shown in svg(screen)


def test_runs_start_in_their_columns() -> None:
    """A run starts at the end of the previous one."""
    assert 'x="25.2" y="18" textLength="16.8"' in svg("ab\x1b[1mcd")
