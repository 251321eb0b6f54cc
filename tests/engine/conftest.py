"""Engine tests run in virtual time, and leave nothing running."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.clock import JumpingLoop
from tests.engine.desk import Desk


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    """Run on the loop whose clock jumps."""
    return "asyncio", {"loop_factory": JumpingLoop}


@pytest.fixture
async def sit() -> AsyncIterator[Callable[..., Desk]]:
    """Return a function that makes a desk; at the end its engine is closed, and each call must be over."""
    desks: list[Desk] = []

    def sit(*args: object, **options: object) -> Desk:
        desks.append(Desk(*args, **options))  # type: ignore[arg-type]
        return desks[-1]

    yield sit
    for desk in desks:
        await desk.engine.close()
    await asyncio.sleep(0.001)
    assert not [call for desk in desks for call in desk.calls if call.over is None]
    assert not [task for task in asyncio.all_tasks() if "TestRunner" not in repr(task.get_coro())]
