"""Addresses inside are never connected to, however they are written or resolved."""

import ipaddress
import socket
import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webhooks.names import PUBLIC, resolver
from tests.webhooks.resolver import Dialled
from webhooks.addresses import Refused, check_address, is_public
from webhooks.outgoing import Door

__all__ = ["resolver"]

LOOPBACK = """
127.0.0.1 127.0.0.2 127.255.255.254 127.1 127.0.1 2130706433 0x7f000001 0x7F000001 0x7f.0.0.1 0x7f.1
0177.0.0.1 017700000001 0177.0.0.0x1 127.0.0.1. 2130706433. 127.00.0.1 127.000.000.001 0127.0.0.1
6425673729 0 0x0 00 0.0.0.0 -1 1 127.0.0.1.1 １２７.０.０.１ ①②⑦.⓪.⓪.① 127。0。0。1
127%2e0%2e0%2e1 %31%32%37.0.0.1 127.0.0.1%00.example.com
[::1] [0:0:0:0:0:0:0:1] [0000::0001] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1]
[::7f00:1] [::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1]
[2002:7f00:1::] [2001:0:7f00:1::] [::1%25lo] [::1%lo] [::1%1] [::1]. [::1].example.com
::1 [127.0.0.1] [v1.127.0.0.1]
localhost LOCALHOST localhost. LocalHost.LocalDomain me.localhost ｌｏｃａｌｈｏｓｔ ip6-localhost
""".split()


RESERVED = """
10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 192.0.0.8 192.0.2.1
198.18.0.1 198.51.100.7 203.0.113.7 192.88.99.1 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255 0.1.2.3 169.254.169.254 169.254.170.2 100.100.100.200 192.0.0.192 168.63.129.16
2852039166 0xa9fea9fe 0xa9.0xfe.0xa9.0xfe 0251.0376.0251.0376
[::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [64:ff9b::a9fe:a9fe] [2002:a9fe:a9fe::] [fd00:ec2::254]
[fe80::1] [fe80::1%25eth0] [fe80::a9fe:a9fe] [fec0::1] [fc00::1] [fdff::1] [ff02::1] [100::1]
[2001:db8::1] [2001:2::1] [2001:10::1] [3fff::1] [5f00::1] [4000::1] [::a00:1] [::ffff:10.0.0.1]
metadata metadata.google.internal instance-data printer.local db.internal router.lan intranet
host.docker.internal kubernetes.default.svc.cluster.local gateway.home.arpa wiki.corp x.onion
-a.example.com a-.example.com a..example.com .example.com example..com example.com.
*.example.com a_b|c.example.com
""".split()


# The host is public, or there is none: the way it is written is at fault.
WRITTEN = [
    "https://user@example.com/",
    "https://user:word@example.com/",
    "https://@example.com/",
    "https://:@example.com/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1:443@example.com/",
    "https://example.com%40127.0.0.1/",
    "https://example.com#@127.0.0.1/",
    "https://example.com/#",
    "https://example.com\\@127.0.0.1/",
    "https://127.0.0.1\\.example.com/",
    "https://example.com:443:80/",
    "https://example.com /",
    " https://example.com/",
    "https://exa\tmple.com/",
    "https://example.com/\r\nHost: localhost",
    "https://example.com/\0",
    "https://exam\u00adple.com/",
    "https://еxample.com/",
    "https:///127.0.0.1/",
    "https:127.0.0.1",
    "https:/example.com",
    "//example.com/",
    "example.com",
    "https://",
    "https://:443/",
    "https://?",
    "",
    "https://[example.com]/",
    "https://[::1/",
    "https://::1]/",
    "https://" + "a" * 64 + ".com/",
    "https://" + "a." * 130 + "com/",
    "https://example.com/" + "a" * 2000,
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://example.com:11211/",
    "ws://example.com/",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:80/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:-1/",
    "https://example.com:+443/",
    "https://example.com:٤٤٣/",
    "https://example.com:0x1bb/",
]


NAMES = [
    ["127.0.0.1"],
    ["0.0.0.0"],  # noqa: S104 - where it must not go
    ["10.1.2.3"],
    ["169.254.169.254"],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["64:ff9b::a9fe:a9fe"],
    ["fe80::1%1"],
    ["fd00::1"],
    [PUBLIC, "127.0.0.1"],
    ["127.0.0.1", PUBLIC],
    [PUBLIC, "2606:2800:220:1::1", "::1"],
]


@pytest.fixture
def inside():
    """What must stay alone: all of loopback, at one port, and the count of its callers."""
    callers = []

    def count(listening):
        with suppress(OSError):
            while True:
                connection, address = listening.accept()
                callers.append(address)
                connection.close()

    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as listening:
        threading.Thread(target=count, args=(listening,), daemon=True).start()
        yield callers, listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def dialled(monkeypatch):
    return Dialled(monkeypatch)


@pytest.fixture(scope="module")
def door():
    return Door(total_seconds=2)


@pytest.fixture
def is_refused_everywhere(inside, dialled, door):
    return lambda url: _is_refused_everywhere(url, inside, dialled, door)


def _is_refused_everywhere(url, inside, dialled, door):
    with pytest.raises(Refused):
        check_address(url)
    answer = door.post(url, b"{}", {})
    return (answer.status_code, answer.error[:8], dialled.addresses, inside[0]) == (
        None,
        "Refused:",
        [],
        [],
    )


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", [*LOOPBACK, *RESERVED])
def test_host_that_is_inside_is_never_connected_to(
    settings, inside, resolver, is_refused_everywhere, scheme, host
):
    settings.WEBHOOKS_ALLOW_HTTP = True
    # As a resolver would that understands every way to write an address.
    resolver.leads(host.lower(), ["127.0.0.1"])

    assert is_refused_everywhere(f"{scheme}://{host}:{inside[1]}/")


@pytest.mark.parametrize("url", WRITTEN)
def test_odd_address_is_refused_though_its_host_may_be_public(resolver, is_refused_everywhere, url):
    resolver.leads("example.com", [PUBLIC])

    assert is_refused_everywhere(url)


@pytest.mark.parametrize("addresses", NAMES)
def test_name_that_leads_inside_by_any_of_its_addresses_is_refused(
    inside, resolver, is_refused_everywhere, addresses
):
    resolver.leads("hooks.example.com", addresses)

    assert is_refused_everywhere(f"https://hooks.example.com:{inside[1]}/")


def test_name_that_leads_elsewhere_after_signup_is_refused_then(inside, resolver, dialled, door):
    resolver.leads("hooks.example.com", [PUBLIC], ["127.0.0.1"])
    url = f"https://hooks.example.com:{inside[1]}/"

    check_address(url)
    answer = door.post(url, b"{}", {})

    assert (answer.status_code, answer.unreachable, inside[0], dialled.addresses) == (
        None,
        True,
        [],
        [],
    )
    assert answer.error.startswith("Refused: hooks.example.com ")


def test_name_is_looked_up_once_and_its_address_dialled(settings, inside, resolver, dialled, door):
    """Were it looked up again for connecting, the second answer would be dialled."""
    settings.WEBHOOKS_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    resolver.leads("hooks.example.com", ["127.0.0.1"], ["::1"])

    door.post(f"https://hooks.example.com:{inside[1]}/", b"{}", {})

    assert (resolver.asked, dialled.addresses) == (["hooks.example.com"], ["127.0.0.1"])


def test_callers_would_have_been_counted(settings, inside, resolver, dialled, door):
    """The control: the same door does connect where it is allowed to."""
    settings.WEBHOOKS_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
    settings.WEBHOOKS_ALLOW_HTTP = True
    resolver.leads("hooks.example.com", ["127.0.0.1"])

    for host in ("127.0.0.1", "[::1]", "hooks.example.com"):
        door.post(f"http://{host}:{inside[1]}/", b"{}", {})

    assert len(inside[0]) == 3
    assert dialled.addresses == ["127.0.0.1", "::1", "127.0.0.1"]


def test_allowing_a_network_allows_no_other_way_to_write_it(settings):
    settings.WEBHOOKS_ALLOWED_NETWORKS = ["127.0.0.0/8"]

    check_address("https://127.0.0.1:8443/")
    for host in ("[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "2130706433", "localhost", "10.0.0.1"):
        with pytest.raises(Refused):
            check_address(f"https://{host}:8443/")


@given(address=st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_no_address_is_public_that_python_does_not_call_global(address):
    assert not is_public(address) or (address.is_global and not address.is_multicast)


@given(address=st.ip_addresses(v=4))
def test_no_ipv4_address_is_public_inside_ipv6(address):
    """Mapped, compatible, translated, NAT64 (both), 6to4 and Teredo, whatever is in them."""
    number = int(address)
    for form in (
        (0xFFFF << 32) | number,
        number,
        (0xFFFF << 48) | number,
        (0x64FF9B << 96) | number,
        (0x64FF9B0001 << 80) | number,
        (0x2002 << 112) | (number << 80),
        (0x20010000 << 96) | (number ^ 0xFFFFFFFF),
    ):
        assert not is_public(ipaddress.IPv6Address(form))
