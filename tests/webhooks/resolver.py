"""A stub in place of the name servers: tests say what a name leads to, and see who asked."""

import ipaddress
import socket
import threading
from typing import Any

import pytest


class Resolver:
    """Answers each look-up of a name in turn; the last answer stays. Unknown names are unknown."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self._answers: dict[str, list[list[str]]] = {}
        patch.setattr(socket, "getaddrinfo", self._look_up)

    def leads(self, name: str, *answers: list[str]) -> None:
        """What `name` resolves to, look-up by look-up."""
        self._answers[name] = list(answers)

    def _look_up(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        self.asked.append(host)
        if not (answers := self._answers.get(host)):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                socket.IPPROTO_TCP,
                "",
                (address, port),
            )
            for address in found
        ]


def resolver_that_waits(patch: pytest.MonkeyPatch) -> threading.Event:
    """Every look-up waits until the event is set, and then finds nothing."""
    held = threading.Event()

    def look_up(*_: Any, **__: Any) -> list[Any]:
        held.wait(60)
        return []

    patch.setattr(socket, "getaddrinfo", look_up)
    return held


class Dialled:
    """Every address that any socket was told to connect to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.addresses: list[str] = []
        connect = socket.socket.connect

        def spy(self_: socket.socket, address: Any) -> None:
            if self_.family in (socket.AF_INET, socket.AF_INET6):
                ipaddress.ip_address(address[0])  # a name would mean a second look-up
                self.addresses.append(address[0])
            connect(self_, address)

        patch.setattr(socket.socket, "connect", spy)
