"""Who is asked, and who stands in."""

from collections.abc import Mapping

from midfill.backends import open_backend
from midfill.backends.local import Local, Neighbours
from midfill.core.model import Backends
from midfill.keys import find_key
from midfill.settings import Settings


def open_backends(settings: Settings, environ: Mapping[str, str], neighbours: Neighbours) -> Backends:
    """Return the backend that the settings ask for, and the embedded engine as its fallback.

    Finding the key may run the user's command, and take seconds. Raises ModelError if there is something wrong
    with the key that was found.
    """
    key = None if settings.backend == "local" else find_key("deepseek", settings, environ)
    backend = open_backend(settings, key, neighbours)
    return Backends(backend, None if isinstance(backend, Local) else Local(neighbours))
