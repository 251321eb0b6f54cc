"""The gateway for editors that only support completion endpoints: OpenAI's, Ollama's and llama.cpp's formats over HTTP.

In reading order: `infill_request`, `response`, `api` (the endpoints, with the engine), `http_connection`, `server` (the
socket).
"""

from midfill.gateway.server import GatewayOptions, run

__all__ = ["GatewayOptions", "run"]
