"""A connection to a receiver, of which every wait ends by one deadline.

Timeouts of sockets are for one call each; a receiver that sends a byte now and then would never
meet one. So each read and write asks for the time that is left, and counts what has come.
"""

import io
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse

import certifi

from webhooks.addresses import Target, resolve

CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0
# Bytes of one answer, head included, beyond which nobody listens any more.
_LONGEST_ANSWER = 80 * 1024


class TooLong(Exception):
    """The answer's head does not end."""


class Line:
    """One connection. What it was checked for when it was opened holds for as long as it lives."""

    def __init__(self, target: Target, *, tls: ssl.SSLContext, deadline: float) -> None:
        self._deadline = deadline
        self.received = 0
        self.last_used_at = 0.0
        self._socket = self._dial(target)
        if target.scheme == "https":
            try:
                with self._waiting(self._socket, READ_SECONDS, "the TLS handshake"):
                    # The address is dialled, but the certificate must be the name's.
                    self._socket = tls.wrap_socket(self._socket, server_hostname=target.host)
            except BaseException:
                self._socket.close()
                raise

    def _dial(self, target: Target) -> socket.socket:
        """Connect to one of the addresses that were checked; there is no second look-up."""
        problem: OSError = OSError("no address")
        for family, address in resolve(target, seconds=self._left(CONNECT_SECONDS)):
            opened = socket.socket(family, socket.SOCK_STREAM)
            try:
                with self._waiting(opened, CONNECT_SECONDS, "a connection"):
                    opened.connect((address, target.port))
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                opened.close()
                problem = error
            else:
                return opened
        raise problem

    def ask(self, request: bytes, *, deadline: float) -> HTTPResponse:
        """Send a request; the head of its answer."""
        self._deadline, self.received = deadline, 0
        unsent = memoryview(request)
        while unsent:
            with self._waiting(self._socket, READ_SECONDS, "the request to be read"):
                unsent = unsent[self._socket.send(unsent) :]
        answer = HTTPResponse(self, method="POST")  # type: ignore[arg-type]
        answer.begin()
        return answer

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What `HTTPResponse` reads from."""
        return io.BufferedReader(_Incoming(self))

    def receive(self, buffer: memoryview) -> int:
        """Wait for some bytes, no longer than there is time."""
        if self.received > _LONGEST_ANSWER:
            raise TooLong
        with self._waiting(self._socket, READ_SECONDS, "an answer"):
            count = self._socket.recv_into(buffer)
        self.received += count
        return count

    def is_usable(self) -> bool:
        """Whether nothing has come since the last answer, neither an end nor a word unasked for."""
        self._socket.settimeout(0)
        try:
            self._socket.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    @contextmanager
    def _waiting(self, waiting: socket.socket, most: float, what: str) -> Iterator[None]:
        """One wait, for so many seconds at most, and never beyond the deadline."""
        waiting.settimeout(self._left(most))
        try:
            yield
        except TimeoutError:
            self._left(most)
            raise TimeoutError(f"Waited {most:g} s for {what}.") from None

    def _left(self, most: float) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("It all took too long.")
        return min(left, most)


class _Incoming(io.RawIOBase):
    def __init__(self, line: Line) -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._line.receive(buffer)


def make_tls(ca_file: str = "") -> ssl.SSLContext:
    """Who is trusted: the usual authorities, or those of `ca_file`; the environment has no say."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_verify_locations(ca_file or certifi.where())
    return context
