"""Calls of a backend, for these tests."""

from midfill.backends.remote import RemoteBackend
from midfill.core.cursor import Cursor
from midfill.core.model import Ask, Chunk, ModelError, Prompt, Question

KEY = "sk-" + "0a" * 14 + "7f3c"

QUESTION = Question(cursor=Cursor(), prompt=Prompt("def add(a, b):\n    return ", "\n"), ask=Ask())


async def answer(backend: RemoteBackend, question: Question = QUESTION) -> list[Chunk]:
    """Return all chunks of an answer."""
    return [chunk async for chunk in backend.stream(question)]


async def refusal(backend: RemoteBackend, question: Question = QUESTION) -> ModelError:
    """Return the error of a call."""
    try:
        chunks = await answer(backend, question)
    except ModelError as error:
        return error
    raise AssertionError(f"answered: {chunks}")


def text(chunks: list[Chunk]) -> str:
    """Return the text of an answer."""
    return "".join(chunk.text for chunk in chunks)
