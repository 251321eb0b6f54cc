"""Writes the generated parts of server/REFERENCE.md: `uv run python -m tests.reference`.

A part is between `<!-- name -->` and `<!-- /name -->`. tests/test_pages.py fails when the page is out of date.
"""

import argparse
import asyncio
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from midfill import cli
from midfill.lsp.commands import SECTION, Commands
from midfill.lsp.edit_commands import EditCommands
from midfill.lsp.lazy_pygls import PYGLS_METHODS
from midfill.lsp.server import Server
from midfill.settings.setting_specs import setting_specs, snake
from midfill.settings.settings_schema import settings_table
from midfill.settings.tree import TUNING

PAGE = Path(__file__).parents[1] / "server" / "REFERENCE.md"
MAX_CHOICES = 4
"""Choices of an argument that are listed in place of its name."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def environment() -> str:
    """Return the variables of `midfill --help`."""
    part = (cli._parser().epilog or "").partition("environment:\n")[2].partition("\nexit codes:")[0]
    found = re.findall(r"^  ([A-Z][A-Z_, ]*[A-Z])\s+(.+)$", part, re.MULTILINE)
    rows = [(", ".join(f"`{name}`" for name in names.split(", ")), about) for names, about in found]
    return table(["Variable", "Meaning"], rows)


def exit_codes() -> str:
    """Return the exit codes of `midfill --help`."""
    part = (cli._parser().epilog or "").partition("exit codes:\n")[2]
    found = re.findall(r"(\d)  (\S.*?)(?=\s{3,}|$)", part, re.MULTILINE)
    return table(["Exit code", "Meaning"], [(f"`{code}`", about) for code, about in sorted(found)])


def commands() -> str:
    """Return the subcommands with their arguments, as their parsers declare them."""
    actions = cli._parser()._actions
    inner = next(action for action in actions if isinstance(action, argparse._SubParsersAction))
    abouts = {action.dest: action.help or "" for action in inner._choices_actions}
    rows = [_row(name, abouts[name], parser) for name, parser in inner.choices.items()]
    return table(["Command", "Effect", "Arguments and options"], rows)


def _row(name: str, about: str, parser: argparse.ArgumentParser) -> Sequence[str]:
    shown = [
        action for action in parser._actions if action.help != argparse.SUPPRESS and action.dest != "help"
    ]
    positional = [action for action in shown if not action.option_strings]
    notes = [f"`{_written(action)}`: {_help(action)}" for action in shown if _help(action)]
    return [f"`{' '.join(['midfill', name, *map(_written, positional)])}`", about, "<br>".join(notes)]


def _written(action: argparse.Action) -> str:
    """Return an argument in the user's notation."""
    if action.option_strings:
        return " ".join([action.option_strings[0], *filter(None, [action.metavar])])  # type: ignore[list-item]
    choices = list(action.choices or ())
    text = (
        "|".join(choices) if 0 < len(choices) <= MAX_CHOICES else str(action.metavar or action.dest.upper())
    )
    return f"[{text}]" if action.nargs == "?" else text


def _help(action: argparse.Action) -> str:
    choices = list(action.choices or ())
    several = [", ".join(f"`{choice}`" for choice in choices)] if len(choices) > MAX_CHOICES else []
    return "; ".join(filter(None, [*several, action.help]))


class _NoClient:
    """A line without a client."""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


def handled() -> tuple[list[str], list[str]]:
    """Return the LSP methods that a server handles itself, and its commands."""

    async def look() -> tuple[list[str], list[str]]:
        server = Server(_NoClient(), {}, lambda code: None)
        methods = {*server._handlers, *PYGLS_METHODS}
        await server.close()
        return sorted(methods), list(server._commands.by_name)

    return asyncio.run(look())


def methods() -> str:
    """Return the methods of LSP that the server handles."""
    return table(["Method from the client"], [(f"`{name}`",) for name in handled()[0]])


def lsp_commands() -> str:
    """Return the commands of `workspace/executeCommand`, as the docstrings of `Commands` describe them."""
    rows = []
    for name in handled()[1]:
        method = f"_{snake(name.removeprefix(f'{SECTION}.'))}"
        about = getattr(Commands if hasattr(Commands, method) else EditCommands, method).__doc__
        effect, _, arguments = about.rstrip(".").rpartition(": ")
        rows.append((f"`{name}`", arguments, effect))
    return table(["Command", "Arguments", "Effect"], rows)


def tuning() -> str:
    """Return the settings for which a wrong value is replaced by the default."""
    return _names(name if not name.endswith(".") else f"{name}*" for name in TUNING)


def local_settings() -> str:
    """Return the settings that a client on a socket cannot set."""
    return _names(spec.key for spec in setting_specs().values() if spec.local_only)


def _names(names: Iterable[str]) -> str:
    return "\n".join(textwrap.wrap(", ".join(f"`{name}`" for name in names), 118)) + "\n"


PARTS: Mapping[str, Callable[[], str]] = {
    "settings": settings_table,
    "tuning": tuning,
    "local settings": local_settings,
    "environment": environment,
    "commands": commands,
    "exit codes": exit_codes,
    "methods": methods,
    "lsp commands": lsp_commands,
}


def with_parts(page: str) -> str:
    """Return the page with its generated parts up to date. Raises ValueError if a marker is missing."""
    for name, part in PARTS.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, rest = page.split(start)
        _, after = rest.split(end)
        page = before + start + part() + end + after
    return page


def main() -> None:
    """Bring the page up to date."""
    PAGE.write_text(with_parts(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
