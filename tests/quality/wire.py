"""Cases through the real server: LSP on its pipes, the backend's protocol on the loopback, the item applied."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from midfill.core.completion import Completion
from midfill.core.document import character_index, unit_count
from tests.bench.process import quiet_home
from tests.client import LspClient
from tests.loopback.client import Loopback
from tests.quality.cases import LIMITS, Case
from tests.quality.judge import Verdict, judge


def over_the_wire(all_cases: Sequence[Case]) -> list[Verdict]:
    """Return the verdicts on a running server's answers to the cases.

    The loopback answers with the case's raw text, a token at a time; the request is manual, because typing
    causes no request at many of the places.
    """
    with Loopback() as upstream, quiet_home() as home:
        return asyncio.run(_all(all_cases, upstream, home))


async def _all(all_cases: Sequence[Case], upstream: Loopback, home: dict[str, str]) -> list[Verdict]:
    key = "sk-" + "x" * 8
    environment = {**home, "DEEPSEEK_API_KEY": key, "MIDFILL_BASE_URL": upstream.url}
    async with await LspClient.start([sys.executable, "-m", "midfill", "serve"], environment) as client:
        await client.initialize(options=_SETTINGS)
        verdicts = []
        for number, case in enumerate(all_cases):
            upstream.behave(text=case.raw, faults=_ends(case.defect))
            # A source may have the name of a secret file, such as credentials.py.
            uri = f"file:///{number}/case{Path(case.hole.source.name).suffix}"
            verdicts.append(judge(case, await _shown(client, uri, case)))
        await client.exit()
    return verdicts


def _ends(defect: str) -> list[dict[str, Any]]:
    """Return the faults of an answer: an answer that continues with other code ends at its limit of tokens."""
    return [{"kind": "finish", "reason": "length"}] if defect.startswith(("novel", "two at once")) else []


async def _shown(client: LspClient, uri: str, case: Case) -> Completion:
    """Return the server's answer to a case, as a completion at its cursor."""
    client.open(uri, case.hole.document, case.language)
    line = case.hole.document.split("\n")[case.position.line]
    at = unit_count(line[: case.position.character], "utf-16")
    answer = await client.complete(uri, (case.position.line, at), manual=True)
    client.close(uri)
    items = answer["items"] if isinstance(answer, dict) else answer or []
    return _completion(items[0], line, case) if items else Completion()


def _completion(item: dict[str, Any], line: str, case: Case) -> Completion:
    """Return an item as the text behind the cursor, and the characters right of it that are replaced.

    Raises ValueError for a range that does not lie on the cursor's line around it: no editor may be sent that.
    """
    start, end = item["range"]["start"], item["range"]["end"]
    row, character = case.position
    first, last = (character_index(line, place["character"], "utf-16") for place in (start, end))
    text, before = item["insertText"], line[first:character]
    if (
        start["line"] != row
        or end["line"] != row
        or not first <= character <= last
        or not text.startswith(before)
    ):
        raise ValueError(f"the range {item['range']} is not around the cursor at {case.position}")
    return Completion(text[len(before) :], last - character)


_SETTINGS = {
    "completion": {
        "scope": LIMITS.scope,
        "max_lines": LIMITS.max_lines,
        "max_tokens_manual": 2000,
        "alternatives": 1,
    },
    "requests": {"speculate": "never"},
    "cache": {"capacity": 0},
}
