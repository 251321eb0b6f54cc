"""Calls of a backend, for these tests."""

from midfill.backends.remote import RemoteBackend
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendError, BackendRequest, Chunk, Prompt

KEY = "sk-" + "0a" * 14 + "7f3c"

REQUEST = BackendRequest(
    cursor=Cursor(), prompt=Prompt("def add(a, b):\n    return ", "\n"), limits=AnswerLimits()
)


async def answer(backend: RemoteBackend, request: BackendRequest = REQUEST) -> list[Chunk]:
    """Return all chunks of an answer."""
    return [chunk async for chunk in backend.stream(request)]


async def refusal(backend: RemoteBackend, request: BackendRequest = REQUEST) -> BackendError:
    """Return the error of a call."""
    try:
        chunks = await answer(backend, request)
    except BackendError as error:
        return error
    raise AssertionError(f"answered: {chunks}")


def text(chunks: list[Chunk]) -> str:
    """Return the text of an answer."""
    return "".join(chunk.text for chunk in chunks)
