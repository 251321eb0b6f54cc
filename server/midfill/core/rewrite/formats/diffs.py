"""The latest edits as text: unified diffs, and blocks of the original and the updated lines."""

from midfill.core.rewrite.rewrite_region import RecentChange


def unified(change: RecentChange) -> str:
    r"""Return an edit as a unified diff with one line around it.

    >>> print(unified(RecentChange("a.py", 4, ("x = 1",), ("x = 2",), "if y:", "z()")))
    --- a/a.py
    +++ b/a.py
    @@ -4,3 +4,3 @@
     if y:
    -x = 1
    +x = 2
     z()
    """
    above = [f" {change.above}"] if change.row else []
    first = change.row + 1 - len(above)
    sizes = (len(lines) + len(above) + 1 for lines in (change.before, change.after))
    old, new = (f"{first},{size}" for size in sizes)
    lines = [
        f"--- a/{change.path}",
        f"+++ b/{change.path}",
        f"@@ -{old} +{new} @@",
        *above,
        *(f"-{line}" for line in change.before),
        *(f"+{line}" for line in change.after),
        f" {change.below}",
    ]
    return "\n".join(lines)


def blocks(change: RecentChange) -> str:
    r"""Return an edit as blocks; an added or removed line has the line above it in both.

    >>> print(blocks(RecentChange("a.py", 4, ("x = 1",), ("x = 2",), "if y:", "z()")))
    original:
    x = 1
    updated:
    x = 2
    """
    around = [] if change.before and change.after else [change.above]
    before, after = [*around, *change.before], [*around, *change.after]
    return "\n".join(["original:", *before, "updated:", *after])
