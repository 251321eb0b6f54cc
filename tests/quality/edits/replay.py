"""A replayed session: edits are made one by one, and a right suggested edit is accepted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from midfill.core.edit_rules import DocumentSnapshot, Hunk, SuggestedEdit, offerable_rules, suggested_edits
from midfill.core.edit_rules.specificity import is_specific_elsewhere
from tests.quality.context.history import History, language
from tests.quality.edits.sessions import Session

REMEMBERED = 32
"""Refused edits that the server remembers."""


class Outcome(NamedTuple):
    """A suggested edit, and the number of the equal edit of the session; None if there is none."""

    suggested_edit: SuggestedEdit
    right: int | None


@dataclass
class Workspace:
    """The files of a session while it is replayed."""

    session: Session
    history: History
    texts: dict[str, list[str]] = field(default_factory=dict)
    done: dict[int, None] = field(default_factory=dict)
    hunks: list[Hunk] = field(default_factory=list)
    tree: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tree = self.history.tree(self.session.commit.parent)
        for path in {step.path for step in self.session.steps}:
            self.texts[path] = self.history.text(self.tree[path]).split("\n")

    def row(self, number: int) -> int:
        """Return the current row of an edit."""
        steps = self.session.steps
        mine = steps[number]
        earlier = (steps[other] for other in self.done if other < number and steps[other].path == mine.path)
        return mine.row + sum(len(step.after) - len(step.before) for step in earlier)

    def make(self, number: int) -> None:
        """Make an edit."""
        step, row = self.session.steps[number], self.row(number)
        lines = self.texts[step.path]
        assert tuple(lines[row : row + len(step.before)]) == step.before
        lines[row : row + len(step.before)] = step.after
        shift = len(step.after) - len(step.before)
        self.hunks = [
            hunk._replace(row=hunk.row + shift) if hunk.uri == step.path and hunk.row > row else hunk
            for hunk in self.hunks
        ]
        above = lines[row - 1] if row else ""
        end = row + len(step.after)
        below = lines[end] if end < len(lines) else ""
        self.hunks.append(Hunk(step.path, row, step.before, step.after, above, below))
        self.done[number] = None

    def snapshot(self, path: str) -> DocumentSnapshot:
        """Return a file as a page."""
        if path not in self.texts:
            self.texts[path] = self.history.text(self.tree[path]).split("\n")
        return DocumentSnapshot(path, language(path), "\n".join(self.texts[path]))

    def snapshots(self) -> list[DocumentSnapshot]:
        """Return the file of the last edit, then those of earlier ones, then what an index would find."""
        here = self.hunks[-1].uri
        snapshot = self.snapshot(here)
        words = [
            levels[0].search_token
            for levels in offerable_rules(self.hunks, snapshot)
            if is_specific_elsewhere(levels[0], snapshot)
        ]
        opened = dict.fromkeys(hunk.uri for hunk in reversed(self.hunks)) if words else {here: None}
        ending = here.rpartition(".")[2]
        found = (path for path in (self.tree if words else ()) if path.rpartition(".")[2] == ending)
        opened |= {
            path: None for path in found if any(word in self.history.text(self.tree[path]) for word in words)
        }
        return [self.snapshot(path) for path in opened]

    def which(self, suggested_edit: SuggestedEdit) -> int | None:
        """Return the remaining edit that equals a suggested edit; None if there is none."""
        wanted = self._made(
            suggested_edit.uri, suggested_edit.row, suggested_edit.before, suggested_edit.after
        )
        for number, step in enumerate(self.session.steps):
            row = self.row(number)
            near = (
                step.path == suggested_edit.uri
                and abs(row - suggested_edit.row) <= 3
                and number not in self.done
            )
            if near and self._made(step.path, row, step.before, step.after) == wanted:
                return number
        return None

    def _made(self, path: str, row: int, before: Sequence[str], after: Sequence[str]) -> list[str]:
        lines = self.texts[path]
        return [*lines[:row], *after, *lines[row + len(before) :]]


def replayed(session: Session, history: History, start: float = 0.0) -> Iterator[Outcome | None]:
    """Yield the first suggested edit after each edit; None if there is none.

    The edits are made in the order of the files and rows, from the share `start` of them on, the others after those.
    A right one is accepted, a wrong one is refused.
    """
    workspace = Workspace(session, history)
    refused: list[SuggestedEdit] = []
    first = int(start * len(session.steps))
    left = dict.fromkeys([*range(first, len(session.steps)), *range(first)])
    following = next(iter(left), None)
    while following is not None:
        workspace.make(following)
        del left[following]
        found = next(suggested_edits(workspace.hunks, workspace.snapshots(), refused[-REMEMBERED:]), None)
        right = None if found is None else workspace.which(found)
        if found is not None and right is None:
            refused.append(found)
        yield None if found is None else Outcome(found, right)
        following = right if right is not None else next(iter(left), None)
