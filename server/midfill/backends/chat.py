"""Chat formats: a chat whose last message the model continues, and a chat with instructions."""

from typing import Any, Final

from midfill.backends.api_identity import ApiIdentity
from midfill.backends.completions import AnswerReader, encoded
from midfill.backends.wire_format import RequestParameters, ResponseReader
from midfill.core.model import BackendRequest

_FENCE: Final = "```"
_CURSOR: Final = "<|cursor|>"
_REASONING_TOKENS: Final = 4096
"""Tokens added to `max_tokens` for the model's reasoning; without them its answer would be empty."""

_GO_ON: Final = (
    "You complete code in an editor. Your message begins with the code before the cursor: go on exactly there, with "
    "nothing but the code that is missing between it and the code after the cursor, and then close the fence."
)
_FILL_IN: Final = (
    f"You complete code in an editor. In the user's file the cursor is at {_CURSOR}. Answer with nothing but the text "
    f"that belongs there, in one fence ({_FENCE}): do not repeat what stands before or after it, and explain nothing."
)


class ChatPrefixFormat:
    """DeepSeek's chat prefix completion (beta): for models and regions without FIM.

    A model that may reason first, or that has answered here before, gets a plain chat. The API rejects reasoning that
    is sent with the start of an answer.
    """

    def body(self, request: BackendRequest, parameters: RequestParameters) -> bytes:
        """Return the JSON of a request."""
        thinks = parameters.thinks(request.limits)
        messages = _instructions(request) if parameters.instructs(request) else _prefix_chat(request)
        fields = _fields(messages, request, parameters)
        return encoded({**fields, "thinking": {"type": "enabled" if thinks else "disabled"}})

    def reader(self, identity: ApiIdentity) -> ResponseReader:
        """Return the reader of the answer."""
        return AnswerReader(identity)


class InstructedChatFormat:
    """Any chat model: it is instructed to write the text at the cursor."""

    def body(self, request: BackendRequest, parameters: RequestParameters) -> bytes:
        """Return the JSON of a request."""
        fields = _fields(_instructions(request), request, parameters)
        if parameters.thinks(request.limits):
            fields["reasoning_effort"] = "medium"
        return encoded(fields)

    def reader(self, identity: ApiIdentity) -> ResponseReader:
        """Return the reader of the answer."""
        return AnswerReader(identity)


def _fields(
    messages: list[dict[str, Any]], request: BackendRequest, parameters: RequestParameters
) -> dict[str, Any]:
    limits = request.limits
    thinks = parameters.thinks(limits)
    own = () if messages[-1]["role"] == "user" else (_FENCE,)
    fields: dict[str, Any] = {
        "model": parameters.model,
        "messages": messages,
        "max_tokens": parameters.max_tokens(limits) + (_REASONING_TOKENS if thinks else 0),
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if not thinks:  # Reasoning models do not support a temperature.
        fields["temperature"] = parameters.temperature_of(limits)
    if stops := parameters.stops(limits, *own):
        fields["stop"] = stops
    return fields


def _prefix_chat(request: BackendRequest) -> list[dict[str, Any]]:
    """Return a chat whose last message is the start of the answer: a fence with the code before the cursor."""
    suffix = request.prompt.suffix
    below = f"The code after the cursor is:\n{_FENCE}\n{suffix}\n{_FENCE}\n" if suffix.strip() else ""
    return [
        {"role": "system", "content": _GO_ON},
        {"role": "user", "content": f"{_files(request)}{below}Complete the code."},
        {"role": "assistant", "content": f"{_fence(request)}\n{request.prompt.full_prefix}", "prefix": True},
    ]


def _instructions(request: BackendRequest) -> list[dict[str, Any]]:
    """Return a chat with instructions and the earlier answers at this place, so that the model writes another one."""
    prompt = request.prompt
    code = f"{_fence(request)}\n{prompt.full_prefix}{_CURSOR}{prompt.suffix}\n{_FENCE}"
    messages = [
        {"role": "system", "content": _FILL_IN},
        {"role": "user", "content": f"{_files(request)}{code}"},
    ]
    for earlier in request.earlier:
        messages.append({"role": "assistant", "content": f"{_FENCE}\n{earlier}\n{_FENCE}"})
        messages.append({"role": "user", "content": "Not that. Write another completion for the same place."})
    return messages


def _fence(request: BackendRequest) -> str:
    language = request.cursor.language
    return _FENCE + (language if language.isalnum() else "")


def _files(request: BackendRequest) -> str:
    return "".join(f"{path}:\n{_FENCE}\n{text}\n{_FENCE}\n\n" for path, text in request.files)
