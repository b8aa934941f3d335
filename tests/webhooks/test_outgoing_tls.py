"""The one door and TLS: whose certificates are trusted, and for which names."""

import ssl

import pytest

from tests.webhooks.doors import NAME, authority, door, outcome, resolver, trusting
from tests.webhooks.receivers import receiving
from tests.webhooks.resolver import Dialled
from webhooks.outgoing import Door

__all__ = ["authority", "door", "resolver", "trusting"]


def test_certificate_is_the_names_though_an_address_is_dialled(
    trusting, authority, resolver, monkeypatch
):
    names = []
    tls = authority.server(NAME)
    tls.sni_callback = lambda _, name, __: names.append(name)
    dialled = Dialled(monkeypatch)

    with receiving(tls) as receiver:
        url = f"https://{NAME}:{receiver.port}/hook"
        answers = [trusting.post(url, b"{}", {}) for _ in range(2)]

    assert [outcome(answer) for answer in answers] == [(200, "ok", "", False)] * 2
    assert (set(names), set(dialled.addresses)) == ({NAME}, {"127.0.0.1"})
    assert receiver.requests[0].headers["host"] == f"{NAME}:{receiver.port}"


def test_kept_connection_spares_the_handshake(trusting, authority, resolver):
    with receiving(authority.server(NAME)) as receiver:
        for _ in range(3):
            assert trusting.post(f"https://{NAME}:{receiver.port}/", b"{}", {}).status_code == 200

    assert (receiver.connections, resolver.asked) == (1, [NAME])


def test_address_with_a_certificate_of_its_own_is_accepted(trusting, authority):
    with receiving(authority.server("127.0.0.1")) as receiver:
        url = f"https://127.0.0.1:{receiver.port}/"
        answer = trusting.post(url, b"{}", {})

    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["other.partner.example", "partner.example", "127.0.0.1"])
def test_certificate_for_another_name_is_refused(trusting, authority, resolver, name):
    with receiving(authority.server(name)) as receiver:
        url = f"https://{NAME}:{receiver.port}/"
        answer = trusting.post(url, b"secret", {})

    assert receiver.requests == []
    assert outcome(answer) == (
        None,
        "",
        f"TLS failed: Hostname mismatch, certificate is not valid for '{NAME}'.",
        True,
    )


def test_certificate_that_has_run_out_is_refused(trusting, authority, resolver):
    with receiving(authority.server(NAME, days=-1)) as receiver:
        url = f"https://{NAME}:{receiver.port}/"
        answer = trusting.post(url, b"secret", {})

    assert (answer.error, receiver.requests) == ("TLS failed: certificate has expired.", [])


def test_unknown_authority_is_refused_whatever_the_environment_says(
    loopback, authority, resolver, monkeypatch, tmp_path
):
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority.ca_file))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))

    with receiving(authority.server(NAME)) as receiver:
        answer = Door().post(f"https://{NAME}:{receiver.port}/", b"secret", {})

    assert answer.error == "TLS failed: unable to get local issuer certificate."
    assert (receiver.requests, list(tmp_path.iterdir())) == ([], [])


def test_old_tls_is_refused(trusting, authority, resolver):
    tls = authority.server(NAME)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with receiving(tls) as receiver:
        url = f"https://{NAME}:{receiver.port}/"
        answer = trusting.post(url, b"secret", {})

    assert answer.error.startswith("TLS failed")
    assert receiver.requests == []
