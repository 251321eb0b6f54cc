"""The formats of next edits: a chat that ends with the rewritten region, or with the edits as JSON."""

from typing import Any

from midfill.backends.api_identity import ApiIdentity
from midfill.backends.completions import AnswerReader, encoded
from midfill.backends.wire_format import RequestParameters, ResponseReader
from midfill.core.model import BackendRequest


class RewriteChatFormat:
    """A chat of the instructions, if there are any, and one message.

    Args:
        begun: the model continues its last message (DeepSeek's chat prefix completion, beta), and does not reason.
        streams: whether the answer is streamed; Inception's edit endpoint gives it in one piece.
    """

    def __init__(self, *, begun: bool = False, streams: bool = True) -> None:
        self._begun = begun
        self._streams = streams

    def body(self, request: BackendRequest, parameters: RequestParameters) -> bytes:
        """Return the JSON of a request."""
        prompt = request.prompt
        messages: list[dict[str, Any]] = [{"role": "user", "content": prompt.prefix}]
        if prompt.context:
            messages.insert(0, {"role": "system", "content": prompt.context})
        if self._begun and request.required_start:
            messages.append({"role": "assistant", "content": request.required_start, "prefix": True})
        fields: dict[str, Any] = {
            "model": parameters.model,
            "messages": messages,
            "max_tokens": parameters.max_tokens(request.limits),
        }
        if self._streams:
            fields |= {"temperature": parameters.temperature_of(request.limits), "stream": True}
            fields |= {"stream_options": {"include_usage": True}}
        if request.json:
            fields["response_format"] = {"type": "json_object"}
        if stops := parameters.stops(request.limits):
            fields["stop"] = stops
        if self._begun:
            fields["thinking"] = {"type": "disabled"}
        return encoded(fields)

    def reader(self, identity: ApiIdentity) -> ResponseReader:
        """Return the reader of the answer."""
        return AnswerReader(identity)
