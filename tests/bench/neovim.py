"""The typing replay in a real Neovim: the simulated user of `tests.bench.typing`, in real time.

`python -m tests.bench.neovim --ghost auto` prints how often a right suggestion was shown at a key. Beside it,
`python -m tests.bench.typing --editor vscode` with the same files, seeds and keys gives the figures of VS Code.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.sources import DEFAULT, Source
from tests.bench.typist import Typist
from tests.editors.bench import Bench
from tests.editors.fetch import launcher
from tests.editors.neovim import SETUP, Neovim
from tests.loopback.client import Loopback

_PLAIN = "set noautoindent nocindent nosmartindent indentexpr= softtabstop=0 noexpandtab textwidth=0 formatoptions="
"""The user types the file's indentation."""


def main() -> None:
    """Play as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.neovim", description=__doc__)
    parser.add_argument("--editor", choices=["neovim", "neovim-0.10"], default="neovim")
    parser.add_argument("--ghost", choices=["auto", "native", "own"], default="auto")
    parser.add_argument("--files", nargs="+", type=Path, default=list(DEFAULT))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--keys", type=int, default=1_000)
    options = parser.parse_args()
    for source in map(Source.read, options.files):
        for seed in range(1, options.seeds + 1):
            right, calls = play(source, seed, options)
            print(f"{source.name}, seed {seed}: right one visible {right:.1f} %, {calls} calls", flush=True)


def play(source: Source, seed: int, options: argparse.Namespace) -> tuple[float, int]:
    """Type `keys` keys; return the share of keys with a right suggestion, in %, and the model's calls."""
    cut = source.cut(seed, options.keys)
    typist = Typist(cut.target, f"{source.name} {seed}")
    with TemporaryDirectory() as folder, Loopback() as upstream:
        upstream.behave(documents=[source.text], wrong=12, first_token_ms=250, token_ms=12)
        bench = Bench(Path(folder), upstream)
        nvim = Neovim(launcher(options.editor), bench, SETUP % options.ghost)
        try:
            nvim.edit(bench.file(source.name, cut.document))
            nvim.command(_PLAIN)
            nvim.type(f"{cut.above.count(chr(10)) + 1}GA")
            time.sleep(1)
            return 100 * _typed(nvim, typist, options.keys) / options.keys, len(bench.calls())
        finally:
            nvim.close()


def _typed(nvim: Neovim, typist: Typist, keys: int) -> int:
    """Press the keys; return how many were pressed while a right suggestion was shown."""
    right, shown, since, due = 0, "", time.monotonic(), time.monotonic()
    for _ in range(keys):
        due += typist.gap()
        time.sleep(max(0.0, due - time.monotonic()))
        if not (ghost := nvim.ghost).startswith(shown) or not shown:
            since = time.monotonic()
        shown = ghost
        right += typist.sees_right(shown)
        key = typist.press(shown, time.monotonic() - since)
        if key.kind == "take" and key.text == shown:
            nvim.type("<Tab>")
        else:
            nvim.type("<BS>" if key.kind == "back" else key.text.replace("<", "<lt>").replace("\n", "<CR>"))
    return right


if __name__ == "__main__":
    main()
