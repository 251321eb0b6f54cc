"""What a line means for blocks and statements in a language."""

import re

from midfill.core.shape.lines import indent_width, indentation
from midfill.core.syntax.language import Language, pattern
from midfill.core.syntax.scan import lexemes


class LineSyntax:
    """Tells from a line alone whether it starts, continues or ends a block or a statement of a language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    @property
    def blocks_end_with_word(self) -> bool:
        """Whether blocks of this language end with a word or a tag."""
        return bool(pattern("[a-z<]").search(self.language.closer))

    def list_item_levels(self, line: str) -> list[int]:
        """Return the level of the keys after the dash of a YAML list item; empty for any other line."""
        item = re.match(r"[ \t]*-[ ]+(?=[^\s#])", line) if self.language.grammar == "yaml" else None
        return [indent_width(line) + item.end() - len(indentation(line))] if item else []

    def opens_block(self, line: str) -> bool:
        """Whether a block starts at the end of `line`; a recipe's line starts none."""
        if self.language.recipes and line.startswith("\t"):
            return False
        return bool(pattern(self.language.opener).search(self.without_comments(line)))

    def is_bare_header(self, line: str) -> bool:
        """Whether `line` is a header without the start of its block, which is on the next line."""
        return bool(pattern(self.language.bare_header).search(self.without_comments(line)))

    def closes_block(self, line: str) -> bool:
        """Whether `line` starts with the end of a block."""
        return bool(pattern(self.language.closer).match(line.lstrip()))

    def is_branch(self, line: str) -> bool:
        """Whether `line` is another branch of the block above it, or the body of the header above it."""
        return bool(pattern(self.language.branch).match(line.lstrip()))

    def is_label(self, line: str) -> bool:
        """Whether `line` is in a block although it is not indented more (a `case`, a preprocessor line)."""
        return bool(pattern(self.language.label).match(line.lstrip()))

    def precedes_statement(self, line: str) -> bool:
        """Whether `line` belongs to the statement below it: a decorator or a comment on its own line."""
        text = line.strip()
        return bool(text) and (
            not self.without_comments(line) or bool(pattern(self.language.decorator).match(text))
        )

    def is_continuation(self, line: str) -> bool:
        """Whether `line` continues the statement above it although it is not indented more."""
        return bool(pattern(self.language.continuation).match(line.lstrip()))

    def is_block_only(self, line: str) -> bool:
        """Whether `line` is only allowed in a block (`return`)."""
        return bool(pattern(self.language.block_only).match(line.lstrip()))

    def opens_unindented_block(self, line: str) -> bool:
        """Whether the block that `line` starts is not indented (a namespace)."""
        return bool(pattern(self.language.unindented_opener).match(line.lstrip()))

    def is_incomplete(self, line: str) -> bool:
        """Whether the statement on `line` continues on the next line, by the end of `line`."""
        return bool(pattern(self.language.incomplete).search(self.without_comments(line)))

    def without_comments(self, line: str) -> str:
        """Return `line` without comments and surrounding blanks."""
        kept = line
        for lexeme in reversed([item for item in lexemes(line, self.language) if item.kind == "comment"]):
            kept = kept[: lexeme.start] + kept[lexeme.end :]
        return kept.strip()

    def starts_statement(self, line: str) -> bool:
        """Whether `line` has code, and does not continue the line above it."""
        return bool(line.strip()) and not self.is_continuation(line) and bool(self.without_comments(line))

    def net_closers(self, line: str) -> int:
        """Return how many more brackets `line` closes than it opens."""
        kinds = [lexeme.kind for lexeme in lexemes(line, self.language)]
        return kinds.count("close") - kinds.count("open")
