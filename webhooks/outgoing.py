"""The one door for outgoing HTTP: it goes to public addresses only, and never waits for long.

No proxies, no redirects, no settings of the environment; the answer is read up to a limit and never
unpacked. Connections are kept, because opening one over TLS costs more than all the rest.
"""

import functools
import http.client
import socket
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from webhooks.addresses import Refused, Target, check_address, read
from webhooks.lines import Line, TooLong, make_tls
from webhooks.retries import seconds_asked

__all__ = ["Answer", "Door", "Refused", "check_address", "door"]

TOTAL_SECONDS = 15.0
_MOST_READ, _MOST_KEPT_OF_BODY = 16 * 1024, 2048
_IDLE_SECONDS, _MOST_IDLE = 30.0, 512
_USER_AGENT = "OfficePro-Webhooks/1.0"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request went; `error` says for the partner what went wrong, if anything did."""

    status_code: int | None
    body: str
    duration_ms: int
    error: str = ""
    # Seconds that the receiver asks us to wait.
    retry_after: float | None = None
    redirected: bool = False
    # Nobody answered at all, so the next request would most likely fare no better.
    unreachable: bool = False

    @property
    def is_success(self) -> bool:
        """2xx, and nothing else."""
        return not self.error


class Door:
    """Sends requests, from any number of threads."""

    def __init__(self, *, ca_file: str = "", total_seconds: float = TOTAL_SECONDS) -> None:
        self._tls = make_tls(ca_file)
        self._total_seconds = total_seconds
        self._idle: OrderedDict[tuple[str, str, int], list[Line]] = OrderedDict()
        self._idle_count = 0
        self._is_open = True
        self._lock = threading.Lock()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """POST, and tell how it went; whatever the other side does, nothing is raised."""
        begun = time.monotonic()
        try:
            target = read(url)
            request = _request(target, body, headers)
            code, asked, text = self._exchange(target, request, begun + self._total_seconds)
        except (OSError, http.client.HTTPException, TooLong, Refused) as problem:
            error, unreachable = _explain(problem)
            return Answer(None, "", _ms_since(begun), error, unreachable=unreachable)
        return Answer(
            code,
            text,
            _ms_since(begun),
            _fault(code),
            retry_after=seconds_asked(asked, now=time.time()),
            redirected=300 <= code < 400,
        )

    def close(self) -> None:
        """Hang up every connection; one that is in use, as soon as it is answered."""
        with self._lock:
            self._is_open = False
            idle, self._idle, self._idle_count = self._idle, OrderedDict(), 0
        for lines in idle.values():
            for line in lines:
                line.close()

    def _exchange(
        self, target: Target, request: bytes, deadline: float
    ) -> tuple[int, str | None, str]:
        """Status, Retry-After and the beginning of the body."""
        if line := self._kept(target):
            try:
                return self._ask(line, target, request, deadline)
            except (ConnectionError, ssl.SSLEOFError):
                # It may have been closed just now, as any server does with an idle one.
                if line.received:
                    raise
        line = Line(target, tls=self._tls, deadline=deadline)
        return self._ask(line, target, request, deadline)

    def _ask(
        self, line: Line, target: Target, request: bytes, deadline: float
    ) -> tuple[int, str | None, str]:
        may_keep = False
        try:
            answer = line.ask(request, deadline=deadline)
            body = answer.read(_MOST_READ)
            # Read to its end: a longer one leaves its rest on the line.
            may_keep = answer.isclosed() and not answer.will_close and answer.status >= 200
            text = body[:_MOST_KEPT_OF_BODY].decode(errors="replace").replace("\0", "")
            return answer.status, answer.getheader("Retry-After"), text
        except (ValueError, OverflowError) as error:
            # A length that is no length: the parser hands it on to what reads.
            raise http.client.HTTPException from error
        finally:
            if may_keep:
                self._keep(target, line)
            else:
                line.close()

    def _kept(self, target: Target) -> Line | None:
        """A connection to the same place, unless it has been closed or is too old."""
        key = target.scheme, target.host, target.port
        while True:
            with self._lock:
                lines = self._idle.get(key)
                if not lines:
                    return None
                line = lines.pop()
                self._idle_count -= 1
                if not lines:
                    del self._idle[key]
            if time.monotonic() - line.last_used_at < _IDLE_SECONDS and line.is_usable():
                return line
            line.close()

    def _keep(self, target: Target, line: Line) -> None:
        key = target.scheme, target.host, target.port
        line.last_used_at = time.monotonic()
        dropped = None
        with self._lock:
            if not self._is_open:
                line.close()
                return
            self._idle.setdefault(key, []).append(line)
            self._idle.move_to_end(key)
            self._idle_count += 1
            if self._idle_count > _MOST_IDLE:
                longest_unused, lines = next(iter(self._idle.items()))
                dropped = lines.pop(0)
                self._idle_count -= 1
                if not lines:
                    del self._idle[longest_unused]
        if dropped:
            dropped.close()


_one_at_a_time = threading.Lock()


def door() -> Door:
    """The door of this process."""
    with _one_at_a_time:  # two who come first would each get one
        return _the_door()


@functools.cache
def _the_door() -> Door:
    return Door()


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        f"User-Agent: {_USER_AGENT}",
        "Accept-Encoding: identity",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("A header must be one line.")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def _fault(code: int) -> str:
    """What is wrong with a status; empty for success."""
    if 200 <= code < 300:
        return ""
    if 300 <= code < 400:
        return f"The receiver answered {code}; redirects are not followed."
    return f"The receiver answered {code} {http.client.responses.get(code, '')}".rstrip() + "."


def _explain(problem: Exception) -> tuple[str, bool]:
    """What went wrong, and whether that means that nobody is there."""
    match problem:
        case Refused():
            return f"Refused: {problem}", True
        case TimeoutError():
            return f"{problem}", True
        case socket.gaierror():
            return "The host name does not resolve.", True
        case ssl.SSLError():
            why = getattr(problem, "verify_message", "") or problem.reason or "no handshake"
            return f"TLS failed: {why.rstrip('.')}.", True
        case ConnectionRefusedError():
            return "The connection was refused.", True
        case ConnectionError():
            return "The connection was closed without an answer.", False
        case TooLong():
            return "The answer is too long.", False
        case http.client.HTTPException():
            return "The answer is not proper HTTP.", False
    return f"The connection failed ({problem.__class__.__name__}).", True


def _ms_since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
