"""Writes what other projects' registries need to know of midfill, from one table: `uv run python -m tests.registries`.

The files in clients/registries are for nvim-lspconfig, mason-registry and MELPA. tests/test_registries.py fails
when they, or the examples on the pages of Helix and Kakoune, are out of date.
"""

import re
from pathlib import Path

from midfill import __version__
from midfill.cli.editors.helix import languages_toml
from midfill.cli.editors.plugins import REPOSITORY

CLIENTS = Path(__file__).parents[1] / "clients"

NAME = "midfill"
COMMAND = ["midfill", "serve"]
ROOTS = [".midfill.toml", ".git"]
ABOUT = "Inline code completion (ghost text) for any language, on your own key or from your own files."
HOMEPAGE = f"https://github.com/{REPOSITORY}"
"""midfill serves every file: no entry lists file types, unless an editor requires a list of languages."""


def files() -> dict[Path, str]:
    """Return the text of each generated file by its path."""
    kakoune = CLIENTS / "kakoune/README.md"
    return {
        CLIENTS / "registries/nvim-lspconfig/lsp/midfill.lua": lspconfig(),
        CLIENTS / "registries/mason-registry/packages/midfill/package.yaml": mason(),
        CLIENTS / "registries/melpa/recipes/midfill": melpa(),
        CLIENTS / "helix/languages.toml": helix(),
        kakoune: re.sub(r"(?<=   ```kak\n).*?(?=   ```\n)", kak, kakoune.read_text("utf-8"), flags=re.DOTALL),
    }


def lspconfig() -> str:
    """Return the entry for nvim-lspconfig."""
    words = ", ".join(f"'{word}'" for word in COMMAND)
    roots = ", ".join(f"'{root}'" for root in ROOTS)
    return f"""---@brief
---
--- {HOMEPAGE}
---
--- {ABOUT}
---
--- It serves every file type. Neovim 0.12 shows its suggestions with `:help lsp-inline_completion`:
---
--- ```lua
--- vim.lsp.inline_completion.enable()
--- vim.keymap.set('i', '<Tab>', function()
---   if not vim.lsp.inline_completion.get() then
---     return '<Tab>'
---   end
--- end, {{ expr = true, desc = 'LSP: accept inline completion' }})
--- ```

---@type vim.lsp.Config
return {{
  cmd = {{ {words} }},
  root_markers = {{ {roots} }},
}}
"""


def mason() -> str:
    """Return the entry for mason-registry."""
    return f"""---
name: {NAME}
description: {ABOUT}
homepage: {HOMEPAGE}
licenses:
  - MIT
languages: []
categories:
  - LSP

source:
  id: pkg:pypi/midfill@{__version__}

bin:
  midfill: pypi:midfill

neovim:
  lspconfig: {NAME}
"""


def melpa() -> str:
    """Return the recipe for MELPA."""
    return f"""({NAME} :fetcher github
         :repo "{REPOSITORY}"
         :files ("clients/emacs/*.el"))
"""


def helix() -> str:
    """Return Helix's languages.toml."""
    lines = [
        "# midfill for Helix: copy this into ~/.config/helix/languages.toml, with the [[language]] of each language",
        "# you want. Each names the language's own servers as well; midfill stands beside them.",
        "",
        *languages_toml("", COMMAND)[0],
    ]
    return "\n".join(lines) + "\n"


def kak(_: re.Match[str]) -> str:
    """Return the lines for a kakrc."""
    roots = ", ".join(f'"{root}"' for root in [*ROOTS, ".hg"])
    arguments = ", ".join(f'"{word}"' for word in COMMAND[1:])
    return f"""   hook -group {NAME} global BufSetOption filetype=python %{{
       set-option buffer lsp_servers %{{
           [pylsp]
           root_globs = ["pyproject.toml", "setup.py", ".git", ".hg"]
           [{NAME}]
           root_globs = [{roots}]
           command = "{COMMAND[0]}"
           args = [{arguments}]
       }}
   }}
   hook global WinSetOption filetype=python lsp-enable-window
"""


if __name__ == "__main__":
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
