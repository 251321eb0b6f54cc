"""Parsing from several threads."""

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

from midfill.core.syntax.grammars import parser

TEXTS = {"python": "def f(x):\n    return (x\n", "typescript": "const f = (x: number) => { return x"}


def test_threads_do_not_share_a_parser() -> None:
    """Eight threads produce the same tree as one; a parser shared by two threads would crash the process."""
    long = {grammar: text * 300 for grammar, text in TEXTS.items()}

    def parsed(grammar: str) -> tuple[str, int]:
        parse = parser(grammar)
        assert parse is not None
        root = parse(long[grammar])
        return grammar, len(root.children)

    alone = dict(map(parsed, TEXTS))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(parsed, islice(cycle(TEXTS), 100)))
    assert {*found} == {*alone.items()}
