"""The lines that install midfill's plugins with an editor's plugin managers."""

REPOSITORY = "OWNER/midfill"
"""The repository on GitHub. Its release publishes `clients/neovim` and `clients/vim` as branches of these names."""

_ADDRESS = f"https://github.com/{REPOSITORY}"

PLUGINS = {
    "neovim": {
        "lazy.nvim": f"{{ '{REPOSITORY}', branch = 'neovim', opts = {{}} }}",
        "vim.pack": (
            f"vim.pack.add({{ {{ src = '{_ADDRESS}', version = 'neovim' }} }}); require('midfill').setup()"
        ),
    },
    "vim": {"vim-plug": f"Plug '{REPOSITORY}', {{ 'branch': 'vim' }}"},
    "emacs": {
        "package-vc": f'(package-vc-install \'(midfill :url "{_ADDRESS}" :lisp-dir "clients/emacs"))',
        "use-package": (
            f'(use-package midfill :vc (:url "{_ADDRESS}" :lisp-dir "clients/emacs")'
            " :config (global-midfill-mode))"
        ),
        "straight": (
            f'(straight-use-package \'(midfill :type git :host github :repo "{REPOSITORY}"'
            ' :files ("clients/emacs/*.el")))'
        ),
    },
}
"""The line for each plugin manager, by editor."""


def plugin_lines(editor: str) -> list[str]:
    """Return what to tell the users of plugin managers; empty if the editor has none."""
    return [f"or with {manager}: {line}" for manager, line in PLUGINS.get(editor, {}).items()]
