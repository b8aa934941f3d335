"""The one door: what leaves by it, who is trusted, and how every kind of dawdling ends."""

import functools
import gzip
import socket
import ssl
import threading
import time
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.webhooks.certificates import Authority
from tests.webhooks.receivers import behaving, receiving
from tests.webhooks.resolver import Dialled, Resolver, resolver_that_waits
from webhooks import lines, outgoing
from webhooks.outgoing import Door

NAME = "hooks.partner.example"
TOTAL = 1.0
HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def door(loopback, monkeypatch):
    monkeypatch.setattr(lines, "READ_SECONDS", 0.6)
    monkeypatch.setattr(lines, "CONNECT_SECONDS", 0.6)
    door = Door(total_seconds=TOTAL)
    yield door
    door.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusting(loopback, authority):
    """A door that trusts the tests' own authority."""
    door = Door(ca_file=str(authority.ca_file))
    yield door
    door.close()


@pytest.fixture
def resolver(monkeypatch):
    resolver = Resolver(monkeypatch)
    resolver.leads(NAME, ["127.0.0.1"])
    return resolver


def post(door, url, body=b'{"a":1}'):
    """The answer, and the seconds that it took."""
    begun = time.monotonic()
    return door.post(url, body, {"X-Test": "yes"}), time.monotonic() - begun


def outcome(answer):
    return answer.status_code, answer.body, answer.error, answer.unreachable


def test_request_arrives_as_it_was_made(door, receiver):
    receiver.answers(201, b"thanks")

    answer = door.post(receiver.url + "?a=%20b", b'{"a":1}', {"X-Test": "yes"})

    (request,) = receiver.requests
    assert (request.path, request.body) == ("/hook?a=%20b", b'{"a":1}')
    assert request.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "user-agent": "OfficePro-Webhooks/1.0",
        "accept-encoding": "identity",
        "content-length": "7",
        "x-test": "yes",
    }
    assert (outcome(answer), answer.is_success) == ((201, "thanks", "", False), True)


def test_header_of_two_lines_is_never_sent(door, receiver):
    with pytest.raises(ValueError, match="one line"):
        door.post(receiver.url, b"", {"X-Test": "yes\r\nX-Other: no"})

    assert receiver.connections == 0


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (200, ""),
        (204, ""),
        (299, ""),
        (301, "The receiver answered 301; redirects are not followed."),
        (304, "The receiver answered 304; redirects are not followed."),
        (400, "The receiver answered 400 Bad Request."),
        (410, "The receiver answered 410 Gone."),
        (500, "The receiver answered 500 Internal Server Error."),
        (599, "The receiver answered 599."),
    ],
)
def test_only_2xx_is_success(door, receiver, code, error):
    receiver.answers(code)

    answer = door.post(receiver.url, b"", {})

    assert (answer.status_code, answer.error, answer.is_success, answer.unreachable) == (
        code,
        error,
        not error,
        False,
    )


def test_connection_is_kept_for_the_next_request(door, receiver):
    for code in (200, 500, 204, 200):
        receiver.answers(code)
        assert door.post(receiver.url, b"{}", {}).status_code == code

    assert (len(receiver.requests), receiver.connections) == (4, 1)


def test_connection_that_was_closed_meanwhile_is_opened_anew(door):
    served = []

    def once(connection):
        served.append(connection.recv(65536))
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\nok")

    with behaving(once) as url:
        answers = [door.post(url, b"{}", {}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(served) == 3


def test_connection_closed_as_the_request_arrives_is_opened_anew(door):
    """A server may close an idle connection at the very moment that we use it again."""
    served = []

    def close_at_the_second(connection):
        served.append(connection.recv(65536))
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\nok")
        connection.recv(65536)

    with behaving(close_at_the_second) as url:
        answers = [door.post(url, b"{}", {}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(served) == 2


def test_word_unasked_for_ends_a_connection(door):
    """What comes after an answer could be taken for the next one."""
    served = []

    def talk(connection):
        served.append(connection.recv(65536))
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\nok" + HEAD + b"X: forged\r\n\r\n")
        connection.recv(65536)

    with behaving(talk) as url:
        for _ in range(2):
            assert outcome(door.post(url, b"{}", {}))[:2] == (200, "ok")
            time.sleep(0.05)

    assert len(served) == 2


def test_redirect_is_not_followed(door, receiver):
    with receiving() as inside:
        receiver.answers(307, Location=inside.url)

        answer = door.post(receiver.url, b"secret", {})

    assert (answer.status_code, answer.redirected, answer.is_success) == (307, True, False)
    assert inside.connections == 0


def test_environment_has_no_say(door, receiver, monkeypatch):
    with receiving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)

        assert door.post(receiver.url, b"{}", {}).status_code == 200

    assert proxy.connections == 0


# --- TLS ---


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


# --- Receivers that dawdle, drown or break off ---


def drip(connection, text, pause=0.05):
    for byte in text:
        connection.sendall(bytes([byte]))
        time.sleep(pause)


def dripping_head(connection):
    connection.recv(65536)
    drip(connection, HEAD + b"X-Slow: " + b"a" * 1000)


def dripping_body(connection):
    connection.recv(65536)
    connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
    drip(connection, b"a" * 1000)


def dripping_chunks(connection):
    connection.recv(65536)
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"1\r\na\r\n")
        time.sleep(0.05)


def dripping_interim_answers(connection):
    connection.recv(65536)
    for _ in range(100):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


def never_answering(connection):
    connection.recv(65536)
    time.sleep(20)


def never_reading(connection):
    time.sleep(20)


SLOW = [
    dripping_head,
    dripping_body,
    dripping_chunks,
    dripping_interim_answers,
    never_answering,
    never_reading,
]


@pytest.mark.parametrize("behave", SLOW)
def test_slow_receiver_is_given_up_at_the_deadline(door, behave):
    with behaving(behave) as url:
        answer, seconds = post(door, url, b"x" * 10_000_000 if behave is never_reading else b"{}")

    assert (answer.status_code, answer.unreachable) == (None, True)
    assert answer.error in (
        "It all took too long.",
        "Waited 0.6 s for an answer.",
        "Waited 0.6 s for the request to be read.",
    )
    assert seconds < TOTAL + 0.4


def test_slow_handshake_is_given_up(trusting, resolver, monkeypatch):
    monkeypatch.setattr(lines, "READ_SECONDS", 0.3)
    with behaving(never_answering) as url:
        answer, seconds = post(trusting, url.replace("http://127.0.0.1", f"https://{NAME}"))

    assert answer.error == "Waited 0.3 s for the TLS handshake."
    assert seconds < 0.7


def test_connection_that_is_never_accepted_is_given_up(door):
    """The queue of a listener that accepts nobody is full; one more waits."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        port = listening.getsockname()[1]
        waiting = []
        for _ in range(4):
            caller = socket.socket()
            caller.setblocking(False)
            with suppress(BlockingIOError):
                caller.connect(("127.0.0.1", port))
            waiting.append(caller)
        answer, seconds = post(door, f"http://127.0.0.1:{port}/")
        for caller in waiting:
            caller.close()

    assert outcome(answer) == (None, "", "Waited 0.6 s for a connection.", True)
    assert seconds < 1.0


def test_name_servers_that_do_not_answer_are_given_up(door, monkeypatch):
    held = resolver_that_waits(monkeypatch)

    answer, seconds = post(door, f"https://{NAME}/")
    held.set()

    assert outcome(answer) == (None, "", "The name servers did not answer in time.", True)
    assert seconds < 1.0


def test_unknown_name_is_told(door, resolver):
    answer, _ = post(door, "https://nowhere.partner.example/")

    assert outcome(answer) == (None, "", "The host name does not resolve.", True)


def test_nobody_listening_is_told(door):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    answer, _ = post(door, f"http://127.0.0.1:{port}/")

    assert outcome(answer) == (None, "", "The connection was refused.", True)


def closing_at_once(connection):
    """Says nothing and hangs up."""


def resetting(connection):
    connection.recv(10)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def closing_in_the_head(connection):
    connection.recv(65536)
    connection.sendall(HEAD[:9])


def speaking_something_else(connection):
    connection.sendall(b"220 mail.example.com ESMTP\r\n")
    time.sleep(0.2)


def answering_with_many_headers(connection):
    connection.recv(65536)
    connection.sendall(HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(5000)) + b"\r\n")


def answering_with_a_long_header(connection):
    connection.recv(65536)
    connection.sendall(HEAD + b"X-Long: " + b"a" * 10_000_000)


def answering_with_lines_without_end(connection):
    connection.recv(65536)
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


@pytest.mark.parametrize(
    ("behave", "error"),
    [
        (closing_at_once, "The connection was closed without an answer."),
        (resetting, "The connection was closed without an answer."),
        (closing_in_the_head, "The answer is not proper HTTP."),
        (speaking_something_else, "The answer is not proper HTTP."),
        (answering_with_many_headers, "The answer is not proper HTTP."),
        (answering_with_a_long_header, "The answer is not proper HTTP."),
        (answering_with_lines_without_end, "The answer is too long."),
    ],
)
def test_broken_answer_is_told(door, behave, error):
    with behaving(behave) as url:
        answer, _ = post(door, url)

    assert outcome(answer) == (None, "", error, False)


_SCRAPS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 99999\r\n",
        b"HTTP/9.9 200\r\n",
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
    ]
    + [b"Transfer-Encoding: chunked\r\n", b"Content-Length: ", b"Retry-After: ", b"-5", b"-a", b"5"]
    + [b"9" * 30, b"f" * 30, b"1_0", b"abc", b";x", b"\0", b"\xff\xfe", b": ", b" "]
    + [b"Mon, 01 Jan 99999999999 00:00:00 GMT\r\n"]
)


def test_whatever_is_answered_nothing_is_raised(door):
    answers = []

    def answer(connection):
        connection.recv(65536)
        connection.sendall(answers[-1])

    with behaving(answer) as url:

        @given(scraps=st.lists(_SCRAPS, max_size=8))
        @example(scraps=[b"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n", b"-a\r\nabc"])
        @example(scraps=[b"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n", b"-" + b"f" * 30])
        def try_it(scraps):
            answers.append(b"".join(scraps))
            found = door.post(url, b"{}", {})
            assert found.is_success == (found.status_code in range(200, 300))

        try_it()


def test_of_a_long_body_the_beginning_is_read_and_kept(door):
    sent = []

    def endless(connection):
        connection.recv(65536)
        connection.sendall(HEAD + b"Content-Length: 1000000000\r\n\r\n")
        while True:
            sent.append(connection.send(b"a" * 65536))

    with behaving(endless) as url:
        answer, seconds = post(door, url)

    assert outcome(answer) == (200, "a" * 2048, "", False)
    assert seconds < TOTAL
    assert sum(sent) < 20_000_000


def test_packed_body_is_never_unpacked(door):
    bomb = gzip.compress(b"\0" * 50_000_000)

    def explode(connection):
        connection.recv(65536)
        connection.sendall(
            HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb
        )

    with behaving(explode) as url:
        tracemalloc.start()
        answer, _ = post(door, url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert (answer.status_code, answer.is_success) == (200, True)
    assert len(answer.body) <= 2048
    assert peak < 2_000_000


def test_kept_text_is_what_a_database_can_hold(door, receiver):
    receiver.answers(200, b"\0a\xff\xfe\xed\xa0\x80" + "é".encode())

    body = door.post(receiver.url, b"", {}).body

    assert body.startswith("a")
    assert body.endswith("é")
    assert "\0" not in body
    assert body.encode()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120.0), (" 7 ", 7.0), ("soon", None), ("-5", None), ("1.5", None), ("", None)],
)
def test_retry_after_is_read(door, receiver, header, seconds):
    receiver.answers(503, Retry_After=header)

    assert door.post(receiver.url, b"", {}).retry_after == seconds


def test_retry_after_as_a_date_is_read(door, receiver):
    receiver.answers(
        503, Retry_After=time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 90))
    )

    assert 85 < door.post(receiver.url, b"", {}).retry_after <= 90


def test_process_has_one_door_whoever_comes_first(monkeypatch):
    def slowly(**_):
        time.sleep(0.1)
        return object()

    monkeypatch.setattr(outgoing, "Door", slowly)
    monkeypatch.setattr(outgoing, "_the_door", functools.cache(outgoing._the_door.__wrapped__))
    found = []
    callers = [threading.Thread(target=lambda: found.append(outgoing.door())) for _ in range(4)]
    for each in callers:
        each.start()
    for each in callers:
        each.join()

    assert len(set(found)) == 1


def test_closed_door_keeps_no_connection(door):
    """Not even one on which an answer is still to come."""
    asked, go_on, ended = threading.Event(), threading.Event(), []

    def answer(arrived):
        arrived.recv(65536)
        asked.set()
        go_on.wait(10)
        arrived.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        arrived.settimeout(5)
        ended.append(arrived.recv(1))

    with behaving(answer) as url:
        caller = threading.Thread(target=post, args=(door, url))
        caller.start()
        assert asked.wait(10)
        door.close()
        go_on.set()
        caller.join()
        deadline = time.monotonic() + 5
        while not ended and time.monotonic() < deadline:
            time.sleep(0.01)

    assert ended == [b""]


def test_many_threads_share_the_door(door, receiver):
    codes = []

    def send():
        codes.extend(door.post(receiver.url, b"{}", {}).status_code for _ in range(20))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes == [200] * 160
    assert receiver.connections <= 8
