"""The way in for editors that can only ask a completion endpoint: OpenAI's and Ollama's formats over HTTP.

In reading order: `asked` (what a request says), `told` (what is answered), `api` (from one to the other, by the
engine), `http` (a connection), `server` (the socket).
"""

from midfill.gateway.server import Gateway, run

__all__ = ["Gateway", "run"]
