"""A few thousand messages on each transport; `python -m tests.lsp.fuzz` sends 200,000."""

import pytest

from tests.lsp.fuzz import LINES, fuzzed, problems

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("line", LINES)
async def test_each_request_is_answered_once(bare: dict[str, str], line: str) -> None:
    """With any message among those of an editor, the server continues, and answers each request once."""
    outcome = await fuzzed(line, 3_000, 7, {**bare, "MIDFILL_BACKEND": "local"})
    assert not problems(outcome)
    assert outcome.requests > 1_000
