"""Reads an answer part by part, until its deadline."""

import asyncio
from typing import TYPE_CHECKING

from midfill.backends.api_errors import timed_out
from midfill.backends.deadlines import Deadlines
from midfill.backends.wire_format import ResponseReader
from midfill.core.answer_start import AnswerStart
from midfill.core.model import Chunk, ModelError

if TYPE_CHECKING:  # The HTTP client is imported in a thread.
    from midfill.backends.http import StreamedResponse


def now() -> float:
    """Return the time of the loop's clock in seconds, which all deadlines use."""
    return asyncio.get_running_loop().time()


def fitted_to_cursor(reader: ResponseReader, part: bytes, start: AnswerStart) -> list[Chunk]:
    """Return the chunks of `part`, fitted to the cursor at the answer's start; without a part, the remaining text."""
    chunks = []
    for chunk in reader.feed(part) if part else reader.end():
        text = start.feed(chunk.text)
        if chunk.finish is not None:
            text += start.end()
        chunks.append(chunk._replace(text=text, thinks=chunk.thinks or start.thinks))
    if not part and (rest := start.end()):
        chunks.append(Chunk(rest))
    return chunks


async def next_part(answer: "StreamedResponse", deadlines: Deadlines) -> bytes:
    """Return the next bytes of `answer`, empty at its end. Raises ModelError only before any text."""
    try:
        async with asyncio.timeout(deadlines.until - now()):
            return await answer.read()
    except TimeoutError:
        failure = timed_out(answer.caller.host)
    except ModelError as error:
        failure = error
    if not deadlines.begun and not deadlines.finished:
        raise failure
    return b""
