"""The places in a document where a rule fits, as edits of whole lines."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from midfill.core.edit_rules.edit_tokens import common_prefix_length
from midfill.core.edit_rules.hunk import DocumentSnapshot, Hunk, SuggestedEdit
from midfill.core.edit_rules.rule import Place, Rule
from midfill.core.edit_rules.text_lines import line_end, line_start
from midfill.core.syntax.language import Language
from midfill.core.syntax.languages import language
from midfill.core.syntax.scan import lexemes


def edits_by_rule(
    rule: Rule, snapshot: DocumentSnapshot, hunks: Sequence[Hunk], text_kind: str
) -> Iterator[SuggestedEdit]:
    """Yield an edit for each line of a document where a rule fits, downwards from the last hunk.

    Lines that the user has edited are skipped, and places in another kind of text than `text_kind` (see
    `text_kind_at`).
    """
    text = f"\n{snapshot.text}\n"
    here = [hunk for hunk in hunks if hunk.uri == snapshot.uri]
    first = offset(text, hunks[-1].row) if snapshot.uri == hunks[-1].uri else 0
    for places in _places_by_line(rule, text, first):
        if text_kind_at(text, places[0].start, snapshot.language) == text_kind:
            found = _suggested_edit(rule, snapshot.uri, text, places)
            if _is_balanced(found, hunks[-1]) and not any(
                hunk.covers(found.row, found.row + max(1, len(found.before))) for hunk in here
            ):
                yield found


def produces(rule: Rule, edit: SuggestedEdit) -> bool:
    """Whether a rule turns the lines `before` of a suggested edit into its lines `after`."""
    text = "\n" + "\n".join(edit.before) + "\n"
    return any(
        (found.before, found.after) == (edit.before, edit.after)
        for found in (_suggested_edit(rule, edit.uri, text, places) for places in _places_by_line(rule, text))
    )


def contradicts(rule: Rule, hunk: Hunk) -> bool:
    """Whether a rule changes the original lines of a hunk in another way than the user did."""
    text = "\n" + "\n".join(hunk.before) + "\n"
    fits = next(rule.places(text), None) is not None
    return fits and not produces(rule, SuggestedEdit(hunk.uri, hunk.row, hunk.before, hunk.after))


def was_skipped(rule: Rule, hunks: Sequence[Hunk], snapshot: DocumentSnapshot) -> bool:
    """Whether a rule fits at a place between the user's edits that the user left unchanged."""
    mine = [hunk for hunk in hunks if hunk.uri == snapshot.uri]
    rows = [hunk.row for hunk in hunks[-rule.support :] if hunk.uri == snapshot.uri]
    if len(rows) < 2:
        return False
    text = f"\n{snapshot.text}\n"
    between = rule.places(text, offset(text, min(rows)), offset(text, max(rows)))
    found = (text.count("\n", 0, place.start) - 1 for place in between)
    return any(not any(hunk.covers(row, row + 1) for hunk in mine) for row in found)


def offset(text: str, row: int) -> int:
    """Return the offset of the line end before a row; `text` starts with a line end."""
    at = 0
    for _ in range(row):
        at = text.find("\n", at + 1)
    return at


def text_kind_at(text: str, at: int, name: str) -> str:
    """Return the kind of text around a place, judged by its line: `code`, `string` or `comment`.

    The text ends with a line end.
    """
    start = line_start(text, at)
    line = text[start : line_end(text, at)]
    for lexeme in lexemes(line, language(name)):
        # Text at the end of a line comment would still be in the comment.
        until = lexeme.end + (lexeme.kind == "comment" and lexeme.end == len(line))
        if lexeme.kind in {"string", "comment"} and lexeme.start < at - start < until:
            return lexeme.kind
    return _unclosed(text[:start], language(name)) or "code"


def _unclosed(text: str, syntax: Language) -> str:
    """Return `string` or `comment` if such a multi-line construct is open at a text's end, otherwise an empty text.

    It is judged by counting delimiters.
    """
    for opening, closing in syntax.multiline_quotes:
        if opening == closing and text.count(opening) % 2:
            return "string"
    for opening, closing in syntax.block_comments:
        if text.rfind(opening.replace("\\", "")) > text.rfind(closing.replace("\\", "")):
            return "comment"
    return ""


def text_kind_of(hunk: Hunk, snapshot: DocumentSnapshot) -> str:
    """Return the kind of text around the first change of a hunk in its document."""
    text = f"\n{snapshot.text}\n"
    same = common_prefix_length("\n".join(hunk.before), "\n".join(hunk.after))
    return text_kind_at(text, offset(text, hunk.row) + 1 + same, snapshot.language)


def _is_balanced(found: SuggestedEdit, hunk: Hunk) -> bool:
    """Whether an edit leaves quotes and brackets balanced, or unbalances them exactly as the user's own edit did."""
    opened = _opened(found.before, found.after)
    return not any(opened) or opened == _opened(hunk.before, hunk.after)


def _opened(before: Sequence[str], after: Sequence[str]) -> list[int]:
    """Return how many more delimiters of each kind are open after an edit than before it."""
    then, now = Counter(chain.from_iterable(before)), Counter(chain.from_iterable(after))
    brackets = (now[one] - now[other] - then[one] + then[other] for one, other in ("()", "[]", "{}"))
    return [*brackets, *(now[quote] % 2 - then[quote] % 2 for quote in "\"'`")]


def _places_by_line(rule: Rule, text: str, first: int = 0) -> Iterator[Sequence[Place]]:
    """Yield the places where a rule fits, grouped by line."""
    line: list[Place] = []
    for place in rule.places(text, first):
        if line and "\n" in text[line[-1].end : place.start]:
            yield _all_on_line(rule, text, line)
            line = []
        line.append(place)
    if line:
        yield _all_on_line(rule, text, line)


def _suggested_edit(rule: Rule, uri: str, text: str, places: Sequence[Place]) -> SuggestedEdit:
    start, end = line_start(text, places[0].start), line_end(text, places[-1].end)
    after, at = "", start
    for place in places:
        after += text[at : place.start] + place.text
        at = place.end
    row = text.count("\n", 0, start) - 1
    before, new = text[start:end].split("\n"), (after + text[at:end]).split("\n")
    while before and new and before[0] == new[0]:
        before, new, row = before[1:], new[1:], row + 1
    while before and new and before[-1] == new[-1]:
        before, new = before[:-1], new[:-1]
    around = _line_at(text, row - 1), _line_at(text, row + len(before))
    return SuggestedEdit(uri, row, tuple(before), tuple(new), rule.support, around)


def _line_at(text: str, row: int) -> str:
    """Return the line at a row; empty if there is none."""
    if row < 0:
        return ""
    start = offset(text, row) + 1
    return text[start : line_end(text, start)]


def _all_on_line(rule: Rule, text: str, places: Sequence[Place]) -> Sequence[Place]:
    """Return the places of a line. If the user's edit repeated the change on its line, less context is required."""
    if not rule.repeats_on_line:
        return places
    # A place may start with the line end.
    start, end = line_start(text, places[0].start + 1) - 1, text.find("\n", places[-1].end)
    near = replace(rule, left=rule.left[-1:], right=rule.right[:1])
    found = list(near.places(text, start, end))
    return max(places, found, key=len) if near.search_token else places
