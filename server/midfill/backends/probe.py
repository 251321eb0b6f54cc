"""One real, timed call, for `midfill doctor`."""

from time import monotonic
from typing import Final, NamedTuple

from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, Backend, BackendRequest, Prompt, Usage

_REQUEST: Final = BackendRequest(
    cursor=Cursor(language="python", above=("def add(a, b):\n",), head="    return ", eol="\n"),
    prompt=Prompt("def add(a, b):\n    return ", "\n"),
    limits=AnswerLimits(scope="line", max_lines=1, max_tokens=16, manual=True),
)


class Probe(NamedTuple):
    """The result of one call. Times in seconds; they include connecting if the backend is not warm."""

    text: str
    model: str
    """The model named in the answer."""
    first_text: float | None
    """Seconds until the first text; None without text."""
    total: float
    usage: Usage | None


async def probe(backend: Backend) -> Probe:
    """Ask `backend` to complete a one-line function, some 20 tokens in total. Raises BackendError."""
    began = monotonic()
    text, model = "", ""
    first: float | None = None
    usage: Usage | None = None
    async for chunk in backend.stream(_REQUEST):
        if chunk.text and first is None:
            first = monotonic() - began
        text += chunk.text
        model = chunk.model or model
        usage = chunk.usage or usage
    return Probe(text, model, first, monotonic() - began, usage)
