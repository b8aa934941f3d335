"""Addresses that may be signed up with, and what is kept of what a receiver writes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webhooks.names import PUBLIC, resolver
from tests.webhooks.resolver import resolver_that_waits
from webhooks.addresses import Refused, check_address, read

__all__ = ["resolver"]


@pytest.mark.parametrize(
    "url",
    [
        "https://partner.example.com/officepro/webhooks",
        "https://PARTNER.example.com/a%20b?c=d&e=%2F",
        "https://xn--bcher-kva.example/hook",
        "https://partner.example.com:8443",
        "https://partner.example.com:443/",
        "https://hooks_1.partner.example.com/",
        "https://1e100.example.com/",
        f"https://{PUBLIC}/hook",
        "https://[2606:2800:220:1:248:1893:25c8:1946]:8443/hook",
    ],
)
def test_public_address_is_accepted(resolver, url):
    for name in ("partner.example.com", "xn--bcher-kva.example"):
        resolver.leads(name, [PUBLIC, "2606:2800:220:1:248:1893:25c8:1946"])

    check_address(url)


def test_name_that_nobody_knows_yet_is_accepted(resolver):
    check_address("https://not-yet.partner.example.com/")

    assert resolver.asked == ["not-yet.partner.example.com"]


def test_signup_does_not_wait_for_slow_name_servers(monkeypatch):
    held = resolver_that_waits(monkeypatch)
    monkeypatch.setattr("webhooks.addresses._SIGNUP_SECONDS", 0.05)

    check_address("https://partner.example.com/")

    held.set()


def test_plain_http_is_for_settings_that_allow_it(settings, resolver):
    with pytest.raises(Refused, match="must begin with https"):
        check_address("http://partner.example.com/")

    settings.WEBHOOKS_ALLOW_HTTP = True
    check_address("http://partner.example.com/")
    check_address("http://partner.example.com:8080/")


@given(text=st.text(max_size=60))
def test_whatever_is_read_is_one_line_of_printable_ascii(text):
    with suppress(Refused):
        target = read(f"https://{text}")
        written = f"{target.authority}{target.path}"
        assert written.isascii()
        assert written.isprintable()
        assert " " not in written
