"""The embedded engine as a backend."""

import threading

import pytest

from midfill.backends import embedded
from midfill.backends.embedded import EmbeddedBackend
from midfill.core.cursor import Cursor
from midfill.core.lookup import Memory, memory_of_files
from midfill.core.model import AnswerLimits, Backend, BackendRequest, Chunk, Prompt

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def request(head: str, above: tuple[str, ...] = (), uri: str = "file:///a.py") -> BackendRequest:
    return BackendRequest(
        cursor=Cursor(uri=uri, above=above, head=head), prompt=Prompt(head, ""), limits=AnswerLimits()
    )


async def answer(backend: Backend, asked: BackendRequest) -> list[Chunk]:
    return [chunk async for chunk in backend.stream(asked)]


class FakeNeighbours:
    """Counts the requests for neighbours, and records their thread."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.asked: list[str] = []
        self.threads: set[int] = set()

    def find_memories(self, uri: str) -> tuple[Memory, ...]:
        self.asked.append(uri)
        self.threads.add(threading.get_ident())
        return (memory_of_files([(f"{index}.py", text) for index, text in enumerate(self.texts)]),)


async def test_embedded_answer_is_one_free_chunk() -> None:
    """An answer is one finished chunk, and names the engine as its model."""
    backend: Backend = EmbeddedBackend()
    asked = request("self.assert", ("    self.assertTrue(x)\n",) * 3)
    assert await answer(backend, asked) == [Chunk("True(x)", finish_reason="stop", usage=None, model="local")]
    assert (backend.name, backend.paid) == ("local", False)


async def test_embedded_answer_may_be_empty() -> None:
    """Without a match, the answer is empty and finished."""
    assert await answer(EmbeddedBackend(), request("nothing of the kind ")) == [
        Chunk("", finish_reason="stop", model="local")
    ]


async def test_neighbours_are_read_in_a_thread() -> None:
    """Text of neighbouring files is an answer, and the event loop does not read the files."""
    shelf = FakeNeighbours("x = open_store(path)\ny = open_store(path)\n")
    assert (await answer(EmbeddedBackend(shelf.find_memories), request("z = open_st")))[0].text == "ore"
    assert shelf.threads
    assert threading.get_ident() not in shelf.threads


async def test_neighbours_are_cached_for_a_while() -> None:
    """They are read for the first call in a file, and again when they are old."""
    now = 100.0
    shelf = FakeNeighbours("text")
    backend = EmbeddedBackend(shelf.find_memories, clock=lambda: now)
    for _ in range(3):
        await answer(backend, request("x"))
    assert len(shelf.asked) == 1
    now += embedded.LOOKUP_INTERVAL_S + 1
    await answer(backend, request("x"))
    assert len(shelf.asked) == 2


async def test_number_of_cached_neighbours_is_limited() -> None:
    """The neighbours of a few open files are kept, and none after closing."""
    shelf = FakeNeighbours("text")
    backend = EmbeddedBackend(shelf.find_memories)
    for index in range(embedded.MAX_FILES + 1):
        await answer(backend, request("x", uri=f"file:///{index}.py"))
    await answer(backend, request("x", uri=f"file:///{embedded.MAX_FILES}.py"))
    assert len(shelf.asked) == embedded.MAX_FILES + 1
    await answer(backend, request("x", uri="file:///0.py"))
    assert len(shelf.asked) == embedded.MAX_FILES + 2
    await backend.warm()
    await backend.close()
    await answer(backend, request("x", uri="file:///0.py"))
    assert len(shelf.asked) == embedded.MAX_FILES + 3
