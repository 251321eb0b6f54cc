"""The fixtures of these tests."""

import midfill.backends.http  # noqa: F401 (it takes 0.1 s, more than the deadlines of some tests)
from tests.loopback.client import loopback, loopback_process

__all__ = ["loopback", "loopback_process"]
