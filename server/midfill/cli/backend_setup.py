"""`midfill setup --backend NAME`: the settings of a backend, and the place of its key."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from midfill.cli.editors.config_block import UneditableFileError, replace
from midfill.cli.terminal import say, write_exactly
from midfill.core.providers import PROVIDERS, Provider
from midfill.settings import load, user_file

OK, REFUSED = 0, 2
"""Exit codes: success; a wrong name, or a file that cannot be written."""

CHOICES = ("auto", "local", *PROVIDERS)

NEEDS: dict[str, tuple[str, ...]] = {
    "openai": (
        '# base_url = "http://127.0.0.1:8000"  # vLLM, SGLang, LM Studio, a LiteLLM proxy; else OpenAI itself',
        '# template = "qwen-coder"  # where the server does not fill in',
    ),
    "openai-chat": ('# base_url = "http://127.0.0.1:8000"  # else OpenAI itself',),
    "llamacpp": ('# base_url = "http://127.0.0.1:8012"  # where llama-server listens',),
    "ollama": ('# base_url = "http://127.0.0.1:11434"',),
    "gguf": ('model = "/path/to/model.gguf"',),
}
"""Lines after `backend`: the settings without a default, and further ones as comments."""

_BEFORE_TABLES = re.compile(r"\A(?:(?!^[ \t]*\[).)*", re.DOTALL | re.MULTILINE)
_BACKEND = re.compile(
    r"^[ \t]*backend[ \t]*=[ \t]*(?:\"[^\"\n]*\"|'[^'\n]*'|\[[^\]]*\])[^\n]*$", re.MULTILINE
)


def run(name: str, write: bool, environ: Mapping[str, str]) -> int:
    """Print the settings of a backend, or write the choice of it; return the exit code: 2 if refused."""
    if name not in CHOICES:
        near = get_close_matches(name, CHOICES, 1)
        hint = f": did you mean {near[0]}?" if near else ""
        say(f"{name} is not a backend{hint}; the backends are {', '.join(CHOICES)}")
        return REFUSED
    path = user_file(environ)
    if not write:
        say(f"put this into {path}, or run: midfill setup --backend {name} --write")
        write_exactly(settings_lines(name) + "\n")
    else:
        try:
            before = path.read_text("utf-8") if path.exists() else ""
            backup = replace(path, with_backend(before, name).encode())
        except (OSError, UnicodeDecodeError, UneditableFileError) as error:
            say(f"{path}: {error}; add the lines manually: midfill setup --backend {name}")
            return REFUSED
        say(f"{path} is written" + (f"; backup: {backup}" if backup else ""))
        for problem in load(environ).problems:
            say(str(problem))
    for line in steps(name):
        say(line)
    return OK


def settings_lines(name: str) -> str:
    """Return the lines of the settings file."""
    return "\n".join([f'backend = "{name}"', *_models(name), *NEEDS.get(name, ())])


def with_backend(settings: str, name: str) -> str:
    """Return the settings file with this backend chosen; the rest is unchanged.

    >>> with_backend('backend = "auto"  # mine\\n[timing]\\n', "ollama")
    'backend = "ollama"\\n[timing]\\n'
    """
    head = _BEFORE_TABLES.match(settings)
    top = head[0] if head else ""
    if _BACKEND.search(top):
        return _BACKEND.sub(f'backend = "{name}"', top, count=1) + settings[len(top) :]
    return f"{settings_lines(name)}\n{settings}"


def steps(name: str) -> list[str]:
    """Return the remaining steps."""
    provider = PROVIDERS.get("deepseek" if name == "auto" else name)
    if provider is None:
        return ["no key and no network are needed"]
    found = _about_key(provider)
    if name == "gguf":
        found = ['the model runs in a process of ours: pip install "midfill[llama]"']
    if name == "ollama":
        found = [f"get the model: ollama pull {provider.model}"]
    return [*found, "midfill doctor checks it, with one small call"]


def _about_key(provider: Provider) -> list[str]:
    if not provider.variable:
        return []
    where = f"; get one at {provider.keys_page}" if provider.keys_page else ""
    return [f"the key: midfill auth set {provider.name}, or the variable {provider.variable}{where}"]


def _models(name: str) -> list[str]:
    provider = PROVIDERS.get(name)
    return [f'# model = "{provider.model}"'] if provider is not None and provider.model else []
