"""Closed, full and endless streams, and a deleted folder: a message and an exit code, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MIDFILL = f"{sys.executable} -m midfill"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")

CASES = {
    "a column of 5,000 digits": (f"{MIDFILL} complete x.py:1:{'9' * 5000}", 2, "is not a position"),
    "a full disk": (f"{MIDFILL} config show > /dev/full", 4, "no space"),
    "a full disk for help": (f"{MIDFILL} --help > /dev/full", 4, "no space"),
    "a full disk for a completion": (f"{MIDFILL} complete code.py:2:1 --json > /dev/full", 4, "no space"),
    "a disk that takes no byte": (f"ulimit -f 0; {MIDFILL} complete code.py:2:1", 0, ""),
    "an index on a disk that takes no byte": (f"ulimit -f 0; {MIDFILL} index rebuild", 2, "may be full"),
    "a full disk for an index": (
        f"PYTHONUNBUFFERED=1 {MIDFILL} index status > /dev/full",
        4,
        "no space is left",
    ),
    "a full disk for an index's JSON": (f"{MIDFILL} index status --json > /dev/full", 4, "no space is left"),
    "a full disk for a cleared index": (
        f"PYTHONUNBUFFERED=1 {MIDFILL} index clear > /dev/full",
        4,
        "no space is left",
    ),
    "a closed pipe for an index": (
        f"set -o pipefail; PYTHONUNBUFFERED=1 {MIDFILL} index rebuild | head -0",
        0,
        "",
    ),
    "a full disk for keys": (f"PYTHONUNBUFFERED=1 {MIDFILL} auth list > /dev/full", 4, "no space is left"),
    "a full disk for figures": (
        f"PYTHONUNBUFFERED=1 {MIDFILL} stats --json > /dev/full",
        4,
        "no space is left",
    ),
    "a closed pipe": (f"set -o pipefail; {MIDFILL} config schema | head -0", 0, ""),
    "a closed pipe for the help": (f"set -o pipefail; {MIDFILL} --help | head -0", 0, ""),
    "no standard output": (f"{MIDFILL} config show >&-", 0, ""),
    "no standard error": (f"{MIDFILL} config show 2>&- > /dev/null", 0, ""),
    "no standard streams": (f"{MIDFILL} config show <&- >&- 2>&-", 0, ""),
    "no standard input": (f"{MIDFILL} complete -:1:1 <&-", 0, ""),
    "endless standard input": (f"{MIDFILL} complete -:1:1 < /dev/zero", 2, "more than"),
    "a folder that has gone": (f"mkdir gone; cd gone; rmdir ../gone; {MIDFILL} complete x:1:1", 2, ""),
    "a server without standard output": (f"{MIDFILL} serve >&-", 2, "standard input or output is closed"),
    "a server without standard input": (f"{MIDFILL} serve <&-", 2, "standard input or output is closed"),
}


@pytest.mark.parametrize(("command", "code", "message"), CASES.values(), ids=CASES)
def test_command_ends_with_a_message(tmp_path: Path, command: str, code: int, message: str) -> None:
    """The message is plain, and the exit code is the documented one."""
    if "/dev/full" in command and not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    (tmp_path / "code.py").write_text("x = 1\n\n", "utf-8")
    env = {name: text for name, text in os.environ.items() if not name.endswith("_API_KEY")}
    env |= {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "MIDFILL_BACKEND": "local"}
    env.pop("PYTHONUNBUFFERED", None)
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert message in done.stderr
    assert done.returncode == code
    assert len(done.stderr) < 1_000
