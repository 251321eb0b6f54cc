#!/usr/bin/env bash
# Installs LiteLLM's proxy for tests/servers into a cache folder: a tool of its own, because it holds others' versions down.
set -euo pipefail
place="${XDG_CACHE_HOME:-$HOME/.cache}/midfill-servers/litellm"
if [[ ! -x $place/bin/litellm ]]; then
  uv venv --quiet --clear "$place"
  uv pip install --quiet --python "$place" "litellm[proxy]==1.108.7"
fi
"$place/bin/python" -c 'from importlib.metadata import version; print("litellm", version("litellm"))'
