"""The bodies of requests in each wire format, and what decides about their fields."""

import json
from dataclasses import replace
from typing import Any

import pytest

from midfill.backends.chat import ChatPrefixFormat, InstructedChatFormat
from midfill.backends.completions import CompletionsFormat
from midfill.backends.formats import FORMATS
from midfill.backends.llamacpp import InfillFormat, grammar
from midfill.backends.ollama import OllamaFormat
from midfill.backends.remote_options import RemoteOptions, is_paid, parameters_of
from midfill.backends.rewrite_chat import RewriteChatFormat
from midfill.backends.wire_format import ALTERNATIVES_TEMPERATURE, RequestParameters, WireFormat
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendRequest, Prompt
from midfill.core.providers import EDIT_PROVIDERS, PROVIDERS
from midfill.core.templates import TEMPLATES, Template, TemplateFile

FILES = (TemplateFile("b.py", "B = 1\n"),)
REQUEST = BackendRequest(
    cursor=Cursor(language="python", uri="file:///x/a.py"),
    prompt=Prompt("def f():\n    return ", "\nf()\n", "# a.py\n"),
    limits=AnswerLimits(max_tokens=64),
)
TEMPLATE = Template(
    prompt="{files}<{path}>{prefix}|{suffix}", stop=("<E>",), file="[{path}]{text}", fills_in=False
)


def body(form: WireFormat, request: BackendRequest = REQUEST, name: str = "", **given: Any) -> dict[str, Any]:
    """Return the fields of a request."""
    provider = PROVIDERS[name or "deepseek-chat"]
    sent = form.body(request, RequestParameters(provider=provider, **({"model": "m"} | given)))
    fields: dict[str, Any] = json.loads(sent)
    return fields


STREAMED = {"model": "m", "stream": True, "stream_options": {"include_usage": True}}
GO_ON = (
    "You complete code in an editor. Your message begins with the code before the cursor: go on exactly there, with "
    "nothing but the code that is missing between it and the code after the cursor, and then close the fence."
)
FILL_IN = (
    "You complete code in an editor. In the user's file the cursor is at <|cursor|>. Answer with nothing but the text "
    "that belongs there, in one fence (```): do not repeat what stands before or after it, and explain nothing."
)
CODE = "```python\n# a.py\ndef f():\n    return <|cursor|>\nf()\n\n```"


def test_chat_that_the_model_continues() -> None:
    """Its last message is the code before the cursor in a fence, which the model closes."""
    assert body(ChatPrefixFormat(), replace(REQUEST, files=FILES)) == STREAMED | {
        "messages": [
            {"role": "system", "content": GO_ON},
            {
                "role": "user",
                "content": "b.py:\n```\nB = 1\n\n```\n\nThe code after the cursor is:\n```\n\nf()\n\n```\n"
                "Complete the code.",
            },
            {"role": "assistant", "content": "```python\n# a.py\ndef f():\n    return ", "prefix": True},
        ],
        "max_tokens": 64,
        "temperature": 0.0,
        "stop": ["```"],
        "thinking": {"type": "disabled"},
    }


@pytest.mark.parametrize(("language", "fence"), [("rust", "```rust\n"), ("", "```\n"), ("a`b", "```\n")])
@pytest.mark.parametrize("suffix", ["", " \n"])
def test_chat_at_the_end_of_a_file(language: str, fence: str, suffix: str) -> None:
    """Blanks after the cursor are left out; a language that is no word does not follow the fence."""
    request = replace(REQUEST, cursor=Cursor(language=language), prompt=Prompt("a", suffix))
    _, user, begun = body(ChatPrefixFormat(), request)["messages"]
    assert user["content"] == "Complete the code."
    assert begun["content"] == f"{fence}a"


def test_chat_with_instructions() -> None:
    """The code with a mark at the cursor, after the other files; the answer ends by itself."""
    files = (*FILES, TemplateFile("c.py", "C = 1"))
    assert body(InstructedChatFormat(), replace(REQUEST, files=files), "openai-chat") == STREAMED | {
        "messages": [
            {"role": "system", "content": FILL_IN},
            {"role": "user", "content": f"b.py:\n```\nB = 1\n\n```\n\nc.py:\n```\nC = 1\n```\n\n{CODE}"},
        ],
        "max_tokens": 64,
        "temperature": 0.0,
    }


def test_chat_with_earlier_answers() -> None:
    """Each earlier answer is a message in a fence, and the next one asks for another."""
    for form in (ChatPrefixFormat(), InstructedChatFormat()):
        sent = body(form, replace(REQUEST, earlier=("1", "2")))
        assert sent["messages"][2:] == [
            {"role": "assistant", "content": "```\n1\n```"},
            {"role": "user", "content": "Not that. Write another completion for the same place."},
            {"role": "assistant", "content": "```\n2\n```"},
            {"role": "user", "content": "Not that. Write another completion for the same place."},
        ]
        assert "stop" not in sent


@pytest.mark.parametrize(
    ("manual", "think", "reasons"), [(True, True, True), (False, True, False), (True, False, False)]
)
def test_chat_that_reasons(manual: bool, think: bool, reasons: bool) -> None:
    """Only after a manual request and if the settings allow it: with 4,096 more tokens and no temperature."""
    request = replace(REQUEST, limits=AnswerLimits(max_tokens=64, manual=manual))
    prefix, chat = (body(form, request, think=think) for form in (ChatPrefixFormat(), InstructedChatFormat()))
    for sent in (prefix, chat):
        assert sent["max_tokens"] == 64 + 4096 * reasons
        assert ("temperature" in sent) is not reasons
    assert prefix["thinking"] == {"type": "enabled" if reasons else "disabled"}
    assert [message["role"] for message in prefix["messages"]] == [
        "system",
        "user",
        *["assistant"] * (not reasons),
    ]
    assert chat.get("reasoning_effort") == ("medium" if reasons else None)


@pytest.mark.parametrize(
    ("name", "manual", "earlier", "instructs"),
    [
        ("deepseek-chat", False, (), False),
        ("deepseek-chat", True, (), True),
        ("deepseek-chat", False, ("x",), True),
        ("openai-chat", False, (), True),
        ("openai", True, ("x",), False),
    ],
)
def test_chat_that_is_not_continued(
    name: str, manual: bool, earlier: tuple[str, ...], instructs: bool
) -> None:
    """A chat that reasons, has answered before or cannot be continued has instructions; other models are no chats."""
    request = replace(REQUEST, limits=AnswerLimits(manual=manual), earlier=earlier)
    parameters = RequestParameters(provider=PROVIDERS[name], model="m", think=True)
    assert parameters.instructs(request) is instructs
    assert parameters.chats is name.endswith("-chat")
    assert parameters.thinks(AnswerLimits(manual=True)) is name.endswith("-chat")


def test_ollama_request() -> None:
    """The server fills in its template, unless the settings name one, whose prompt is then complete."""
    plain = {"model": "m", "stream": True, "think": False, "keep_alive": "30m"}
    options = {"num_predict": 64, "temperature": 0.5}
    assert body(OllamaFormat(), temperature=0.5) == plain | {
        "options": options,
        "prompt": "# a.py\ndef f():\n    return ",
        "suffix": "\nf()\n",
    }
    assert body(
        OllamaFormat(), replace(REQUEST, files=FILES), temperature=0.5, template=TEMPLATE
    ) == plain | {
        "options": options | {"stop": ["<E>"]},
        "prompt": "[b.py]B = 1\n<a.py># a.py\ndef f():\n    return |\nf()\n",
        "raw": True,
    }


def test_infill_request() -> None:
    """The cursor's line is the prompt, the lines above the prefix; a required start is a grammar."""
    plain = {"model": "m", "n_predict": 64, "temperature": 0.0, "stream": True, "cache_prompt": True}
    request = replace(REQUEST, required_start="ret", files=FILES)
    assert body(InfillFormat(), request) == plain | {
        "input_prefix": "# a.py\ndef f():\n",
        "prompt": "    return ",
        "input_suffix": "\nf()\n",
        "input_extra": [{"filename": "b.py", "text": "B = 1\n"}],
        "grammar": 'root ::= "ret" .*',
    }
    assert body(InfillFormat(), REQUEST, template=TEMPLATE) == plain | {
        "prompt": "<a.py># a.py\ndef f():\n    return |\nf()\n",
        "stop": ["<E>"],
    }
    one_line = body(InfillFormat(), replace(REQUEST, prompt=Prompt("a", "")), model="")
    assert (one_line["input_prefix"], one_line["prompt"]) == ("", "a")
    assert "model" not in one_line


@pytest.mark.parametrize(
    ("start", "rule"),
    [("a b", '"a b"'), ('"\\', r'"\"\\"'), ("\n\t", r'"\n\t"'), (r"\n", r'"\\n"')],
)
def test_required_start_as_a_grammar(start: str, rule: str) -> None:
    """Quotes, backslashes, line ends and tabs are escaped."""
    assert grammar(start) == f"root ::= {rule} .*"


def test_completion_request() -> None:
    """An empty suffix is sent as the provider takes it; not every provider reports the tokens of a stream."""
    at_end = replace(REQUEST, prompt=Prompt("a", ""))
    assert body(CompletionsFormat(), at_end, "inception")["suffix"] == "<|endoftext|>"
    assert body(CompletionsFormat(), at_end, "deepseek")["suffix"] == ""
    assert "stream_options" not in body(CompletionsFormat(), at_end, "mistral")
    filled = body(CompletionsFormat(), REQUEST, "openai", template=TEMPLATE)
    assert filled["prompt"] == "<a.py># a.py\ndef f():\n    return |\nf()\n"
    assert "suffix" not in filled


EDIT = replace(REQUEST, prompt=Prompt("Rewrite", "", "Be brief"), required_start="```\n", json=True)


def test_next_edit_request() -> None:
    """The instructions are a message of their own; the start of the answer is sent where the model continues it."""
    system, user = {"role": "system", "content": "Be brief"}, {"role": "user", "content": "Rewrite"}
    begun = {"role": "assistant", "content": "```\n", "prefix": True}
    plain = {"model": "m", "max_tokens": 64, "response_format": {"type": "json_object"}, "stop": ["x"]}
    streamed = STREAMED | {"temperature": 0.0}
    assert body(FORMATS["rewrite"], EDIT, stop=("x",)) == plain | {"messages": [system, user]}
    assert body(FORMATS["rewrite-chat"], EDIT, stop=("x",)) == plain | streamed | {"messages": [system, user]}
    prefix = plain | streamed | {"messages": [system, user, begun], "thinking": {"type": "disabled"}}
    assert body(FORMATS["rewrite-prefix"], EDIT, stop=("x",)) == prefix
    bare = replace(EDIT, prompt=Prompt("Rewrite", ""), required_start="", json=False)
    assert body(RewriteChatFormat(begun=True), bare) == streamed | {
        "messages": [user],
        "max_tokens": 64,
        "thinking": {"type": "disabled"},
    }


@pytest.mark.parametrize(
    ("index", "own", "given", "sent"),
    [
        (0, 0.2, None, 0.2),
        (0, 0.2, 0.0, 0.0),
        (1, 0.2, None, ALTERNATIVES_TEMPERATURE),
        (2, 0.2, 1.5, 1.5),
        (1, 1.5, None, 1.5),
    ],
)
def test_temperature_of_a_request(index: int, own: float, given: float | None, sent: float) -> None:
    """A request's own temperature has priority; alternatives differ from each other."""
    limits = AnswerLimits(temperature=given, alternative_index=index)
    assert body(CompletionsFormat(), replace(REQUEST, limits=limits), temperature=own)["temperature"] == sent


def test_alternatives_vary_within_the_models_range() -> None:
    """At 0 all would be the same text; above 1 some services refuse."""
    sent = body(CompletionsFormat(), replace(REQUEST, limits=AnswerLimits(alternative_index=1)))
    assert 0.2 <= sent["temperature"] <= 1


def test_stop_texts_of_a_request() -> None:
    """The format's are first, then the request's, the user's and the template's, up to the provider's maximum."""
    request = replace(REQUEST, limits=AnswerLimits(stop=("a", "b")))
    parameters = RequestParameters(
        provider=PROVIDERS["openai"], model="m", stop=("b", "c"), template=TEMPLATES["codellama"]
    )
    assert parameters.stops(request.limits, "own") == ["own", "a", "b", "c"]
    assert parameters.stops(request.limits) == ["a", "b", "c", "<PRE>"]


@pytest.mark.parametrize(
    ("name", "template", "fills_in"),
    [("deepseek", None, True), ("deepseek-chat", None, False), ("deepseek", TEMPLATE, False),
     ("deepseek-chat", TEMPLATES["codellama"], True)],
)  # fmt: skip
def test_template_decides_where_the_model_can_fill_in(
    name: str, template: Template | None, fills_in: bool
) -> None:
    """Without one, the provider does."""
    assert RequestParameters(provider=PROVIDERS[name], model="", template=template).fills_in is fills_in


def test_parameters_from_the_options() -> None:
    """The provider's model and limits apply at its own address; another server may take more stop texts."""
    openai = RemoteOptions(provider=PROVIDERS["openai"], temperature=0.5, stop=("x",), think=True)
    found = parameters_of(openai)
    assert (found.model, found.provider.max_stops) == ("gpt-3.5-turbo-instruct", 4)
    assert (found.temperature, found.stop, found.think) == (0.5, ("x",), True)
    gateway = parameters_of(replace(openai, base_url="http://localhost:1", model="m"))
    assert (gateway.model, gateway.provider.max_stops) == ("m", 16)


@pytest.mark.parametrize(
    ("name", "template", "path"),
    [("llamacpp", None, "/infill"), ("llamacpp", TEMPLATE, "/completion"), ("openai", TEMPLATE, "/v1/completions")],
)  # fmt: skip
def test_endpoint_for_a_template(name: str, template: Template | None, path: str) -> None:
    """llama.cpp continues a complete prompt at another endpoint."""
    assert parameters_of(RemoteOptions(provider=PROVIDERS[name], template=template)).provider.path == path


@pytest.mark.parametrize(
    ("name", "base_url", "paid"),
    [
        ("openai", "", True),
        ("openai", "http://127.0.0.1:8000/v1", False),
        ("openai-chat", "localhost:8000", False),
        ("openai", "https://gateway.example", True),
        ("openai", "ftp://x", True),
        ("deepseek", "http://127.0.0.1:8000", True),
        ("ollama", "", False),
        ("ollama", "https://gateway.example", False),
    ],
)
def test_calls_that_cost_money(name: str, base_url: str, paid: bool) -> None:
    """A server on this machine with OpenAI's format is the user's own; a gateway to another service is not."""
    assert is_paid(RemoteOptions(provider=PROVIDERS[name], base_url=base_url)) is paid


def test_each_provider_has_a_format() -> None:
    """Of completions and of next edits."""
    assert {row.wire for row in (*PROVIDERS.values(), *EDIT_PROVIDERS.values())} == set(FORMATS)
