"""Serves one model file on the loopback until standard input ends: `python -m midfill.llama FILE CONTEXT CACHE`.

CONTEXT is in tokens. CACHE is the memory for earlier prompts in MiB, which llama.cpp would let grow to 8 GiB.
"""

import json
import sys
from importlib import import_module
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def main() -> None:
    """Start the server, print its address and whether the model supports FIM, and wait."""
    model, context, cache = sys.argv[1:4]
    server = _server(model, int(context), int(cache))
    report = {"url": server.listening_address, "fills_in": _fills_in(server.listening_address)}
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()  # It ends with the parent, even if that crashes.


def _server(model: str, context: int, cache: int) -> Any:
    xllamacpp = import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = context
    params.cache_ram_mib = cache
    params.n_parallel = 1
    params.verbosity = -1
    params.ui = False
    return xllamacpp.Server(params)


def _fills_in(url: str) -> bool:
    """Whether the model has FIM tokens, as the server reports."""
    body = json.dumps({"input_prefix": "a", "input_suffix": "b", "n_predict": 0}).encode()
    try:
        with urlopen(Request(f"{url}/infill", body, {"Content-Type": "application/json"}), timeout=60):  # noqa: S310
            return True
    except HTTPError:
        return False


if __name__ == "__main__":
    main()
