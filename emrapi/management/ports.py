"""The web port: the one asked for, or the next free one, kept for us as long as we run."""

import socket
import sys
from contextlib import suppress

FIRST, LAST = 8000, 8099


class PortTaken(Exception):
    """The port that was asked for, or every one of the default ones, is in use."""


def reserve(host: str, wanted: int | None) -> tuple[int, socket.socket]:
    """The port, and a socket that keeps others (a second clone, say) off it until it is closed.

    Raises PortTaken, with a message for the user.
    """
    if wanted is not None:
        try:
            return wanted, _claim(host, wanted)
        except OSError as error:
            raise PortTaken(
                f"PORT={wanted} cannot be used: {error.strerror}. Set PORT to a free one, or leave "
                f"it unset to take the next free one from {FIRST}."
            ) from None
    for port in range(FIRST, LAST + 1):
        with suppress(OSError):
            return port, _claim(host, port)
    raise PortTaken(f"No port from {FIRST} to {LAST} is free. Set PORT to one that is.")


def _claim(host: str, port: int) -> socket.socket:
    claim = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        claim.bind((host, port))
        # granian listens with SO_REUSEPORT, so two of them would silently share a port. Bound but
        # never listening, this socket lets our granian in and makes the bind above fail elsewhere.
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except OSError:
        claim.close()
        raise
    if sys.platform != "linux":
        claim.close()  # elsewhere granian does not share, and would be kept out too
    return claim
