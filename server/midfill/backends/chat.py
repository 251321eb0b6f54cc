"""Chat formats: a chat whose last message the model continues, and a chat with instructions."""

from typing import Any, Final

from midfill.backends.caller import ApiIdentity
from midfill.backends.completions import AnswerReader, encoded
from midfill.backends.wire_format import Parameters, ResponseReader
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


class ChatPrefix:
    """DeepSeek's chat prefix completion (beta): for models and regions without FIM.

    A model that may reason first, or that has answered here before, gets a plain chat. The API rejects reasoning that
    is sent with the start of an answer.
    """

    def body(self, question: BackendRequest, parameters: Parameters) -> bytes:
        """Return the JSON of a request."""
        thinks = parameters.thinks(question.limits)
        messages = _instructions(question) if parameters.instructs(question) else _prefix_chat(question)
        fields = _fields(messages, question, parameters)
        return encoded({**fields, "thinking": {"type": "enabled" if thinks else "disabled"}})

    def reader(self, caller: ApiIdentity) -> ResponseReader:
        """Return the reader of the answer."""
        return AnswerReader(caller)


class InstructedChat:
    """Any chat model: it is instructed to write the text at the cursor."""

    def body(self, question: BackendRequest, parameters: Parameters) -> bytes:
        """Return the JSON of a request."""
        fields = _fields(_instructions(question), question, parameters)
        if parameters.thinks(question.limits):
            fields["reasoning_effort"] = "medium"
        return encoded(fields)

    def reader(self, caller: ApiIdentity) -> ResponseReader:
        """Return the reader of the answer."""
        return AnswerReader(caller)


def _fields(
    messages: list[dict[str, Any]], question: BackendRequest, parameters: Parameters
) -> dict[str, Any]:
    limits = question.limits
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


def _prefix_chat(question: BackendRequest) -> list[dict[str, Any]]:
    """Return a chat whose last message is the start of the answer: a fence with the code before the cursor."""
    suffix = question.prompt.suffix
    below = f"The code after the cursor is:\n{_FENCE}\n{suffix}\n{_FENCE}\n" if suffix.strip() else ""
    return [
        {"role": "system", "content": _GO_ON},
        {"role": "user", "content": f"{_files(question)}{below}Complete the code."},
        {"role": "assistant", "content": f"{_fence(question)}\n{question.prompt.head}", "prefix": True},
    ]


def _instructions(question: BackendRequest) -> list[dict[str, Any]]:
    """Return a chat with instructions and the earlier answers at this place, so that the model writes another one."""
    prompt = question.prompt
    code = f"{_fence(question)}\n{prompt.head}{_CURSOR}{prompt.suffix}\n{_FENCE}"
    messages = [
        {"role": "system", "content": _FILL_IN},
        {"role": "user", "content": f"{_files(question)}{code}"},
    ]
    for earlier in question.earlier:
        messages.append({"role": "assistant", "content": f"{_FENCE}\n{earlier}\n{_FENCE}"})
        messages.append({"role": "user", "content": "Not that. Write another completion for the same place."})
    return messages


def _fence(question: BackendRequest) -> str:
    language = question.cursor.language
    return _FENCE + (language if language.isalnum() else "")


def _files(question: BackendRequest) -> str:
    return "".join(f"{path}:\n{_FENCE}\n{text}\n{_FENCE}\n\n" for path, text in question.files)
