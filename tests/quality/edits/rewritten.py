"""Print the results for a model's rewritten regions: `uv run python -m tests.quality.edits.rewritten REPOSITORY...`.

Commits are replayed edit by edit. After each, the model is one that knows the commit: its answer is the region as the
commit left it. The figures show which right edits are rejected, and which spoiled answers are not.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from midfill.core.document import Document, Position
from midfill.core.edit_rules.edit_tokens import changes, is_word, token_texts, tokens
from midfill.core.rewrite import FORMATS, EditableRegion, Rewritten, editable_region_at, nearest_edit
from midfill.core.rewrite.edit_checks import rejection_reason
from midfill.core.rewrite.rewrite_diff import edits_in
from tests.quality.context.history import History, language
from tests.quality.edits.replay import Workspace
from tests.quality.edits.sessions import Session, sessions

ROOT = Path(__file__).parents[3]
MAX_STEPS = 40
"""Edits of a commit that are replayed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the repositories that the command line names, this one if none."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.edits.rewritten", description=__doc__)
    parser.add_argument("repositories", nargs="*", type=Path, default=[ROOT])
    parser.add_argument("--commits", type=int, default=100)
    options = parser.parse_args(argv)
    total: Counter[str] = Counter()
    with ProcessPoolExecutor(2) as pool:
        for counts in pool.map(partial(measured, commits=options.commits), options.repositories):
            total += counts
    for name, count in sorted(total.items()):
        print(f"{name:50} {count:7}")
    return 0


def measured(repository: Path, commits: int) -> Counter[str]:
    """Count the outcomes in a repository's latest commits."""
    history, counts = History(repository), Counter[str]()
    for session in sessions(history, history.commits(commits)):
        workspace = Workspace(session, history)
        for number in range(min(len(session.steps), MAX_STEPS)):
            workspace.make(number)
            if (region := _region(workspace, session, number)) is not None:
                counts += _outcomes(workspace, session, number, region)
    history.close()
    return counts


def _region(workspace: Workspace, session: Session, number: int) -> EditableRegion | None:
    """Return the region around the end of an edit."""
    step = session.steps[number]
    row = workspace.row(number) + max(0, len(step.after) - 1)
    document = Document(step.path, language(step.path), "\n".join(workspace.texts[step.path]), 1)
    row = min(row, document.line_count - 1)
    cursor = document.cursor(Position(row, len(document.line(row))), "utf-32")
    return editable_region_at(cursor, workspace.hunks, str, FORMATS["chat-prefix"].lines_around)


def _outcomes(workspace: Workspace, session: Session, number: int, region: EditableRegion) -> Counter[str]:
    counts: Counter[str] = Counter(regions=1)
    whole = _whole(_target(workspace, session, number, region), region)
    for of in edits_in(region, whole):
        counts[f"right edits: {rejection_reason(of, region, workspace.hunks) or 'kept'}"] += 1
    began = time.process_time()
    offered = nearest_edit(region, whole, region.cursor.row, workspace.hunks, (), final=True)
    counts["microseconds"] += int(1e6 * (time.process_time() - began))
    counts["regions with an offer"] += offered is not None
    for name, lines in _spoiled(workspace, region):
        counts[f"{name}: answers"] += 1
        found = nearest_edit(
            region, _whole(lines, region), region.cursor.row, workspace.hunks, (), final=True
        )
        counts[f"{name}: offered"] += found is not None
    return counts


def _whole(lines: Sequence[str], region: EditableRegion) -> Rewritten:
    return Rewritten(0, len(region.lines), tuple(lines), whole=True)


def _target(workspace: Workspace, session: Session, number: int, region: EditableRegion) -> list[str]:
    """Return the region after the commit."""
    lines = list(region.lines)
    for other in range(len(session.steps) - 1, -1, -1):
        step, row = session.steps[other], workspace.row(other)
        inside = region.row <= row and row + len(step.before) <= region.end
        if other not in workspace.done and step.path == session.steps[number].path and inside:
            lines[row - region.row : row - region.row + len(step.before)] = step.after
    return lines


def _spoiled(workspace: Workspace, region: EditableRegion) -> list[tuple[str, Sequence[str]]]:
    """Return answers that undo the newest edit, change a word that it inserted, or lose a closing bracket."""
    found: list[tuple[str, Sequence[str]]] = []
    if region.reverted != region.lines:
        found.append(("undone", region.reverted))
    last, text = workspace.hunks[-1], "\n".join(region.lines)
    before, after = (token_texts(tokens("\n".join(side))) for side in (last.before, last.after))
    typed = [
        word
        for of in changes(before, after)
        for word in after[of.new_start : of.new_end]
        if is_word(word) and len(word) > 2 and word not in before
    ]
    at = last.row - region.row
    if typed and at >= 0 and at + len(last.after) <= len(region.lines):
        line = next(row for row in range(at, at + len(last.after)) if typed[0] in region.lines[row])
        other = re.sub(rf"\b{typed[0]}\b", "qqq", region.lines[line])
        found.append(("a typed word changed", [*region.lines[:line], other, *region.lines[line + 1 :]]))
    if (bracket := text.find(")")) >= 0:
        found.append(("a bracket lost", (text[:bracket] + text[bracket + 1 :]).split("\n")))
    return found


if __name__ == "__main__":
    sys.exit(main())
