"""A table of settings, and the metadata of each."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

Workspace = Literal["never", "any", "lower", "raise", "narrow", "add", "fewer"]
"""How `.midfill.toml` may change a setting.

A cloned repository is not trusted: it never chooses a backend, key or network, and it can only reduce what midfill
sends and spends. `never`: no change; `any`: set it; `lower`, `raise`: only below or above the user's value; `narrow`:
only to a value earlier in `MOST_RESTRICTIVE_FIRST`; `add`: add to the list; `fewer`: remove from the list.
"""


def _anything(text: Any) -> bool:
    return True


def about(
    description: str,
    workspace: Workspace = "never",
    expected: str = "",
    fits: Callable[[Any], bool] = _anything,
    *,
    local_only: bool = False,
    **limits: Any,
) -> msgspec.Meta:
    """Return the metadata of a setting.

    `fits` checks what no limit can express. `expected` describes it, or a `pattern` among the limits. `local_only`:
    only the user who starts the server may set it, not a client on a socket: commands, keys, addresses and
    certificates.
    """
    known = {"workspace": workspace, "expected": expected, "fits": fits, "local_only": local_only}
    return msgspec.Meta(description=description, extra=known, **limits)


class Section(msgspec.Struct, frozen=True):
    """A table of settings; the docstrings of its subclasses are user documentation."""
