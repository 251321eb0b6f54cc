"""The typing replay: simulated users type real files into a real server, and the observations are counted.

`python -m tests.bench.typing --all` plays every scenario of the project's bars, prints a table, and lists
the passed bars. Sessions run in real time, several side by side.
"""

import argparse
import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path

from tests.bench.figures import Bar, judge
from tests.bench.measures import BARS, ROWS
from tests.bench.replay import Case, Played, RealStage, Scenario, play_all, play_virtually, summary
from tests.bench.report import UsageReport
from tests.bench.sources import DEFAULT, Source
from tests.bench.target import NO_DEBOUNCE, Target


def main() -> None:
    """Play as the command line says."""
    options = _options()
    scenarios = _scenarios(options)
    sources = [Source.read(path) for path in options.files]
    cases = [
        Case(scenario, source, seed, options.keys, options.speed)
        for seed, source, scenario in product(range(1, options.seeds + 1), sources, scenarios)
    ]
    played = _played(cases, options)
    columns = summary(played)
    report = UsageReport(
        rows=ROWS,
        columns=columns,
        verdicts=judge(_bars(options), columns),
        setting={**vars(options), "files": [path.name for path in options.files]},
        remarks=[f"{session}: {remark}" for session in played for remark in session.remarks],
        runs=[{**asdict(session), "trace": None} for session in played],
    )
    if options.trace:
        _write_traces(options.trace, played)
    report.publish(options.json)


def _played(cases: Sequence[Case], options: argparse.Namespace) -> list[Played]:
    if options.virtual:
        with ProcessPoolExecutor() as pool:
            return list(pool.map(play_virtually, cases))
    return asyncio.run(play_all(cases, RealStage(Target.of(options.server)), options.parallel))


def _write_traces(folder: Path, played: Iterable[Played]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for session in played:
        (folder / f"{session}.txt").write_text("\n".join(session.trace) + "\n", encoding="utf-8")


def _scenarios(options: argparse.Namespace) -> list[Scenario]:
    basic = Scenario(
        options.editor,
        editor=options.editor,
        wrong=options.wrong,
        first_token_ms=options.first_token_ms,
        token_ms=options.token_ms,
        ramble=options.ramble,
        pairs=options.pairs,
    )
    ceiling = replace(basic, name="ceiling", first_token_ms=0, token_ms=0, options=NO_DEBOUNCE)
    if not options.all:
        return [basic, ceiling] if options.ceiling else [basic]
    vscode = replace(basic, name="vscode", editor="vscode")
    return [
        vscode,
        replace(ceiling, editor="vscode"),
        replace(vscode, name="wrong 30", wrong=30),
        replace(vscode, name="pairs", pairs=True),
        replace(basic, name="nvim", editor="nvim"),
        replace(vscode, name="ramble", ramble=100),
    ]


def _bars(options: argparse.Namespace) -> list[Bar]:
    """Return the bars that apply to the played sessions: bars on numbers require their own scenario."""
    usual = (options.wrong, options.first_token_ms, options.token_ms, options.speed, options.ramble)
    numbers = usual == (12, 250, 12, 1, 0) and options.keys >= 1_000
    return [bar for bar in BARS if numbers or bar.limit == 0]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.typing", description=__doc__)
    add = parser.add_argument
    add(
        "--all",
        action="store_true",
        help="every scenario of the bars: vscode, ceiling, wrong 30, pairs, nvim, ramble",
    )
    add("--quick", action="store_true", help="1 file, 1 seed, 300 keys: a check that all works, in a minute")
    add("--editor", choices=["vscode", "nvim"], default="vscode")
    add("--ceiling", action="store_true", help="play with a model that takes no time as well")
    add("--files", nargs="+", type=Path, default=list(DEFAULT))
    add("--seeds", type=int, default=5)
    add("--keys", type=int, default=1_000)
    add("--wrong", type=float, default=12, help="wrong tokens in 100")
    add("--pairs", action="store_true", help="the editor closes brackets and quotes, as VS Code does")
    add("--ramble", type=int, default=0, help="tokens that the model adds to what fits")
    add("--first-token-ms", type=float, default=250)
    add("--token-ms", type=float, default=12)
    add("--speed", type=float, default=1, help="divides the gaps between keys; only 1 is a human")
    add(
        "--virtual",
        action="store_true",
        help="on a clock that jumps: half an hour in a few minutes, without pipes, sockets and other load",
    )
    add("--parallel", type=int, default=12, help="sessions side by side")
    add("--server", default="", help="command line of another server; {upstream} is the model's address")
    add("--trace", type=Path, metavar="DIR", help="folder for what happened in each session, key by key")
    add("--json", type=Path, help="file for all figures")
    options = parser.parse_args()
    if options.quick:
        options.files, options.seeds, options.keys = options.files[:1], 1, min(options.keys, 300)
    return options


if __name__ == "__main__":
    main()
