"""A DeepSeek on the loopback interface: a real process, a real socket, the documented wire format.

    uv run python -m tests.loopback --truth server/midfill/engine.py --first-token-ms 250 --token-ms 12

In reading order: `client` (how tests use it) and `__main__` (how people do), `behaviour` (all that can be
set), `api` (a request in, a script out), `request` (what is checked), `wire` (what an answer looks like),
`dialects` (what it looks like elsewhere),
`errors`, `faults`, `script` (what is sent, and when), `server` (the socket), `control` and `ledger` (what can
be asked afterwards), and what the model knows: `oracle`, `truth`, `novel`, `tokens`.
"""
