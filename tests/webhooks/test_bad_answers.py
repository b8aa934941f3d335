"""Receivers that drown us, break off or speak nonsense: each is told, and none does harm."""

import gzip
import socket
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.webhooks.doors import TOTAL, door, outcome, post, resolver
from tests.webhooks.misbehaving import (
    HEAD,
    answering_with_a_long_header,
    answering_with_lines_without_end,
    answering_with_many_headers,
    closing_at_once,
    closing_in_the_head,
    resetting,
    speaking_something_else,
)
from tests.webhooks.receivers import behaving

__all__ = ["door", "resolver"]


def test_unknown_name_is_told(door, resolver):
    answer, _ = post(door, "https://nowhere.partner.example/")

    assert outcome(answer) == (None, "", "The host name does not resolve.", True)


def test_nobody_listening_is_told(door):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    answer, _ = post(door, f"http://127.0.0.1:{port}/")

    assert outcome(answer) == (None, "", "The connection was refused.", True)


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
