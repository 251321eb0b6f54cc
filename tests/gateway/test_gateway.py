"""`midfill gateway` as a process: real requests over a real socket."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from select import select
from typing import Any

import httpx
import psutil
import pytest

from midfill.gateway.http_connection import MAX_CONNECTIONS
from midfill.gateway.server import MAX_REQUESTS
from tests.bench.process import PATIENT, TIMEOUT_S, quiet_home
from tests.loopback.client import DIRECT, Loopback

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and owner bits are POSIX's")


class Running:
    """A gateway that calls the loopback."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        self.token_file = folder / "token"
        command = [sys.executable, "-m", "midfill", "gateway", "--port=0", f"--token-file={self.token_file}"]
        self.process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environ}, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        self.lines = [self.process.stderr.readline() for _ in range(2)]
        self.url = self.lines[1].split()[-1]
        self.token = self.token_file.read_text("ascii").strip()

    def post(self, path: str = "/v1/completions", *, token: str | None = None, **sent: Any) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.token if token is None else token}",
            **sent.pop("headers", {}),
        }
        return httpx.post(self.url + path, headers=headers, timeout=TIMEOUT_S, **DIRECT, **sent)

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(TIMEOUT_S)
        assert self.process.stderr is not None
        self.rest = self.process.stderr.read()
        self.process.stderr.close()
        return code


@pytest.fixture
def backend() -> str:
    return "deepseek"


@pytest.fixture
def gateway(tmp_path: Path, loopback: Loopback, backend: str) -> Iterator[Running]:
    with quiet_home() as home:
        (tmp_path / "config.toml").write_text(PATIENT, "utf-8")
        key = "sk-" + "k3y0" * 8
        asked = {"MIDFILL_BACKEND": backend, "MIDFILL_BASE_URL": loopback.url, "DEEPSEEK_API_KEY": key}
        running = Running(tmp_path, {**home, "MIDFILL_CONFIG": str(tmp_path / "config.toml"), **asked})
        yield running
        if running.process.poll() is None:
            running.end()


ADD = {"model": "any", "prompt": "# language: python\ndef add(a, b):\n    return ", "suffix": "\n"}


def test_openai_requests(gateway: Running, loopback: Loopback) -> None:
    """The requests are a plain one, the same again (from the cache), and a streaming one."""
    loopback.behave(text="a + b")
    answer = gateway.post(json=ADD)
    assert (answer.status_code, answer.json()["choices"][0]["text"]) == (200, "a + b")
    assert answer.json()["usage"]["prompt_tokens"] > 0
    streamed = gateway.post(json={**ADD, "stream": True})
    events = [line.removeprefix("data: ") for line in streamed.text.split("\n\n") if line]
    assert events[-1] == "[DONE]"
    assert "".join(json.loads(event)["choices"][0]["text"] for event in events[:-1]) == "a + b"
    assert len(loopback.log(path="/completions")) == 1


def test_ollama_requests(gateway: Running, loopback: Loopback) -> None:
    """The answer is lines of JSON, or one object."""
    loopback.behave(text="a + b")
    lines = [json.loads(line) for line in gateway.post("/api/generate", json=ADD).text.splitlines()]
    assert "".join(line["response"] for line in lines) == "a + b"
    assert [line["done"] for line in lines] == [False, True]
    whole = gateway.post("/api/generate", json={**ADD, "stream": False}).json()
    assert (whole["response"], whole["done"]) == ("a + b", True)


INFILL = {"input_prefix": "def add(a, b):\n", "prompt": "    return ", "input_suffix": "\n", "n_predict": 64}


def test_infill_requests(gateway: Running, loopback: Loopback) -> None:
    """llama.cpp's format, as llama.vim and llama.vscode send it; a warm-up request causes no call."""
    loopback.behave(text="a + b")
    assert gateway.post("/infill", json={**INFILL, "n_predict": 0}).json()["content"] == ""
    assert loopback.log(path="/completions") == []
    answer = gateway.post("/infill", json=INFILL).json()
    assert (answer["content"], answer["stop"]) == ("a + b", True)
    assert answer["timings"]["prompt_n"] > 0
    streamed = gateway.post("/infill", json={**INFILL, "stream": True}).text
    assert json.loads(streamed.removeprefix("data: "))["content"] == "a + b"


def test_path_adds_the_context_of_its_folder(gateway: Running, loopback: Loopback) -> None:
    """With a path inside the folder, the prompt has text of the folder's other files."""
    other = "def open_quarterly_ledger(folder):\n    return folder / 'quarterly_ledger'\n"
    (gateway.folder / "books.py").write_text(other)
    until, sent = time.monotonic() + TIMEOUT_S, ""
    for number in count():  # The index is built in the background: each document is another place.
        ask = {"prompt": f"NUMBER = {number}\nledger = open_quarterly_ledger(", "suffix": ")\n"}
        gateway.post(json=ask, headers={"X-Midfill-Path": f"own{number}.py"})
        sent = loopback.log(path="/completions")[-1]["body"]["prompt"]
        if "# books.py" in sent or time.monotonic() > until:
            break
        time.sleep(0.3)
    assert other.strip() in sent


@pytest.mark.parametrize("backend", ["deepseek-chat"])
def test_header_requests_another_answer_of_a_chat(gateway: Running, loopback: Loopback) -> None:
    """The same request is answered from the cache. With the header, a new one arrives."""
    loopback.behave(text=" a + b")
    path = {"X-Midfill-Path": "sums.py"}
    for _ in range(2):
        assert gateway.post(json=ADD, headers=path).json()["choices"][0]["text"] == "a + b"
    loopback.behave(text="sum((a, b))")
    again = gateway.post(json=ADD, headers={**path, "X-Midfill-Again": "true"})
    assert again.json()["choices"][0]["text"] == "sum((a, b))"
    first, second = loopback.log(path="/chat/completions")
    assert all("a + b" not in message["content"] for message in first["body"]["messages"])
    assert "a + b" in second["body"]["messages"][2]["content"]


def test_twenty_requests_are_answered_at_once(gateway: Running, loopback: Loopback) -> None:
    """None supersedes another; with the same path, the newest counts."""
    loopback.behave(text="a + b", first_token_ms=50)
    with ThreadPoolExecutor(20) as pool:
        asks = [{**ADD, "prompt": f"{ADD['prompt']}x_{at} + "} for at in range(20)]
        answers = list(pool.map(lambda ask: gateway.post(json=ask), asks))
    assert [answer.json()["choices"][0]["text"] for answer in answers] == ["a + b"] * 20


@pytest.mark.parametrize("token", ["x", "wrong"])
def test_token_is_required(gateway: Running, loopback: Loopback, token: str) -> None:
    """Without the token there is no answer and no call."""
    answer = gateway.post(json=ADD, token=token)
    assert answer.status_code == 401
    assert "token" in answer.json()["error"]["message"]
    assert loopback.log(path="/completions") == []


def test_refusals_have_a_message(gateway: Running) -> None:
    """Each has a message in the endpoint's format."""
    assert gateway.post(json=ADD, headers={"Origin": "http://evil.example"}).status_code == 403
    assert gateway.post("/v1/embeddings", json=ADD).status_code == 404
    assert gateway.post(content=b"{").status_code == 400
    assert gateway.post("/api/generate", content=b"{").json()["error"].startswith("the body is not")
    assert gateway.post(content=b"x" * (4 << 20) + b"x").status_code == 413
    headers = {"Authorization": f"Bearer {gateway.token}"}
    assert httpx.get(gateway.url + "/v1/completions", headers=headers, **DIRECT).status_code == 405
    assert (
        httpx.get(gateway.url + "/v1/models", headers=headers, **DIRECT).json()["data"][0]["id"] == "deepseek"
    )
    assert httpx.get(gateway.url + "/api/tags", headers=headers, **DIRECT).json()["models"]


def test_malformed_requests_do_not_affect_others(gateway: Running, loopback: Loopback) -> None:
    """Another protocol, a malformed head and a client that disconnects do not affect the others."""
    host, _, port = gateway.url.removeprefix("http://").partition(":")
    for data in (b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                 b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", b""):  # fmt: skip
        with socket.create_connection((host, int(port)), 5) as client:
            client.sendall(data)
    loopback.behave(text="a + b")
    assert gateway.post(json=ADD).json()["choices"][0]["text"] == "a + b"
    assert gateway.end() == 0
    assert "Traceback" not in gateway.rest


def test_too_many_requests_are_refused(gateway: Running, loopback: Loopback) -> None:
    """The next one is refused; after the others have disconnected, requests are accepted again."""
    loopback.behave(text="a + b", first_token_ms=60_000)
    host, _, port = gateway.url.removeprefix("http://").partition(":")
    with ExitStack() as sockets:
        clients = []
        for number in range(MAX_REQUESTS + 1):
            body = json.dumps({"prompt": f"x_{number} = ", "suffix": ""}).encode()
            head = f"POST /v1/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.token}\r\n"
            client = sockets.enter_context(socket.create_connection((host, int(port)), TIMEOUT_S))
            client.sendall(head.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            clients.append(client)
        answered, _, _ = select(clients, [], [], TIMEOUT_S)  # The last one whose request is read.
        answer = answered[0].recv(4_000)
        assert answer.startswith(b"HTTP/1.1 429 ")
        assert b"too many requests at once" in answer
    loopback.behave(first_token_ms=0)
    assert gateway.post(json=ADD).json()["choices"][0]["text"] == "a + b"


def test_embedded_engine_answers_after_an_error(gateway: Running, loopback: Loopback) -> None:
    """While it is unavailable the embedded engine answers; no suggestion is an empty text, not an error."""
    loopback.fail("401")
    answer = gateway.post(json=ADD)
    assert (answer.status_code, answer.json()["choices"][0]["text"]) == (200, "")


def test_secret_files_are_not_sent(gateway: Running, loopback: Loopback) -> None:
    """A path of a secret file is answered with an empty text."""
    answer = gateway.post(json=ADD, headers={"X-Midfill-Path": ".env"})
    assert answer.json()["choices"][0]["text"] == ""
    assert loopback.log(path="/completions") == []


@POSIX
def test_token_is_printed_once(gateway: Running) -> None:
    """Only the user can read the token's file; the token is printed when it is created; a signal ends the gateway."""
    assert gateway.token in gateway.lines[0]
    assert gateway.token_file.stat().st_mode & 0o077 == 0
    assert gateway.end() == 0


def test_other_machines_need_an_option(tmp_path: Path) -> None:
    """The gateway listens on the loopback only, unless an option allows others."""
    command = [
        sys.executable,
        "-m",
        "midfill",
        "gateway",
        "--host=0.0.0.0",
        f"--token-file={tmp_path / 'token'}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    assert done.returncode == 2
    assert "--allow-remote" in done.stderr


def test_oldest_connection_makes_room(gateway: Running, loopback: Loopback) -> None:
    """With the maximum number of connections open, a new one is accepted, and the oldest one is closed."""
    loopback.behave(text="a + b")
    host, _, port = gateway.url.removeprefix("http://").partition(":")
    with ExitStack() as clients:
        idle = [
            clients.enter_context(socket.create_connection((host, int(port)), 20))
            for _ in range(MAX_CONNECTIONS)
        ]
        assert gateway.post(json=ADD).json()["choices"][0]["text"] == "a + b"
        assert select(idle, [], [], 20)[0] == idle[:1]
        assert idle[0].recv(1) == b""


@POSIX
def test_signal_ends_a_gateway_that_waits_for_a_key(tmp_path: Path) -> None:
    """The key command is ended, too."""
    config, script, started = tmp_path / "config.toml", tmp_path / "key.sh", tmp_path / "started"
    script.write_text(f"echo $$ > '{started}'; exec sleep 600\n")
    config.write_text(f'backend = "deepseek"\napi_key_command = "sh {script}"\n')
    with quiet_home() as home:
        command = [
            sys.executable,
            "-m",
            "midfill",
            "gateway",
            "--port=0",
            f"--token-file={tmp_path / 'token'}",
        ]
        environ = {**os.environ, **home, "MIDFILL_CONFIG": str(config)}
        process = subprocess.Popen(command, cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + 30
        while not (started.exists() and started.read_text().strip()) and time.monotonic() < until:
            time.sleep(0.05)
        command_id = int(started.read_text())
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, "Traceback" in errors) == (0, False)
    psutil.wait_procs([psutil.Process(command_id)] if psutil.pid_exists(command_id) else [], 20)
    assert not psutil.pid_exists(command_id)


@pytest.mark.parametrize(
    ("settings", "token", "message"),
    [
        ('backend = "dipseek"', "t0k3n", "dipseek"),
        ('backend = "deepseek"\napi_key_command = "false"', "t0k3n", "api_key_command"),
        ("", "", "is empty"),
    ],
)
def test_gateway_that_cannot_serve_ends_with_a_message(
    tmp_path: Path, settings: str, token: str, message: str
) -> None:
    """A wrong setting, a key command that fails and an empty token file each have a message that says what to do."""
    (tmp_path / "config.toml").write_text(settings)
    token_file = tmp_path / "token"
    token_file.touch(0o600)
    token_file.write_text(token)
    with quiet_home() as home:
        command = [sys.executable, "-m", "midfill", "gateway", "--port=0", f"--token-file={token_file}"]
        environ = {**os.environ, **home, "MIDFILL_CONFIG": str(tmp_path / "config.toml")}
        done = subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode in {2, 3}
    assert message in done.stderr
    assert "Traceback" not in done.stderr
