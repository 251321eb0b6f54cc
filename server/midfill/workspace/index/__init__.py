"""The index of a workspace: which lines share words with a text, and where a name is defined.

In reading order: `visible` and `listing` (which files), `entry` (what is kept of one), `database`, `place`, `lock` and
`update` (how it is kept), `stored`, `remember` and `recall` (what the embedded engine finds in it), `search`, `opened`
and `reader` (how it is asked), `head`, `background` and `index` (how it stays up to date).
"""

from midfill.workspace.index.index import Index, Status, status

__all__ = ["Index", "Status", "status"]
