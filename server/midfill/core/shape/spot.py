"""A cursor as shaping looks at it."""

from functools import cached_property, lru_cache
from itertools import islice

from midfill.core.cursor import Cursor
from midfill.core.shape.lines import width
from midfill.core.syntax.languages import Language, language, pattern
from midfill.core.syntax.scan import Lexeme, lexemes

WINDOW = 200
"""Lines above and below that are looked at: what lies farther away does not decide where a completion ends."""

NEAR = 12
"""Lines with text below the cursor that a completion is compared with."""


class Spot:
    """What stands around a cursor, worked out when it is asked for and then kept."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.head = cursor.head
        self.rest = cursor.rest
        self.language: Language = language(cursor.language)

    @property
    def fresh(self) -> bool:
        """Whether nothing but indentation stands left of the cursor on its line."""
        return not self.head.strip()

    @property
    def inline(self) -> bool:
        """Whether text stands right of the cursor on its line."""
        return bool(self.rest.strip())

    @cached_property
    def above(self) -> list[str]:
        """The lines above the cursor's in the window, without their ends."""
        return [line.rstrip("\r\n") for line in self.cursor.above[-WINDOW:]]

    @cached_property
    def below(self) -> list[str]:
        """The lines below the cursor's in the window, without their ends."""
        return [line.rstrip("\r\n") for line in self.cursor.below[:WINDOW]]

    @cached_property
    def near(self) -> list[str]:
        """The next lines below that are not blank."""
        return list(islice((line for line in self.below if line.strip()), NEAR))

    @cached_property
    def before(self) -> str:
        """The last line above that is not blank; empty if there is none."""
        return next((line for line in reversed(self.above) if line.strip()), "")

    @cached_property
    def unclosed(self) -> Lexeme | None:
        """The string or comment that the cursor stands in, if any; its place is counted in `origin`."""
        last = None
        for last in lexemes(self.origin, self.language):
            pass
        inside = last is not None and last.kind in {"string", "comment"} and not last.closed
        return last if last is not None and inside and last.end == len(self.origin) else None

    @cached_property
    def origin(self) -> str:
        """The text from the window's beginning to the cursor."""
        return "\n".join([*self.above, self.head])

    def opens(self, line: str) -> bool:
        """Whether a block begins at the end of `line`."""
        return bool(pattern(self.language.opener).search(self.code(line)))

    def closes(self, line: str) -> bool:
        """Whether `line` begins with what ends a block."""
        return bool(pattern(self.language.closer).match(line.lstrip()))

    def branches(self, line: str) -> bool:
        """Whether `line` goes on with another arm of the block above it."""
        return bool(pattern(self.language.branch).match(line.lstrip()))

    def leads(self, line: str) -> bool:
        """Whether `line` belongs to the statement below it: a decorator or a comment of its own."""
        text = line.strip()
        return bool(text) and (not self.code(line) or bool(pattern(self.language.lead).match(text)))

    def code(self, line: str) -> str:
        """Return `line` without its comments and the blanks around it."""
        kept = line
        for lexeme in reversed([item for item in lexemes(line, self.language) if item.kind == "comment"]):
            kept = kept[: lexeme.start] + kept[lexeme.end :]
        return kept.strip()

    @cached_property
    def base(self) -> int:
        """The columns that the cursor's line is indented by."""
        return width(self.head)


@lru_cache(maxsize=4)
def spot(cursor: Cursor) -> Spot:
    """Return the spot of `cursor`: the same one as long as a stream is shaped again and again."""
    return Spot(cursor)
