"""The user's command that prints a key: its run, its output, and its end with midfill."""

import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from os.path import expanduser
from typing import IO

TIMEOUT_S = 10
"""Maximum seconds of `api_key_command`: enough to unlock a password store."""

OUTPUT_WAIT_S = 0.5
"""Seconds to wait for a command's output after it has ended."""

MAX_BYTES = 65_536
"""Maximum bytes that are read of a command's output or a file; a key has less than 200."""


class KeyCommands:
    """The commands that run now. Thread-safe."""

    def __init__(self) -> None:
        self.for_editor = False
        """Whether an editor started midfill: a command then never asks on the terminal, which is the editor's."""
        self._running: dict[subprocess.Popen[bytes], bool] = {}
        """Whether each leads a process group of its own."""
        self._lock = threading.Lock()
        self._closed = False

    def output(self, command: str, environ: Mapping[str, str]) -> tuple[int, bytes]:
        """Return the exit status of a command and its output. Raises OSError, ValueError, TimeoutExpired.

        A background process of the command, such as an agent, may keep its standard output open: the end of that is
        not awaited.
        """
        process = self._started(_arguments(command), environ)
        assert process.stdout is not None
        said = bytearray()
        reader = threading.Thread(target=_read, args=(process.stdout, said), daemon=True)
        reader.start()
        try:
            with _watched(process.pid, group=self._running[process]):
                status = process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._end(process)
            process.wait()
            raise
        finally:
            with self._lock:
                self._running.pop(process, None)
        reader.join(OUTPUT_WAIT_S)
        return status, bytes(said)

    def end(self) -> None:
        """End the running commands, each with its process group."""
        with self._lock:
            running = list(self._running)
        for process in running:
            self._end(process)

    def close(self) -> None:
        """End the running commands, and start no more."""
        with self._lock:
            self._closed = True
        self.end()

    def _started(self, command: str | list[str], environ: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        apart = sys.platform != "win32" and (self.for_editor or not _has_terminal())
        with self._lock:
            if self._closed:
                raise OSError("midfill ends")
            # Standard input is the editor's connection to the server; standard error may hold text that must not be
            # logged.
            process = subprocess.Popen(  # noqa: S603 (the command is the user's own setting; a workspace cannot set it)
                command,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                process_group=0 if apart else None,
            )
            self._running[process] = apart
        return process

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        """End a command, and its children as far as they are known."""
        if process.poll() is not None:  # Its id may be another process's by now.
            return
        if sys.platform == "win32":
            tree = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            subprocess.run(tree, capture_output=True, check=False)  # noqa: S603
        elif self._running.get(process):
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()


commands = KeyCommands()
"""The commands of this process."""


_WATCH = 'read -r _ || kill -s KILL -- "$1"'
"""A shell script that waits for a line, and ends a command if its input closes without one."""


@contextmanager
def _watched(pid: int, *, group: bool) -> Iterator[None]:
    """End a command, or its process group, if midfill is killed within the block and cannot do so itself.

    The kernel then closes the input of a shell, which ends the command. Linux's `PR_SET_PDEATHSIG` would not reach the
    command's children. The shell starts some milliseconds after the command: if midfill is killed before that, the
    command stays.
    """
    shell = _started_shell(_WATCH, f"-{pid}" if group else str(pid))
    try:
        yield
    finally:
        if shell is not None:
            shell.communicate(b"\n")


def _started_shell(script: str, argument: str) -> "subprocess.Popen[bytes] | None":
    """Start a shell with a pipe as its input; None if there is no shell."""
    if sys.platform == "win32":
        return None
    with suppress(OSError):
        return subprocess.Popen(  # noqa: S603 (our own script)
            ["/bin/sh", "-c", script, "sh", argument],
            env={},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
    return None


def _has_terminal() -> bool:
    """Whether midfill runs in the foreground of a terminal, where a command may ask for a passphrase.

    A process group of its own would be in the background, and stopped when it reads.
    """
    if sys.platform == "win32":
        return False
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _read(pipe: IO[bytes], said: bytearray) -> None:
    """Read a command's output, and close the pipe if it is too long, which ends the command."""
    with pipe:
        while len(said) <= MAX_BYTES and (part := os.read(pipe.fileno(), 1 << 16)):
            said += part


def _arguments(command: str) -> str | list[str]:
    """Return the command to run: Windows splits a command line itself; elsewhere no shell expands `~`."""
    return command if sys.platform == "win32" else [expanduser(part) for part in shlex.split(command)]
