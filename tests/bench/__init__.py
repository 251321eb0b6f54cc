"""The measuring tools; each is a command (`uv run python -m tests.bench.NAME --help`).

`typing`    a simulated user types real files: what was shown, and the cost (half an hour for all, a minute with
            `--quick`, or with `--virtual` on a clock that jumps)
`requests`  a single request beside a bare pygls echo server: cached, typed along, new, twenty at once
`startup`   start to `initialize`, start to the first suggestion, memory at rest
`edits`     an edit in small and large files, in process and over the wire, and the memory it leaves behind

In reading order, for `typing`: typist (the user), ghost and page (the editor), session (both, with a server), sources
(what is typed), upstream (the model), measures (what is counted, and the bars), virtual (all of it in one process, on a
clock that jumps), replay (many sessions), typing.
Shared by all: target (the servers), echo (the floor), figures (medians, bars, tables), report, process.

All times except virtual ones are real, so other load on the machine has an effect. Compare only figures of one run.
"""
