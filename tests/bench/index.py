"""The cost of a workspace's index: building, a search, and the effect of both on typing.

`python -m tests.bench.index FOLDER...` copies source files of these folders into a workspace of its own.
"""

import argparse
import asyncio
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from midfill.core.context.gather import MIN_REQUESTED_SNIPPETS
from midfill.core.context.nearby_words import names_near, words_near
from midfill.core.document import Document, Position
from midfill.core.language_ids import IDS_BY_EXTENSION, language_id
from midfill.workspace.index.index_location import DATABASE, disk_size, index_path_of
from midfill.workspace.index.reader import IndexReader
from midfill.workspace.index.update import update
from tests.bench.figures import percentile
from tests.bench.process import quiet_home
from tests.bench.target import MIDFILL, NO_DEBOUNCE
from tests.client import Json, LspClient, edit
from tests.loopback.client import Loopback

MAX_BYTES = 200_000
QUESTIONS = 300
ROWS = 3_000
"""Lines of the edited document; its two ends are two places."""
PAUSE = 0.01


def copied(folders: Sequence[Path], target: Path, most: int) -> int:
    """Copy source files into a repository; return their bytes."""
    total = count = 0
    for path in _sources(folders):
        data = path.read_bytes()
        if 100 < len(data) < MAX_BYTES and not path.name.endswith(".min.js"):
            home = target / f"part{count % 100}"
            home.mkdir(parents=True, exist_ok=True)
            (home / f"{count}_{path.name}").write_bytes(data)
            total, count = total + len(data), count + 1
        if count == most:
            break
    subprocess.run(["git", "init", "-q", target], check=True)
    return total


def _sources(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix[1:] in IDS_BY_EXTENSION and path.is_file() and not path.is_symlink():
                yield path


def build(workspace: Path, total: int) -> None:
    """Build the index in this process, on one core, and print the speed."""
    began = time.process_time()
    update(workspace)
    seconds = time.process_time() - began
    disk = disk_size(index_path_of(workspace)) / 1e6
    print(f"made: {seconds:.1f} s, {total / 1e6 / seconds:.1f} MB/s, {disk:.1f} MB on disk")
    began = time.process_time()
    update(workspace)
    print(f"nothing changed: {time.process_time() - began:.2f} s")


def ask(workspace: Path) -> None:
    """Search at random places of random files, and print the times."""
    reader, rng = IndexReader(workspace, index_path_of(workspace) / DATABASE, ()), random.Random(1)
    files = sorted(workspace.glob("part*/*"))
    search, names = [], []
    for _ in range(QUESTIONS):
        path = rng.choice(files)
        text = path.read_text("utf-8", "replace")
        document = Document(path.as_uri(), language_id(path.name), text)
        cursor = document.cursor(Position(rng.randrange(document.line_count), 0))
        began = time.thread_time()
        reader.search(words_near(cursor), MIN_REQUESTED_SNIPPETS, {str(path.relative_to(workspace))}, {})
        search.append(time.thread_time() - began)
        began = time.thread_time()
        reader.definitions(names_near(cursor), MIN_REQUESTED_SNIPPETS, {})
        names.append(time.thread_time() - began)
    for what, times in (("search", search), ("declarations", names)):
        print(f"{what}: " + ", ".join(f"p{share} {_ms(times, share)} ms" for share in (50, 95, 99)))


def _ms(times: Sequence[float], share: int) -> str:
    return f"{1_000 * percentile(times, share / 100):.2f}"


class Session:
    """A server with an open document of the workspace."""

    def __init__(self, client: LspClient, workspace: Path) -> None:
        self.client = client
        self.uri = f"{workspace.as_uri()}/part0/written.py"
        self.count = 0
        client.open(self.uri, "".join(f"value_{row} = compute({row})\n" for row in range(ROWS)))

    async def new(self, row: int) -> float:
        """Request a completion at a new place at the start of a row; return the seconds."""
        self.count += 1
        text = f"name_{self.count} = "
        self.client.change(self.uri, edit((row, 0), (row, 0), f"{text}\n"))
        call = self.client.complete(self.uri, (row, len(text)))
        await call
        return call.seconds

    async def again(self, row: int) -> float:
        """Repeat the request."""
        call = self.client.complete(self.uri, (row, len(f"name_{self.count} = ")))
        await call
        return call.seconds

    @property
    def memory(self) -> float:
        """The server's megabytes, without child processes."""
        return psutil.Process(self.client.pid).memory_info().rss / 1e6

    @property
    def indexing(self) -> bool:
        """Whether the process that builds the index runs."""
        return bool(psutil.Process(self.client.pid).children())


async def typed(workspace: Path, upstream: Loopback, context: Json, count: int) -> dict[str, list[float]]:
    """Return the seconds of answers, by kind, in a server that starts without an index."""
    found: dict[str, list[float]] = {"known, indexing": [], "known": [], "new": [], "new place": []}
    with quiet_home() as home:
        env = {**home, "MIDFILL_BASE_URL": upstream.url, "DEEPSEEK_API_KEY": "sk-" + "0" * 32}
        async with await LspClient.start(MIDFILL, env) as client:
            client.keeps_messages = False
            await client.initialize(options={**NO_DEBOUNCE, "context": context}, root=workspace.as_uri())
            session = Session(client, workspace)
            await session.new(ROWS)
            await asyncio.sleep(1)
            while session.indexing:
                await asyncio.sleep(PAUSE)
                found["known, indexing"].append(await session.again(ROWS))
            for _ in range(count):
                await asyncio.sleep(PAUSE)
                found["new"].append(await session.new(ROWS))
                await asyncio.sleep(PAUSE)
                found["known"].append(await session.again(ROWS))
            for turn in range(count):
                await asyncio.sleep(0.05)
                found["new place"].append(await session.new(0 if turn % 2 else ROWS))
            found["memory"] = [session.memory]
            await client.exit()
    return found


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.index", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--files", type=int, default=5_000)
    parser.add_argument("--count", type=int, default=200, help="requests of each kind")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="midfill-index-") as scratch:
        os.environ["XDG_CACHE_HOME"] = str(Path(scratch, "cache"))
        workspace = Path(os.path.realpath(scratch), "workspace")
        total = copied(options.folders, workspace, options.files)
        print(f"{len(list(workspace.glob('part*/*'))):,} files, {total / 1e6:.1f} MB")
        build(workspace, total)
        ask(workspace)
        with Loopback("--text", "answer()") as upstream:
            for name, context in (("with context", {}), ("without", {"enabled": False})):
                found = asyncio.run(typed(workspace, upstream, context, options.count))
                print(f"{name}: the server has {found.pop('memory')[0]:.1f} MB")
                for kind, times in found.items():
                    if times:
                        shown = ", ".join(f"p{share} {_ms(times, share)} ms" for share in (50, 95, 99))
                        print(f"  {kind} ({len(times)}): {shown}")
        shutil.rmtree(workspace)


if __name__ == "__main__":
    main()
