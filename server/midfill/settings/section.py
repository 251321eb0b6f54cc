"""A table of settings, and what is known of each of them."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

Workspace = Literal["never", "any", "lower", "raise", "narrow", "add", "fewer"]
"""What `.midfill.toml` may do with a setting.

A cloned repository is not trusted: it never chooses who is asked, with which key and through which network,
and it can make midfill send and spend less, but not more. `never`: nothing; `any`: set it; `lower`, `raise`:
only below or above the user's; `narrow`: only to a value earlier in `NARROW_FIRST`; `add`: to the list;
`fewer`: leave out some of the list.
"""


def _anything(text: Any) -> bool:
    return True


def about(
    description: str,
    workspace: Workspace = "never",
    expected: str = "",
    fits: Callable[[Any], bool] = _anything,
    *,
    own: bool = False,
    **limits: Any,
) -> msgspec.Meta:
    """Return what is known of a setting.

    `fits` checks what no limit can say. `expected` says in words what it or a `pattern` among the limits means. `own`:
    only the user who starts the server may set it, no client that comes by a socket: commands, keys, addresses and
    certificates.
    """
    known = {"workspace": workspace, "expected": expected, "fits": fits, "own": own}
    return msgspec.Meta(description=description, extra=known, **limits)


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A table of settings; its subclasses' docstrings are what users read about it."""
