"""The fixture of these tests: a DeepSeek on the loopback."""

from tests.loopback.client import loopback, loopback_process

__all__ = ["loopback", "loopback_process"]
