"""Reads an answer part by part, until its deadline."""

import asyncio
from typing import TYPE_CHECKING

from midfill.backends.api_errors import timeout_error
from midfill.backends.deadlines import Deadlines
from midfill.backends.wire_format import ResponseReader
from midfill.core.answer_start import AnswerStart
from midfill.core.model import BackendError, Chunk

if TYPE_CHECKING:  # The HTTP client is imported in a thread.
    from midfill.backends.http import StreamedResponse


def now() -> float:
    """Return the time of the loop's clock in seconds, which all deadlines use."""
    return asyncio.get_running_loop().time()


def chunks_at_cursor(reader: ResponseReader, part: bytes, start: AnswerStart) -> list[Chunk]:
    """Return the chunks of `part`, fitted to the cursor at the answer's start; without a part, the remaining text."""
    chunks = []
    for chunk in reader.feed(part) if part else reader.end():
        text = start.feed(chunk.text)
        if chunk.finish_reason is not None:
            text += start.end()
        chunks.append(chunk._replace(text=text, thinks=chunk.thinks or start.is_reasoning))
    if not part and (rest := start.end()):
        chunks.append(Chunk(rest))
    return chunks


async def next_part(answer: "StreamedResponse", deadlines: Deadlines) -> bytes:
    """Return the next bytes of `answer`, empty at its end. Raises BackendError only before any text."""
    try:
        async with asyncio.timeout(deadlines.until - now()):
            return await answer.read()
    except TimeoutError:
        failure = timeout_error(answer.identity.host)
    except BackendError as error:
        failure = error
    if not deadlines.begun and not deadlines.finished:
        raise failure
    return b""
