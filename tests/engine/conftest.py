"""Engine tests run in virtual time, and end all calls."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.clock import JumpingLoop
from tests.engine.simulated_editor import SimulatedEditor


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    """Run in virtual time."""
    return "asyncio", {"loop_factory": JumpingLoop}


@pytest.fixture
async def open_editor() -> AsyncIterator[Callable[..., SimulatedEditor]]:
    """Return a function that creates an editor; at the end its engine is closed, and each call must have ended."""
    editors: list[SimulatedEditor] = []

    def open_editor(*args: object, **options: object) -> SimulatedEditor:
        editors.append(SimulatedEditor(*args, **options))  # type: ignore[arg-type]
        return editors[-1]

    yield open_editor
    for editor in editors:
        await editor.engine.close()
    await asyncio.sleep(0.001)
    assert not [call for editor in editors for call in editor.calls if call.over is None]
    assert not [task for task in asyncio.all_tasks() if "TestRunner" not in repr(task.get_coro())]
