"""`midfill complete`: exactly the inserted text, and a clear message if there is none."""

import json
from pathlib import Path

import pytest

from tests.cli.command import KNOWN, KNOWN_TEXT, Command
from tests.loopback.client import Loopback

OK, USAGE, KEY, NETWORK = 0, 2, 3, 4


def test_embedded_engine_answers_without_a_key(midfill: Command) -> None:
    """Standard output has only the text, without a line end; the hint about a key is on standard error."""
    done = midfill.run("complete", midfill.known())
    assert (done.code, done.out) == (OK, KNOWN_TEXT)
    assert "DEEPSEEK_API_KEY" in done.err
    assert done.err.count("\n") == 1


def test_deepseek_answers_with_a_key(deepseek: Command, loopback: Loopback) -> None:
    """Several lines, with the file's line ends; standard error is empty; the request is manual, without a debounce."""
    loopback.behave(text="if ready:\n        go('🧪')\n")
    deepseek.file("a.py", b"def f(ready):\r\n    \r\n\r\nx = 1\r\n")
    done = deepseek.run("complete", "a.py:2:5")
    assert (done.code, done.err) == (OK, "")
    assert done.out == "if ready:\r\n        go('🧪')"
    (call,) = loopback.log(path="/completions")
    assert call["body"]["prompt"].endswith("def f(ready):\n    ")
    assert call["body"]["suffix"].startswith("\n\nx = 1")


def test_json_output(deepseek: Command, loopback: Loopback) -> None:
    """The object is on one line: text, range counted from 1, backend, model, usage as billed, milliseconds."""
    loopback.behave(text="ültimo")
    deepseek.file("a.py", "answer = '😀'; x = \n")
    done = deepseek.run("complete", "a.py:1:19", "--json")
    assert done.out.count("\n") == 1
    assert "ültimo" in done.out, "readable, not escaped"
    output = json.loads(done.out)
    billed = loopback.log(path="/completions")[0]["usage"]
    place = {"line": 1, "column": 19}
    milliseconds = output.pop("milliseconds")
    assert milliseconds > 0
    assert output == {
        "text": "ültimo",
        "range": {"start": place, "end": place},
        "reason": "",
        "backend": "deepseek",
        "model": "deepseek-flash",
        "cached": False,
        "usage": {
            "prompt": billed["prompt_tokens"],
            "output": billed["completion_tokens"],
            "cached": billed["prompt_cache_hit_tokens"],
        },
    }


def test_json_always_has_the_same_fields(deepseek: Command, loopback: Loopback) -> None:
    """The fields are the same with a suggestion, without one, and without a call."""
    deepseek.file("a.py", "value = \n")
    deepseek.file(".env", "value = \n")
    full = deepseek.call("complete", "a.py:1:9", "--json")
    loopback.behave(text="")
    empty = deepseek.call("complete", "a.py:1:9", "--json")
    kept_out = deepseek.call("complete", ".env:1:9", "--json")
    outputs = [json.loads(done.out) for done in (full, empty, kept_out)]
    assert [list(one) for one in outputs] == [list(outputs[0])] * 3
    place = {"line": 1, "column": 9}
    for one, backend in zip(outputs[1:], ("deepseek", None), strict=True):
        assert (one["text"], one["backend"], one["model"]) == ("", backend, "")
        assert (one["usage"], one["cached"], one["range"]) == (None, False, {"start": place, "end": place})
        assert one["reason"]
    local = deepseek.having(MIDFILL_BACKEND="local").call("complete", "a.py:1:9", "--json")
    assert json.loads(local.out)["backend"] == "local"
    assert f"nothing to suggest: {outputs[1]['reason']}" in empty.err


def test_json_names_the_embedded_engine(midfill: Command) -> None:
    """`backend` is `local`, and no tokens were billed."""
    output = json.loads(midfill.run("complete", midfill.known(), "--json").out)
    assert (output["text"], output["backend"], output["usage"]) == (KNOWN_TEXT, "local", None)


def test_diff_output(midfill: Command) -> None:
    """The text in its place, as a unified diff without colours in a pipe; the file is unchanged."""
    done = midfill.run("complete", midfill.known(), "--diff")
    assert "-    return wid\n+    return width * height\n" in done.out
    assert "\033" not in done.out
    assert (midfill.folder / "known.py").read_text() == KNOWN


def test_standard_input_is_completed(midfill: Command) -> None:
    """`-` reads unsaved text from standard input; `--filename` names its file."""
    for extra in (["--filename", "known.py"], ["--filename", "src/not/there.py"], []):
        done = midfill.run("complete", "-:6:15", *extra, stdin=KNOWN.encode())
        assert (done.code, done.out) == (OK, KNOWN_TEXT), extra
    assert list(midfill.folder.iterdir()) == []


def test_no_suggestion_is_no_failure(midfill: Command) -> None:
    """The message is on standard error, with exit code 0 and an empty standard output, or an empty text in JSON."""
    midfill.file("new.py", "quite = new\n")
    done = midfill.run("complete", "new.py:1:12")
    assert (done.code, done.out) == (OK, "")
    assert "nothing to suggest" in done.err
    done = midfill.run("complete", "new.py:1:12", "--json")
    assert done.code == OK
    assert json.loads(done.out)["text"] == ""


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("a.py", "FILE:LINE:COLUMN"),
        ("a.py:1", "FILE:LINE:COLUMN"),
        ("a.py:one:2", "FILE:LINE:COLUMN"),
        ("a.py:1:-1", "FILE:LINE:COLUMN"),
        ("a.py:0:1", "has no line 0; its lines are 1 to 2"),
        ("a.py:3:1", "has no line 3"),
        ("a.py:1:0", "has no column 0; its columns are 1 to 6"),
        ("a.py:1:7", "has no column 7"),
        ("a.py:99999999999999999999:1", "has no line"),
        ("missing.py:1:1", "missing.py does not exist"),
        ("folder:1:1", "is a folder"),
        ("binary.py:1:1", "is binary"),
        ("latin.py:1:1", "is not valid UTF-8 at byte offset 5 (0xfc)"),
        ("huge.py:1:1", "10,000,000 bytes"),
        ("nul\0.py:1:1", "null"),
    ],
)
def test_wrong_positions_are_reported(midfill: Command, place: str, words: str) -> None:
    """One line names the error and the fix; exit code 2 and nothing on standard output."""
    midfill.file("a.py", "x = 1\n")
    midfill.file("folder/b.py", "")
    midfill.file("binary.py", b"\x7fELF\0\0")
    midfill.file("latin.py", b"x = '\xfc'\n")
    midfill.file("huge.py", b"#" * 10_000_001)
    done = midfill.call("complete", place)
    assert (done.code, done.out) == (USAGE, "")
    assert words in done.err
    assert done.err.startswith("midfill: ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("empty.py", "", "1:1"),
        ("long.js", "a = 'b'; " * 550_000 + "\n", "2:1"),
        ("utf16.py", "x = 1\n".encode("utf-16"), "1:6"),
        ("bom.py", "\ufeffx = 1\n", "1:6"),
        ("odd name:1:2 ü.py", "x = 1\n", "1:6"),
        ("mac.py", "x = 1\ry = 2\r", "2:6"),
    ],
)
def test_unusual_files_are_completed(
    deepseek: Command, loopback: Loopback, name: str, content: str | bytes, place: str
) -> None:
    """They are empty, have a line of 5 MB, a byte order mark, or colons in the name."""
    loopback.behave(text="1 + 1")
    deepseek.file(name, content)
    done = deepseek.call("complete", f"{name}:{place}")
    assert (done.code, done.err) == (OK, "")
    assert done.out == "1 + 1"


def test_standard_input_that_is_not_text_is_reported(midfill: Command) -> None:
    """The message for invalid UTF-8 names the place."""
    done = midfill.call("complete", "-:1:1", stdin=b"x = \xff\n")
    assert (done.code, done.out) == (USAGE, "")
    assert "not UTF-8: byte 4" in done.err


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ({"kind": "401"}, KEY, "does not accept the API key"),
        ({"kind": "402"}, NETWORK, "no credit left"),
        ({"kind": "429"}, NETWORK, "too many at once"),
        ({"kind": "503"}, NETWORK, "overloaded"),
        ({"kind": "html"}, NETWORK, "proxy or login page"),
        ({"kind": "close"}, NETWORK, "127.0.0.1"),
    ],
)
def test_refusals_have_a_remedy_and_an_exit_code(
    deepseek: Command, loopback: Loopback, fault: dict[str, str], code: int, words: str
) -> None:
    """The embedded engine does not answer instead, and no key is shown."""
    loopback.behave(faults=[{"times": 0, **fault}])
    done = deepseek.call("complete", deepseek.known())
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert deepseek.env["DEEPSEEK_API_KEY"] not in done.err


def test_unknown_model_is_reported_with_the_available_ones(deepseek: Command, loopback: Loopback) -> None:
    """The message names the setting and its valid values."""
    done = deepseek.having(MIDFILL_MODEL="deepsek").call("complete", deepseek.known())
    assert done.code == NETWORK
    assert '"deepsek"' in done.err
    assert "set model to one of: deepseek-flash, deepseek-v4-pro" in done.err


def test_unreachable_network_is_reported(midfill: Command) -> None:
    """The exit code is 4, and the message says what to check."""
    command = midfill.having(MIDFILL_BASE_URL="http://127.0.0.1:9", DEEPSEEK_API_KEY="sk-" + "x" * 32)
    done = command.run("complete", command.known())
    assert (done.code, done.out) == (NETWORK, "")
    assert "nothing listens there" in done.err
    assert "base_url" in done.err


def test_missing_key_of_a_named_backend_is_reported(midfill: Command) -> None:
    """With DeepSeek as the backend there is no fallback: exit code 3, and how to set a key."""
    done = midfill.having(MIDFILL_BACKEND="deepseek").call("complete", midfill.known())
    assert (done.code, done.out) == (KEY, "")
    assert "DEEPSEEK_API_KEY" in done.err


def test_wrong_tuning_settings_are_reported(deepseek: Command, loopback: Loopback) -> None:
    """The message names a wrong value's default and an unknown key's likely name; the command continues."""
    place = deepseek.known()
    deepseek.config.write_text('[completion]\nmax_tokens = "many"\n', "utf-8")
    done = deepseek.call("complete", place)
    assert (done.code, done.out) == (OK, "answer = 42")
    assert "the default 128 is used" in done.err

    deepseek.config.write_text("[completion]\nmax_token = 5\n", "utf-8")
    done = deepseek.call("complete", place)
    assert done.code == OK
    assert "did you mean completion.max_tokens?" in done.err


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("../config/config.toml", "[completion]\nmax_tokens = \n", "config.toml, line 3, column 14: Invalid value"),
        ("../config/config.toml", 'backend = "locall"\n', "backend in "),
        ("../config/config.toml", 'base_url = "localhost:8000"\n', "base_url in "),
        ("../config/config.toml", '[network]\nproxy = "proxy.example:3128"\n', "network.proxy in "),
        (".midfill.toml", "[completion]\nmax_tokens = \n", ".midfill.toml, line 2, column 14: Invalid value"),
        (".midfill.toml", 'enabled = "false"\n', "must be true or false"),
        (".midfill.toml", '[trigger]\npaths_off = "off/*"\n', "must be a list of texts"),
    ],
)  # fmt: skip
def test_wrong_setting_stops_the_call(midfill: Command, name: str, text: str, words: str) -> None:
    """Exit code 2 and the message; the key command is not run, and DeepSeek is not called."""
    midfill.config.write_text('api_key_command = "touch run"\n', "utf-8")
    place = midfill.known()
    with (midfill.folder / name).open("a") as file:
        file.write(text)
    done = midfill.call("complete", place)
    assert (done.code, done.out) == (USAGE, "")
    assert words in done.err
    assert "No backend is called until this is fixed." in done.err
    assert not (midfill.folder / "run").exists()


@pytest.mark.parametrize("address", ["http://999.999.999.999", "http://[v1.x]:1/", "http://" + "a" * 70_000])
def test_invalid_address_is_a_wrong_setting(deepseek: Command, address: str) -> None:
    """The message reports a wrong setting, not a missing suggestion; `doctor` shows the same."""
    command = deepseek.having(MIDFILL_BASE_URL=address)
    for arguments in (["complete", deepseek.known()], ["doctor"]):
        done = command.run(*arguments)
        assert done.code == USAGE
        assert "base_url in the environment variable MIDFILL_BASE_URL must be" in done.err + done.out


def test_plain_http_to_another_machine_is_refused(deepseek: Command) -> None:
    """There is no call, because others could read the key and the text."""
    command = deepseek.having(MIDFILL_BASE_URL="http://gateway.example")
    for arguments in (["complete", deepseek.known()], ["doctor"]):
        done = command.call(*arguments)
        assert done.code == USAGE
        assert "set network.allow_http to true" in done.err + done.out


def test_wrong_ca_file_is_a_wrong_setting(deepseek: Command) -> None:
    """A setting that can only be checked in use has the exit code of a setting, too."""
    deepseek.config.write_text('[network]\nca_file = "/no/such/file.pem"\n', "utf-8")
    for arguments in (["complete", deepseek.known()], ["doctor"]):
        done = deepseek.call(*arguments)
        assert done.code == USAGE
        assert "network.ca_file: there is no file" in done.err + done.out


def test_wrong_variable_is_a_wrong_setting(midfill: Command) -> None:
    """The same rule applies to the environment."""
    done = midfill.having(MIDFILL_BACKEND="locall").call("complete", midfill.known())
    assert (done.code, done.out) == (USAGE, "")
    assert "the environment variable MIDFILL_BACKEND" in done.err


@pytest.mark.parametrize("name", [".env", "key.pem", "off/a.py"])
def test_excluded_files_are_not_sent(deepseek: Command, loopback: Loopback, name: str) -> None:
    """Secret files and files that the user excludes are never sent; the message says why."""
    deepseek.config.write_text('[trigger]\npaths_off = ["/off/"]\n', "utf-8")
    deepseek.file(name, "TOKEN=\n")
    for arguments in ([f"{name}:1:7"], ["-:1:7", "--filename", name]):
        done = deepseek.call("complete", *arguments, stdin=b"TOKEN=\n")
        assert (done.code, done.out) == (OK, "")
        assert "nothing to suggest: " in done.err
    assert loopback.log(path="/completions") == []


def test_links_and_the_key_file_are_not_sent(deepseek: Command, loopback: Loopback, tmp_path: Path) -> None:
    """A link with another name does not send a secret file, an excluded one, or the key file."""
    key = deepseek.file("mine.py", "key of mine\n")
    deepseek.config.write_text(f'api_key_file = "{key}"\n[trigger]\npaths_off = ["private/**"]\n', "utf-8")
    for name in (".env", "private/a.py"):
        deepseek.file(name, "TOKEN=\n")
    outside = tmp_path / "elsewhere" / "private" / "b.py"
    outside.parent.mkdir(parents=True)
    outside.write_text("TOKEN=\n")
    for number, target in enumerate((".env", "private/a.py", "mine.py")):
        (deepseek.folder / f"link{number}.py").symlink_to(deepseek.folder / target)
    for place in ("link0.py:1:7", "link1.py:1:7", "link2.py:1:4", "mine.py:1:4", f"{outside}:1:7"):
        done = deepseek.call("complete", place)
        assert (done.code, done.out) == (OK, ""), place
        assert "nothing to suggest: " in done.err
    assert loopback.log(path="/completions") == []


def test_command_runs_in_any_folder(deepseek: Command, loopback: Loopback, tmp_path: Path) -> None:
    """An absolute path names a file anywhere."""
    path = deepseek.file("deep/in/a.py", "x = \n")
    done = deepseek.run("complete", f"{path}:1:5")
    assert (done.code, done.out) == (OK, "answer = 42")
