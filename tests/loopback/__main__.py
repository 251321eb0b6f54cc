"""The command line of the loopback DeepSeek: `uv run python -m tests.loopback --help`."""

import argparse
import asyncio
import signal
import ssl
import sys
import threading
from collections.abc import Callable
from itertools import count
from typing import get_args

import msgspec

from tests.loopback.api import Api
from tests.loopback.behaviour import Behaviour, Kind, changed
from tests.loopback.control import Control
from tests.loopback.ledger import Ledger
from tests.loopback.server import Connection


def main() -> None:
    """Serve until a signal, or (with the option) until standard input ends."""
    arguments = _arguments()
    try:
        behaviour = _behaviour(arguments)
        asyncio.run(_serve(arguments, behaviour))
    except (ValueError, OSError) as wrong:
        sys.exit(f"loopback: {wrong}")


async def _serve(arguments: argparse.Namespace, behaviour: Behaviour) -> None:
    loop, stop, numbers = asyncio.get_running_loop(), asyncio.Event(), count(1)
    _stop_at(lambda: loop.call_soon_threadsafe(stop.set), until_eof=arguments.until_eof)
    api = Api(behaviour, Ledger())
    control = Control(api)
    server = await loop.create_server(
        lambda: Connection(api, control, next(numbers)),
        "127.0.0.1",
        arguments.port,
        ssl=_tls(*arguments.tls) if arguments.tls else None,
    )
    url = f"{'https' if arguments.tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(f"listening on {url}", flush=True)
    print(
        f"try: MIDFILL_BASE_URL={url} DEEPSEEK_API_KEY=sk-loopback midfill complete FILE:LINE:COL", flush=True
    )
    await stop.wait()
    server.close()


def _stop_at(stop: Callable[[], object], *, until_eof: bool) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop())
    if until_eof:  # A thread, because not every kind of standard input can be polled.
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), stop()), daemon=True).start()


def _behaviour(arguments: argparse.Namespace) -> Behaviour:
    """Return the options of the command line; raises ValueError that names a wrong one."""
    told = {name: value for name, value in vars(arguments).items() if name in Behaviour.__struct_fields__}
    told["faults"] = [{"kind": kind, "times": 0} for kind in told["faults"]]
    return changed(changed(Behaviour(), told), msgspec.json.decode(arguments.behave, type=dict[str, object]))


def _tls(certificate: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.loopback", description="A DeepSeek on 127.0.0.1.")
    add = parser.add_argument
    add("--port", type=int, default=0, help="0 takes any free port")
    add("--tls", nargs=2, metavar=("CERT", "KEY"), help="speak HTTPS")
    add("--until-eof", action="store_true", help="end when standard input does")
    add("--text", default=Behaviour().text, help="what is answered")
    add("--echo", choices=["line", "prompt", "suffix"], help="answer with a part of the question")
    add(
        "--truth",
        nargs="+",
        default=[],
        metavar="FILE",
        help="what is missing from it in the editor comes back",
    )
    add("--lines", type=int, default=3, help="of the continuation, at most")
    add(
        "--wrong", type=float, default=0, help="hard tokens in 100; from the first one on the answer is wrong"
    )
    add("--ramble", type=int, default=0, metavar="TOKENS", help="go on so far past what fits")
    add("--seed", type=int, default=0, help="another one makes other tokens hard")
    add("--first-token-ms", type=float, default=250)
    add("--token-ms", type=float, default=12)
    add("--headers-ms", type=float, default=0)
    add("--usage", choices=["last", "extra", "none"], default="last", help="where a stream carries its usage")
    add("--key", help="the only key that is accepted (make one up)")
    add(
        "--fault",
        dest="faults",
        action="append",
        default=[],
        choices=get_args(Kind),
        metavar="KIND",
        help=f"strikes every call; one of {', '.join(get_args(Kind))}",
    )
    add("--behave", default="{}", metavar="JSON", help="more, as for POST /control/behave")
    return parser.parse_args()


if __name__ == "__main__":
    main()
