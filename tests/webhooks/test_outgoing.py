"""The one door: what leaves by it, over which connections, and what is read of the answer."""

import functools
import threading
import time

import pytest

from tests.webhooks.doors import door, outcome, post
from tests.webhooks.misbehaving import HEAD
from tests.webhooks.receivers import behaving, receiving
from webhooks import outgoing
from webhooks.outgoing import Door

__all__ = ["door"]


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


def test_many_threads_share_the_door(receiver):
    # With as much time as a door has: what this one shows is no matter of moments.
    door, codes = Door(), []

    def send():
        codes.extend(door.post(receiver.url, b"{}", {}).status_code for _ in range(20))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    door.close()

    assert codes == [200] * 160
    assert receiver.connections <= 8
