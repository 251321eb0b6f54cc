"""The loopback DeepSeek answers like the real one."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core import document
from tests.loopback.behaviour import Kind
from tests.loopback.client import DIRECT, Loopback, loopback, loopback_process
from tests.loopback.novel import WORDS, other
from tests.loopback.oracle import Oracle
from tests.loopback.tokens import PromptCache, count, pieces, spans
from tests.loopback.truth import Truth

__all__ = ["loopback", "loopback_process"]  # pytest finds fixtures by their names in this module.

SOURCE = Path(document.__file__).read_text("utf-8")
TWINS = "".join(
    f"def {name}(a, b):\n    total = a + b\n    return total\n\n\n" for name in ("add", "sum", "plus")
)
KEY = "sk-" + "x" * 20 + "3750"
HEADERS = {"authorization": f"Bearer {KEY}"}
BREAKS = {"close", "half-head", "cut", "mid-chunk", "reset"}
FIB = {
    "model": "deepseek-v4-pro",
    "prompt": "def fib(a):\n    ",
    "suffix": "\n    return fib(a-1) + fib(a-2)",
}


def ask(loopback: Loopback, **more: Any) -> httpx.Response:
    return post(loopback, {**FIB, **more})


def post(loopback: Loopback, body: Any, **headers: str) -> httpx.Response:
    """Send `body` (JSON unless it is bytes) with a valid key, unless `headers` has another."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    all_headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json", **headers}
    sent = {name: value for name, value in all_headers.items() if value}
    return httpx.post(f"{loopback.url}/beta/completions", content=content, headers=sent, **DIRECT)


def stream(loopback: Loopback, **more: Any) -> list[Any]:
    """Return the data of each event of a streamed answer, as JSON."""
    events = ask(loopback, stream=True, **more).text.split("\n\n")
    return [json.loads(event.removeprefix("data: ")) for event in events if event not in ("data: [DONE]", "")]


def text_of(chunks: list[Any]) -> str:
    return "".join(chunk["choices"][0]["text"] for chunk in chunks if chunk["choices"])


# --- Tokens


@given(st.text())
def test_joined_tokens_are_the_text(text: str) -> None:
    """No character is lost."""
    assert "".join(pieces(text)) == text


@given(st.text("ab_ \t\n(.é漢"), st.integers(0, 30), st.integers(0, 30))
def test_tokens_do_not_depend_on_the_start(text: str, start: int, end: int) -> None:
    """The tokens between two places are those of the whole text."""
    whole = [(begin, stop) for begin, stop in spans(text, 0, len(text)) if stop > start and begin < end]
    assert list(spans(text, start, end)) == whole


def test_tokens_have_the_length_of_real_ones() -> None:
    """A token of code has about four characters, as DeepSeek's have."""
    assert 3.4 < len(SOURCE) / count(SOURCE) < 4.6


def test_cache_hits_are_whole_units_at_the_start() -> None:
    """Hits are multiples of 128 tokens, and end where a prompt differs from all earlier ones."""
    cache, tokens = PromptCache(), [str(number) for number in range(500)]
    assert [cache.read(tokens), cache.read(tokens), cache.read(tokens[:212]), cache.read(tokens[:92])] == [
        0,
        384,
        128,
        0,
    ]
    assert cache.read([*tokens[:300], "x", *tokens[301:]]) == 256
    assert cache.read(["x", *tokens[1:]]) == 0


# --- What the model says


@pytest.mark.parametrize("start", range(0, len(SOURCE), 97))
def test_answer_is_the_text_of_the_file(start: int) -> None:
    """It is the text between prompt and suffix, up to three lines."""
    answer = Oracle(truth=Truth([TWINS, SOURCE])).answer(SOURCE[:start], SOURCE[start + 40 :])
    assert SOURCE.startswith(answer, start)
    assert len(answer) == 40 or answer.strip("\n").count("\n") <= 2


@pytest.mark.parametrize("name", ["add", "sum", "plus"])
def test_repeated_lines_are_distinguished_by_lines_above(name: str) -> None:
    """If the lines above the cursor occur several times in a file, the lines further up decide."""
    at = TWINS.index("total = ", TWINS.index(f"def {name}("))
    truth = Truth(["x = 1\n", TWINS])
    place = truth.find(TWINS[:at], TWINS[at:])
    assert place == (1, at)
    assert truth.find(TWINS[:at].replace("(a, b):", "(a, b) :"), TWINS[at:]) == place


def test_repeated_lines_are_distinguished_by_the_suffix() -> None:
    """If the prompt is ambiguous, the place with the nearest suffix is used."""
    at = TWINS.index("return", TWINS.index("def sum("))
    place = Truth([TWINS]).find("    total = a + b\n    ", TWINS[at + len("return total") :])
    assert place == (0, at)


def test_context_before_the_file_does_not_matter() -> None:
    """Context before the file, a window's cut and other line ends do not hide the place."""
    at = SOURCE.index("def cursor")
    prompt = "# other.py\nx = 1\n" + SOURCE[at - 700 : at]
    assert (
        Oracle(truth=Truth([SOURCE])).answer(prompt.replace("\n", "\r\n"), "").startswith("def cursor(self")
    )


def test_typing_error_gets_a_plausible_answer() -> None:
    """An unknown line is continued, too, each time in the same way."""
    prompt = SOURCE[: SOURCE.index("def cursor")] + "def crusor("
    answers = {Oracle(truth=Truth([SOURCE])).answer(prompt, "") for _ in range(2)}
    assert len(answers) == 1
    assert count(answers.pop()) > 3


def test_answer_ends_at_the_suffix() -> None:
    """Text of the suffix is not repeated; the answer is empty if nothing is missing."""
    oracle = Oracle(truth=Truth(["print(add(1, 2))\nexit()\n"]))
    assert oracle.answer("print(", ")\nexit()\n") == "add(1, 2)"
    assert oracle.answer("print(add(1, 2))", "\nexit()\n") == ""


def test_answer_is_wrong_after_a_hard_token() -> None:
    """An answer is right up to its first hard token, which is never right, and is the same each time."""
    right, wrong = Oracle(truth=Truth([SOURCE])), Oracle(truth=Truth([SOURCE]), wrong=12)
    kept = differing = 0
    for start in range(0, len(SOURCE), 41):
        prompt, suffix = SOURCE[:start], SOURCE[start + 400 :]
        truth, answer = right.answer(prompt, suffix), wrong.answer(prompt, suffix)
        assert answer == wrong.answer(prompt, suffix)
        kept, differing = kept + (answer == truth), differing + (answer != truth)
    assert differing > kept > 0


def test_share_of_hard_tokens_is_as_set() -> None:
    """About 12 of 100 tokens are wrong if 12 are set."""
    oracle, places = Oracle(truth=Truth([SOURCE]), wrong=12, lines=1), list(spans(SOURCE, 0, len(SOURCE)))
    visible = [span for span in places if SOURCE[slice(*span)].strip()]
    wrong = sum(
        not oracle.answer(SOURCE[:start], SOURCE[end:]).startswith(SOURCE[start:end])
        for start, end in visible
    )
    assert 0.09 < wrong / len(visible) < 0.15


def test_overlapping_answers_agree() -> None:
    """Later in the same line, but before the hard token, the answer is the rest of the earlier one."""
    oracle = Oracle(truth=Truth([SOURCE]), wrong=30)
    right = Oracle(truth=Truth([SOURCE]))
    for start in range(0, len(SOURCE), 53):
        answer, truth = (each.answer(SOURCE[:start], "") for each in (oracle, right))
        agreed = next((at for at, (a, b) in enumerate(zip(answer, truth, strict=False)) if a != b), 0)
        line = SOURCE.find("\n", start) - start
        for step in range(min(agreed, line)):
            later = oracle.answer(SOURCE[: start + step], "")
            assert later.startswith(answer[step : line + 1]) or SOURCE[start + step - 1].isalnum()


@given(st.sampled_from([" foo", "(", " =", ".", '"""', "x1", " amount", "\n    "]), st.integers(0))
def test_wrong_token_differs_in_its_first_character(token: str, seed: int) -> None:
    """The first visible character differs; whitespace is unchanged."""
    wrong = other(token, "x", WORDS, seed)
    assert (wrong == token) if not token.strip() else wrong.lstrip()[0] != token.lstrip()[0]


@pytest.mark.parametrize("tokens", [1, 7, 40])
def test_long_answer_continues_after_the_right_text(tokens: int) -> None:
    """The right text is followed by the set number of unrelated tokens."""
    answer = Oracle(texts=("return a",), ramble=tokens).answer("def f(a):\n    ", "")
    assert answer.startswith("return a\n    "[: len("return a\n    ")])
    assert len(pieces(answer.removeprefix("return a"))) == tokens


@pytest.mark.parametrize(("echo", "answer"), [("line", "  b"), ("prompt", "a\n  b"), ("suffix", "c\nd\n")])
def test_echo_repeats_the_request(echo: Any, answer: str) -> None:
    """The kinds of echo are the cursor's line, the prompt and the suffix."""
    assert Oracle(echo=echo).answer("a\n  b", "c\nd\n") == answer


# --- The wire


def test_complete_answer_has_the_captured_form(loopback: Loopback) -> None:
    """The object has the fields of a captured answer, in their order, with values of their types."""
    loopback.behave(text="if a < 2:\n        return a")
    response = ask(loopback)
    answer = response.json()
    read, written = answer["usage"]["prompt_tokens"], count("if a < 2:\n        return a")
    assert response.headers["content-type"] == "application/json"
    assert list(answer.items()) == [
        ("id", answer["id"]),
        (
            "choices",
            [{"text": "if a < 2:\n        return a", "index": 0, "logprobs": None, "finish_reason": "stop"}],
        ),
        ("created", answer["created"]),
        ("model", "deepseek-v4-pro"),
        ("system_fingerprint", "fp_loopback"),
        ("object", "text_completion"),
        (
            "usage",
            {
                "prompt_tokens": read,
                "completion_tokens": written,
                "total_tokens": read + written,
                "prompt_tokens_details": {"cached_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0},
                "prompt_cache_hit_tokens": 0,
                "prompt_cache_miss_tokens": read,
            },
        ),
    ]
    assert 18 <= read <= 30  # The real tokenizer counts 23.


def test_stream_has_the_captured_form(loopback: Loopback) -> None:
    """Each event is one object with one token; the last one has no text, but the reason and the usage."""
    loopback.behave(text="    if a:")
    response = ask(loopback, stream=True)
    events = response.text.split("\n\n")
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["transfer-encoding"] == "chunked"
    assert events[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    first = {"index": 0, "text": "   ", "finish_reason": None}
    assert list(chunks[0]) == ["id", "object", "created", "model", "choices"]
    assert chunks[0]["choices"] == [{**first, "text": pieces("    if a:")[0]}]
    assert chunks[-1]["choices"] == [{"index": 0, "text": "", "finish_reason": "stop"}]
    assert chunks[-1]["usage"]["completion_tokens"] == len(chunks) - 1
    assert text_of(chunks) == "    if a:"
    assert {chunk["id"] for chunk in chunks} == {chunks[0]["id"]}


@pytest.mark.parametrize(
    ("style", "options", "expected"),
    [
        ("last", None, ["", "", "usage"]),
        ("last", {"include_usage": False}, ["", "", "usage"]),
        ("last", {"include_usage": True}, ["null", "null", "usage"]),
        ("extra", None, ["", "", ""]),
        ("extra", {"include_usage": True}, ["null", "null", "null", "usage"]),
        ("none", {"include_usage": True}, ["", "", ""]),
    ],
)
def test_usage_has_the_old_or_the_new_form(
    loopback: Loopback, style: str, options: Any, expected: Any
) -> None:
    """`include_usage` adds nulls now; it used to add a chunk without choices."""
    loopback.behave(text="a b", usage=style)
    chunks = stream(loopback, stream_options=options)
    assert [
        "" if "usage" not in chunk else "usage" if chunk["usage"] else "null" for chunk in chunks
    ] == expected
    assert [chunk["choices"] == [] for chunk in chunks] == [False] * 3 + [True] * (len(chunks) - 3)


@pytest.mark.parametrize(
    ("limits", "text", "finish"),
    [
        ({}, "a b\n\nc d", "stop"),
        ({"stop": "\n\n"}, "a b", "stop"),
        ({"stop": ["zzz", "d", "b"]}, "a ", "stop"),
        ({"max_tokens": 2}, "a b", "length"),
        ({"max_tokens": 2, "stop": " b"}, "a", "stop"),
        ({"max_tokens": None, "stop": None, "temperature": 0, "logprobs": None}, "a b\n\nc d", "stop"),
    ],
)
def test_stop_texts_and_max_tokens_end_the_answer(
    loopback: Loopback, limits: Any, text: str, finish: str
) -> None:
    """An answer ends before the first stop text, or at the maximum of tokens, with the reason."""
    loopback.behave(text="a b\n\nc d")
    chunks = stream(loopback, **limits)
    assert (text_of(chunks), chunks[-1]["choices"][0]["finish_reason"]) == (text, finish)
    choice = ask(loopback, **limits).json()["choices"][0]
    assert (choice["text"], choice["finish_reason"]) == (text, finish)


def test_cached_tokens_are_reported(loopback: Loopback) -> None:
    """A prompt that was sent before is cached up to its last whole unit of 128 tokens."""
    usages = [ask(loopback, prompt=SOURCE, suffix="").json()["usage"] for _ in range(2)]
    hits = [usage["prompt_cache_hit_tokens"] for usage in usages]
    assert hits == [0, usages[0]["prompt_tokens"] // 128 * 128]
    assert [usage["prompt_tokens_details"]["cached_tokens"] for usage in usages] == hits
    assert loopback.stats()["prompt_hit"] == hits[1]


def test_logprobs_are_a_table_of_tokens(loopback: Loopback) -> None:
    """`logprobs` returns the legacy table, with a row for each token."""
    loopback.behave(text="a b")
    table = ask(loopback, logprobs=0).json()["choices"][0]["logprobs"]
    assert (table["tokens"], table["text_offset"], len(table["token_logprobs"])) == (["a", " b"], [0, 1], 2)


def test_models_and_balance_are_listed(loopback: Loopback) -> None:
    """Both answer with and without /v1, and require a key."""
    with httpx.Client(base_url=loopback.url, headers=HEADERS, **DIRECT) as client:
        for version in ("", "/v1"):
            models = client.get(f"{version}/models").json()
            assert [model["id"] for model in models["data"]] == ["deepseek-flash", "deepseek-v4-pro"]
            balance = client.get(f"{version}/user/balance").json()
            assert balance["balance_infos"][0]["total_balance"] == "110.00"
        assert client.get("/models", headers={"authorization": ""}).status_code == 401


# --- Refusals


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"model": "deepseek-chat"},
            "The supported API model names are deepseek-flash or deepseek-v4-pro, but you",
        ),
        ({"stop": ["x"] * 17}, "Stop string array too long"),
        ({"max_tokens": 4097}, "Invalid max_tokens value, the valid range of max_tokens is [1, 4096]"),
        ({"max_tokens": 0}, "Invalid max_tokens value"),
        ({"max_tokens": "64"}, "Failed to deserialize the JSON body into the target type"),
        ({"prompt": None}, "Failed to deserialize the JSON body into the target type"),
        ({"temperature": 3}, "Invalid temperature value"),
        ({"top_p": 0}, "Invalid top_p value"),
        ({"logprobs": 21}, "Invalid logprobs value"),
        (
            {"stream_options": {"include_usage": True}},
            "stream_options should be set along with stream = true",
        ),
        ({"echo": True}, "echo is not allowed along with suffix"),
        ({"echo": True, "suffix": None, "logprobs": 1}, "echo is not allowed along with logprobs"),
    ],
)
def test_undocumented_request_is_refused(loopback: Loopback, change: Any, message: str) -> None:
    """A wrong value is a 400 whose body names the error, in the documented form."""
    response = ask(loopback, **change)
    error = response.json()["error"]
    assert (response.status_code, response.headers["content-type"]) == (400, "application/json")
    assert error["message"].startswith(message)
    assert "(request_id: " in error["message"]
    assert (error["type"], error["param"], error["code"]) == (
        "invalid_request_error",
        None,
        "invalid_request_error",
    )


@pytest.mark.parametrize(
    ("headers", "body", "status", "media_type", "text"),
    [
        (
            {"authorization": ""},
            FIB,
            401,
            None,
            "Authentication Fails (auth header format should be Bearer sk-...)",
        ),
        ({"authorization": KEY}, FIB, 401, None, "Authentication Fails (auth header"),
        ({"content-type": "text/plain"}, FIB, 415, "text/plain; charset=utf-8", "Expected request with"),
        (
            {},
            b'{"model": "deepseek-fl',
            400,
            "application/octet-stream",
            '{"error":{"message":"Failed to parse',
        ),
        ({}, b"", 400, "application/octet-stream", '{"error":{"message":"Failed to parse'),
    ],
)
def test_refusals_without_json(
    loopback: Loopback, headers: Any, body: Any, status: int, media_type: str | None, text: str
) -> None:
    """Some refusals have no JSON, or have it under another media type."""
    response = post(loopback, body, **headers)
    assert (response.status_code, response.headers.get("content-type")) == (status, media_type)
    assert response.text.startswith(text)


def test_refusal_shows_the_end_of_the_key(loopback: Loopback) -> None:
    """The refusal of a key has only its last four characters."""
    loopback.behave(key=KEY + "1")
    response = ask(loopback)
    error = response.json()["error"]
    assert response.status_code == 401
    assert error["message"].startswith("Authentication Fails, Your api key: ****3750 is invalid")
    assert (error["type"], error["code"]) == ("authentication_error", "invalid_request_error")
    assert KEY not in json.dumps(loopback.log())


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/beta/completions", 405),
        ("POST", "/completions", 404),
        ("POST", "/beta/beta/completions", 404),
    ],
)
def test_wrong_path_or_method_has_an_empty_answer(
    loopback: Loopback, method: str, path: str, status: int
) -> None:
    """Wrong paths and methods are refused without a message."""
    response = httpx.request(method, loopback.url + path, **DIRECT)
    assert (response.status_code, response.content) == (status, b"")


# --- Faults


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ({"kind": "400"}, 400, '"type":"invalid_request_error"'),
        ({"kind": "401"}, 401, "Authentication Fails, Your api key: ****3750 is invalid"),
        ({"kind": "402"}, 402, "Insufficient Balance"),
        ({"kind": "404"}, 404, ""),
        ({"kind": "415"}, 415, "Expected request with `Content-Type: application/json`"),
        ({"kind": "422"}, 422, "Invalid parameters"),
        ({"kind": "429"}, 429, "Rate limit reached"),
        ({"kind": "500"}, 500, "Internal Server Error"),
        ({"kind": "503", "message": "too busy today"}, 503, "too busy today"),
        ({"kind": "html"}, 200, "<html>"),
        ({"kind": "html", "status": 502}, 502, "<html>"),
        ({"kind": "empty"}, 200, ""),
        ({"kind": "plain"}, 503, "upstream connect error"),
        ({"kind": "json-as-text"}, 400, '{"error":'),
        ({"kind": "detail"}, 402, '{"detail":"Insufficient Balance"}'),
    ],
)
def test_failure_applies_to_the_next_call(loopback: Loopback, fault: Any, status: int, text: str) -> None:
    """The next call fails as set, and the one after it does not."""
    loopback.behave(faults=[fault])
    response = ask(loopback)
    assert response.status_code == status
    assert text in response.text
    assert bool(response.text) == bool(text)
    assert ask(loopback).status_code == 200


def test_retry_after_is_sent_if_it_is_set(loopback: Loopback) -> None:
    """A rate limit has a Retry-After header only on demand."""
    loopback.behave(faults=[{"kind": "429"}, {"kind": "429", "retry_after": "7"}])
    assert [ask(loopback).headers.get("retry-after") for _ in range(2)] == [None, "7"]


@pytest.mark.parametrize(
    ("when", "struck"),
    [
        ({}, "x....."),
        ({"times": 2}, "xx...."),
        ({"times": 0}, "xxxxxx"),
        ({"every": 3, "times": 0}, "..x..x"),
        ({"every": 2}, ".x...."),
        ({"path": "models", "times": 0}, "......"),
        ({"path": "any", "times": 0}, "xxxxxx"),
    ],
)
def test_fault_applies_to_the_set_calls(loopback: Loopback, when: Any, struck: str) -> None:
    """A fault applies to the next call, some, each, or every nth."""
    loopback.fail("503", **when)
    assert "".join(".x"[ask(loopback).is_error] for _ in struck) == struck


@pytest.mark.parametrize(
    ("fault", "choices"),
    [
        ({"kind": "no-choices"}, []),
        ({"kind": "null-text"}, [{"text": None, "index": 0, "logprobs": None, "finish_reason": "stop"}]),
        *(
            (
                {"kind": "finish", "reason": reason},
                [{"text": "a b", "index": 0, "logprobs": None, "finish_reason": reason}],
            )
            for reason in ("aborted", "insufficient_system_resource", "content_filter", "length")
        ),
        (
            {"kind": "fim-tokens"},
            [
                {
                    "text": "<｜fim▁end｜>a b<｜end▁of▁sentence｜>",
                    "index": 0,
                    "logprobs": None,
                    "finish_reason": "stop",
                }
            ],
        ),
    ],
)
def test_corruptions_of_an_answer(loopback: Loopback, fault: Any, choices: Any) -> None:
    """The answer arrives completely with malformed content, also in a stream."""
    loopback.behave(text="a b", faults=[{**fault, "times": 2}])
    assert ask(loopback).json()["choices"] == choices
    chunks = stream(loopback)
    assert [choice["finish_reason"] for choice in choices] == [
        c["finish_reason"] for c in chunks[-1]["choices"]
    ]
    if choices and choices[0]["text"]:
        assert text_of(chunks) == choices[0]["text"]
    else:
        assert all(chunk["choices"] == [] or chunk["choices"][0]["text"] is None for chunk in chunks)


def test_separators_are_unescaped_in_the_json(loopback: Loopback) -> None:
    """Characters that some parsers treat as line ends are sent unescaped."""
    loopback.behave(text="ab", faults=[{"kind": "separators"}])
    response = ask(loopback, stream=True)
    assert "\u2028".encode() in response.content
    assert "\u0085".encode() in response.content
    assert (
        json.loads(response.text.split("\n\n")[0].removeprefix("data: "))["choices"][0]["text"][1] == "\u2028"
    )


@pytest.mark.parametrize(
    ("kind", "streamed", "part"),
    [
        ("keep-alive", True, ": keep-alive\n\n: keep-alive\n\ndata: {"),
        ("blank-lines", False, '\n\n{"id"'),
        ("garbage", True, "data: {not json}\n\n"),
        ("crlf", True, "\r\n\r\ndata: [DONE]\r\n\r\n"),
    ],
)
def test_comments_and_garbage_are_sent(loopback: Loopback, kind: str, streamed: bool, part: str) -> None:
    """Comments, blank lines and garbage arrive, and the answer is complete nevertheless."""
    loopback.behave(text="a b", faults=[{"kind": kind, "ms": 20, "interval_ms": 10}])
    response = ask(loopback, stream=streamed)
    assert part in response.content.decode("utf-8", "replace")
    assert b'"a"' in response.content or b'"a b"' in response.content


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("answered", ["whole", "streamed", "empty", "refused", "models"])
def test_every_fault_applies_to_every_answer(loopback: Loopback, kind: str, answered: str) -> None:
    """Any answer ends like a real one: with a body, or with an error of the connection."""
    text = "" if answered == "empty" else "a b c"
    loopback.behave(text=text, faults=[{"kind": kind, "ms": 2, "interval_ms": 1, "after": 1, "path": "any"}])
    method, path = ("GET", "/models") if answered == "models" else ("POST", "/beta/completions")
    body = {**FIB, "stream": answered != "whole", "max_tokens": 0 if answered == "refused" else 9}
    try:
        with httpx.stream(method, loopback.url + path, json=body, headers=HEADERS, **DIRECT) as response:
            ended = kind == "stall" or response.read() is not None
    except httpx.TransportError:
        ended = kind in BREAKS
    assert ended
    call = loopback.log(1, idle=True)[0]
    assert call["faults"] == [kind]
    assert call["end"] == ("aborted" if kind == "stall" else "cut" if kind in BREAKS else "finished")


def test_stream_can_end_without_done(loopback: Loopback) -> None:
    """Only the end of the body marks the end."""
    loopback.fail("no-done")
    assert "[DONE]" not in ask(loopback, stream=True).text


def test_stream_can_contain_an_error(loopback: Loopback) -> None:
    """After some tokens and a status of 200, an error's object is the last event."""
    loopback.behave(text="a b c", faults=[{"kind": "error-event", "after": 2}])
    chunks = stream(loopback)
    assert text_of(chunks[:-1]) == "a b"
    assert chunks[-1]["error"]["message"].startswith("Internal Server Error")


def test_byte_by_byte_stream(loopback: Loopback) -> None:
    """A token and a character arrive in pieces."""
    loopback.behave(text="é漢", faults=[{"kind": "bytes"}])
    with httpx.Client(**DIRECT) as client:
        url, body = f"{loopback.url}/beta/completions", {**FIB, "stream": True}
        with client.stream("POST", url, json=body, headers=HEADERS) as response:
            sizes = [len(part) for part in response.iter_raw()]
    assert set(sizes) == {1}
    assert text_of(stream(loopback)) == "é漢"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "close"}, httpx.RemoteProtocolError),
        ({"kind": "half-head"}, httpx.RemoteProtocolError),
        ({"kind": "cut", "after": 2}, httpx.RemoteProtocolError),
        ({"kind": "cut", "final": True}, httpx.RemoteProtocolError),
        ({"kind": "mid-chunk", "after": 1}, httpx.RemoteProtocolError),
        ({"kind": "reset", "after": 1}, httpx.ReadError),
    ],
)
def test_connection_ends_before_the_answer(
    loopback: Loopback, fault: Any, error: type[httpx.HTTPError]
) -> None:
    """The connection ends before the answer, and the log names the fault."""
    loopback.behave(text="a b c", faults=[fault])
    with pytest.raises(error):
        ask(loopback, stream=True)
    assert loopback.log(1, idle=True)[0]["end"] == "cut"


@pytest.mark.parametrize(
    ("fault", "text", "finished"),
    [
        ({"kind": "cut"}, "", False),
        ({"kind": "cut", "after": 2}, "a b", False),
        ({"kind": "cut", "final": True}, "a b c", True),
        ({"kind": "stall", "after": 1}, "a", False),
        ({"kind": "stall", "after": 3}, "a b c", False),
        ({"kind": "mid-chunk", "after": 1}, "a", False),
    ],
)
def test_tokens_before_an_interruption(loopback: Loopback, fault: Any, text: str, finished: bool) -> None:
    """The set number of tokens arrives; the final chunk only if that is set."""
    loopback.behave(text="a b c", faults=[fault])
    events = [json.loads(line[6:]) for line in read_until(loopback, len(pieces(text)) + finished)]
    assert text_of(events) == text
    assert any(event["choices"][0]["finish_reason"] for event in events) == finished
    assert loopback.log(1, idle=True)[0]["tokens"] == len(pieces(text))


def read_until(loopback: Loopback, events: int) -> list[str]:
    """Return the first `events` events of a stream, and close it."""
    lines: list[str] = []
    url, body = f"{loopback.url}/beta/completions", {**FIB, "stream": True}
    with httpx.stream("POST", url, json=body, headers=HEADERS, **DIRECT) as response:
        for line in response.iter_lines() if events else ():
            lines += [line] if line else []
            if len(lines) == events:
                break
    return lines


# --- Logs and statistics


def test_calls_share_a_connection(loopback: Loopback) -> None:
    """Connections are kept alive, and counted without those of the test itself."""
    with httpx.Client(headers=HEADERS, **DIRECT) as client:
        for streamed in (True, False, True):
            client.post(f"{loopback.url}/beta/completions", json={**FIB, "stream": streamed})
        client.get(f"{loopback.url}/nowhere")
        stats = loopback.stats()
    assert (stats["calls"], stats["completions"], stats["errors"], stats["connections_opened"]) == (
        4,
        3,
        1,
        1,
    )
    assert len(loopback.log(3, path="/completions")) == 3
    assert len({call["connection"] for call in loopback.log()}) == 1


def test_disconnected_client_is_detected(loopback: Loopback) -> None:
    """A closed stream ends at once, and its other tokens are not billed."""
    loopback.behave(text="a b c d e f", token_ms=60_000)
    assert len(read_until(loopback, 1)) == 1
    call = loopback.log(1, idle=True)[0]
    assert (call["end"], call["tokens"], call["usage"]["completion_tokens"]) == ("aborted", 1, 6)
    assert call["arrived"] <= call["first_token"] <= call["ended"]
    stats = loopback.stats()
    assert (stats["aborted"], stats["tokens_streamed"]) == (1, 1)
    assert stats["tokens_billed"] == call["usage"]["prompt_tokens"] + 1


def test_client_that_disconnects_before_a_complete_answer_is_billed(loopback: Loopback) -> None:
    """The text that the model wrote until then is billed, although it was not sent."""
    loopback.behave(text="a b c", faults=[{"kind": "stall", "after": 2}])
    with httpx.stream("POST", f"{loopback.url}/beta/completions", json=FIB, headers=HEADERS, **DIRECT):
        assert any(loopback.log()[0]["tokens"] == 2 for _ in range(1_000))
    call = loopback.log(1, idle=True)[0]
    assert (call["end"], call["tokens"], call["bytes"]) == ("aborted", 2, 0)


def test_log_has_the_request(loopback: Loopback) -> None:
    """A call's record has the body, the masked key, and the outcome."""
    loopback.behave(text="a b", faults=[{"kind": "crlf"}])
    response = ask(loopback, stream=True)
    call = loopback.log(1, idle=True)[0]
    assert call["body"] == {**FIB, "stream": True}
    assert (call["method"], call["path"], call["authorization"]) == (
        "POST",
        "/beta/completions",
        "sk-...3750",
    )
    assert (call["status"], call["end"], call["tokens"], call["faults"]) == (200, "finished", 2, ["crlf"])
    assert call["bytes"] == len(response.content)


def test_reset_clears_the_state(loopback: Loopback) -> None:
    """After a reset it answers as at its start, and the log and the prompt cache are empty."""
    for _ in range(2):
        loopback.behave(text=["one", "two"], faults=[{"kind": "crlf", "times": 0}], documents=["x"], key=KEY)
        loopback.behave(documents=[])
        answer = ask(loopback, prompt=SOURCE).json()
        assert answer["choices"][0]["text"] == "one"
        assert answer["usage"]["prompt_cache_hit_tokens"] == 0
        loopback.reset()
        assert (loopback.log(), loopback.stats()["calls"]) == ([], 0)
        assert ask(loopback).json()["choices"][0]["text"] == "answer = 42"
        loopback.reset()


def test_texts_answer_in_turn(loopback: Loopback) -> None:
    """Several texts answer one call after the other."""
    loopback.behave(text=["one", "two"])
    assert [ask(loopback).json()["choices"][0]["text"] for _ in range(3)] == ["one", "two", "one"]


@pytest.mark.parametrize(
    "changes",
    [
        {"txet": "a"},
        {"lines": "3"},
        {"faults": [{"kind": "flood"}]},
        {"truth": ["no/such/file"]},
        {"echo": "all"},
    ],
)
def test_unknown_field_is_refused(loopback: Loopback, changes: Any) -> None:
    """A field, value or file that does not exist is an error of the test, and reported."""
    with pytest.raises(ValueError, match=r"txet|int|flood|no/such/file|all|echo"):
        loopback.behave(**changes)
    assert ask(loopback).json()["choices"][0]["text"] == "answer = 42"


def test_wait_for_the_log_has_a_timeout(loopback: Loopback) -> None:
    """The wait for a longer log has a timeout; a malformed request is refused."""
    url = f"{loopback.url}/control/log"
    statuses = [
        httpx.get(url, params={"calls": calls, "timeout_ms": 1}, **DIRECT).status_code for calls in "01x"
    ]
    assert statuses == [200, 504, 400]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_dozens_of_streams_run_at_once(loopback: Loopback) -> None:
    """Each token comes when it is due, for any number of streams: delays do not add up."""
    loopback.behave(text="a " * 20, first_token_ms=40, token_ms=10)
    due = 40 + 10 * count("a " * 20)
    async with httpx.AsyncClient(**DIRECT, limits=httpx.Limits(max_connections=50)) as client:
        async with anyio.create_task_group() as group:
            for _ in range(40):
                group.start_soon(_read_all, client, loopback.url)
        calls = loopback.log(40, idle=True)
    took = [call["ended"] - call["arrived"] for call in calls]
    assert min(took) >= due
    assert max(call["ended"] for call in calls) - min(call["arrived"] for call in calls) < sum(took) / 4
    assert len({call["connection"] for call in calls}) == 40


async def _read_all(client: httpx.AsyncClient, url: str) -> None:
    await client.post(f"{url}/beta/completions", json={**FIB, "stream": True}, headers=HEADERS)


# --- The process


def test_files_of_the_command_line_are_served(tmp_path: Path) -> None:
    """On the command line, it is one command, which ends with its standard input."""
    (tmp_path / "twins.py").write_text(TWINS, "utf-8")
    with Loopback("--truth", str(tmp_path / "twins.py"), "--lines=1", "--fault=crlf") as process:
        assert (
            ask(process, prompt="def sum(a, b):\n    ", suffix="").json()["choices"][0]["text"]
            == "total = a + b"
        )
        assert process.log()[0]["faults"] == ["crlf"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that asks a process to end")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_ends_at_a_signal(number: signal.Signals) -> None:
    """It prints its address and its usage, and ends in order after a signal."""
    command = [sys.executable, "-m", "tests.loopback"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        process.send_signal(number)
        assert process.wait(10) == 0
    assert lines[0].startswith("listening on http://127.0.0.1:")
    assert "MIDFILL_BASE_URL=http://127.0.0.1:" in lines[1]


def test_wrong_option_is_reported() -> None:
    """A mistake on the command line ends it with one sentence and no traceback."""
    command = [sys.executable, "-m", "tests.loopback", "--behave", '{"txet": "a"}']
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1], timeout=10)
    assert done.returncode == 1
    assert done.stderr.startswith("loopback: ")
    assert "txet" in done.stderr
