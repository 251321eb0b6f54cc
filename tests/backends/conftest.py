"""The fixtures of these tests."""

from tests.loopback.client import loopback, loopback_process

__all__ = ["loopback", "loopback_process"]
