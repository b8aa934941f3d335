"""The receiver of the webhook benchmarks: TLS, keep-alive, as little work as can be.

`python -m tests.benchmarks.webhook_receiver FOLDER` listens on all of 127.0.0.0/8, so that every
subscription can have an address of its own, and answers commands on stdin. The path says how a
request is treated: /fast at once, /slow after 50 ms, /hang never.
"""

import asyncio
import sys
import time
from pathlib import Path

from tests.webhooks.certificates import Authority

HOSTS = [f"127.0.0.{number}" for number in range(1, 101)]
SLOW_SECONDS = 0.05
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

# When each event arrived first, by its object id.
arrived: dict[int, float] = {}
connections = 0


class Receiving(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A caller."""
        global connections
        connections += 1
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._received += data
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        _, _, length = head.lower().partition(b"content-length: ")
        size = int(length.partition(b"\r\n")[0])
        if len(rest) < size:
            return
        self._received = rest[size:]
        path = head.split(b" ", 2)[1]
        if path == b"/hang":
            return
        number = int(rest.partition(b'"n": ')[2].partition(b"}")[0])
        arrived.setdefault(number, time.monotonic())
        if path == b"/slow":
            asyncio.get_running_loop().call_later(SLOW_SECONDS, self._answer)
        else:
            self._answer()

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(_ANSWER)  # type: ignore[attr-defined]


async def main(folder: Path) -> None:
    """Listen, and answer `count`, `times` and `reset` on stdin."""
    tls = Authority(folder).server(*HOSTS)
    loop = asyncio.get_running_loop()
    secured = await loop.create_server(Receiving, "0.0.0.0", 0, ssl=tls, backlog=512)  # noqa: S104
    print(secured.sockets[0].getsockname()[1], flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip() == "count":
            print(len(arrived), flush=True)
        elif line.strip() == "times":
            print(*(f"{number}:{at}" for number, at in arrived.items()), flush=True)
        elif line.strip() == "reset":
            arrived.clear()
            print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
