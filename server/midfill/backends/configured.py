"""Who is asked, who is asked while they are away, and who stands in for all of them."""

from collections.abc import Mapping

from midfill.backends import open_remote
from midfill.backends.local import Local, Neighbours
from midfill.core.model import Backends
from midfill.keys import find_key
from midfill.settings import Settings, members


def open_backends(settings: Settings, environ: Mapping[str, str], neighbours: Neighbours) -> Backends:
    """Return the backends that the settings ask for, in their order, and the embedded engine as the last.

    Finding a key may run the user's command, and take seconds. Raises ModelError if there is something wrong
    with a key that was found.
    """
    keys = {member.name: find_key(member.name, settings, environ) for member in members(settings)}
    remotes = [
        (open_remote(member, settings, keys[member.name]), member.languages)
        for member in members(settings)
        if settings.backend != "auto" or keys[member.name] is not None
    ]
    if not remotes:
        return Backends(Local(neighbours))
    backends, languages = zip(*remotes, strict=True)
    return Backends(backends[0], Local(neighbours), backends[1:], languages)
