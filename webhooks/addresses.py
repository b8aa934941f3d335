"""Where a webhook may go: to public addresses, never inside.

One strict grammar stands before everything else, so that no two readers can take an address for
different hosts; and a name counts for nothing, only the addresses that it resolves to.
"""

import functools
import ipaddress
import re
import socket
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# How long signup waits for a name; a delivery waits as long as it may take to connect.
_SIGNUP_SECONDS = 2.0
_LONGEST = 2000

# Beside what Python knows as not global: ways to write an IPv4 address as IPv6 (mapped, compatible,
# NAT64, 6to4, Teredo), multicast, relays, documentation, a cloud's metadata on a public address.
_RESERVED = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
        "192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 "
        "224.0.0.0/4 240.0.0.0/4 168.63.129.16/32 "
        "::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 "
        "2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8"
    ).split()
]
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")

# Names that mean something inside a machine, a network or a cloud only.
_INWARD = {
    "localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan",
    "home.arpa", "onion",
}  # fmt: skip
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
# What a URL may hold; whoever has other characters writes them in per cent, or the name as xn--.
_PRINTABLE = re.compile(r"[!#-\[\]_a-z~A-Z]+", re.ASCII)


class Refused(Exception):
    """We do not send there. The message is for the partner: what is wrong with the address."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart: `path` with its query, `host` without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return host if self.port == usual else f"{host}:{self.port}"


def check_address(url: str) -> None:
    """Raise Refused unless `url` may be a subscription's, as far as can be told now.

    A name that does not resolve yet is let pass: each delivery looks again, at the address that it
    connects to.
    """
    target = read(url)
    try:
        resolve(target, seconds=_SIGNUP_SECONDS)
    except OSError:
        return


def read(url: str) -> Target:
    """Take an address apart. Raises Refused."""
    return _read(url, settings.WEBHOOKS_ALLOW_HTTP)


@functools.lru_cache(maxsize=4096)
def _read(url: str, allow_http: bool) -> Target:
    if len(url) > _LONGEST:
        raise Refused(f"The address is longer than {_LONGEST} characters.")
    if not _PRINTABLE.fullmatch(url):
        raise Refused(
            "The address has characters that a URL cannot have; write them as %XX, and an"
            " international host name in its xn-- form."
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("The address is not a URL.") from None
    if parts.scheme != "https" and not (allow_http and parts.scheme == "http"):
        raise Refused("The address must begin with https://.")
    if "@" in parts.netloc:
        raise Refused("The address must not hold a user name or password.")
    if "#" in url:
        raise Refused("The address must not have a fragment (#…).")
    host = _host(parts.netloc, parts.hostname or "")
    usual = 443 if parts.scheme == "https" else 80
    port = usual if port is None else port
    if port != usual and port < 1024:
        raise Refused(f"Port {port} is not one for webhooks; use {usual} or one from 1024 on.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path)


def _host(netloc: str, host: str) -> str:
    """The host in its one form; every other way to write an address is refused, not understood."""
    if netloc.startswith("["):
        return str(_literal(host, ipaddress.IPv6Address))
    labels = host.split(".")
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        return str(_literal(host, ipaddress.IPv4Address))
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise Refused("The address has no proper host name.")
    if len(labels) == 1 or labels[-1] in _INWARD or ".".join(labels[-2:]) in _INWARD:
        raise Refused(f'"{host}" is not a public host name.')
    return host


def _literal(text: str, form: type[Address]) -> Address:
    try:
        address = form(text)
    except ValueError:
        raise Refused("The address has a number for a host that is not an IP address.") from None
    if "%" in text:
        raise Refused("The address must not have a zone.")
    return address


def resolve(target: Target, *, seconds: float) -> list[tuple[socket.AddressFamily, str]]:
    """The addresses of a target, each one checked.

    Raises Refused when ANY of them is reserved: which one a later look-up would name first is for
    others to choose. Raises OSError when there is none, TimeoutError when none came in time.
    """
    try:
        literal = ipaddress.ip_address(target.host)
    except ValueError:
        found = _look_up(target, seconds)
    else:
        family = socket.AF_INET if literal.version == 4 else socket.AF_INET6
        found = [(family, target.host)]
    for _, text in found:
        if not _may_dial(text):
            raise Refused(f"{target.host} is, or leads to, an address that is not public.")
    return found


def _look_up(target: Target, seconds: float) -> list[tuple[socket.AddressFamily, str]]:
    """`getaddrinfo` knows no deadline, so a thread waits for it, and nobody for the thread."""
    answers: list[list[tuple[socket.AddressFamily, str]] | OSError] = []
    has_come = threading.Event()

    def ask() -> None:
        try:
            infos = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            answers.append([(info[0], str(info[4][0])) for info in infos])
        except OSError as error:
            answers.append(error)
        except UnicodeError:
            answers.append(socket.gaierror(socket.EAI_NONAME, "not a name"))
        has_come.set()

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    if not has_come.wait(max(0.0, seconds)):
        raise TimeoutError("The name servers did not answer in time.")
    answer = answers[0]
    if isinstance(answer, OSError):
        raise answer
    if not answer:
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    return answer


def _may_dial(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return is_public(address) or any(
        address in network for network in map(_network, settings.WEBHOOKS_ALLOWED_NETWORKS)
    )


@functools.cache
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text)


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet."""
    if not address.is_global or any(address in network for network in _RESERVED):
        return False
    return isinstance(address, ipaddress.IPv4Address) or address in _GLOBAL_V6
