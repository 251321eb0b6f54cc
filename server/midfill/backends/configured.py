"""Opens the backends of the settings: the primary, the others in order, and the fallback."""

from collections.abc import Mapping

from midfill.backends import open_remote
from midfill.backends.local import Local, Neighbours
from midfill.core.model import Backends
from midfill.keys import find_key
from midfill.settings import Settings, members


def open_backends(settings: Settings, environ: Mapping[str, str], neighbours: Neighbours) -> Backends:
    """Return the backends of the settings, in their order, with the embedded engine as the fallback.

    Finding a key may run the user's command and take seconds. Raises ModelError if a key that was found is invalid.
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
