"""What receivers do that they should not; each is given the connection that arrived."""

import socket
import time

HEAD = b"HTTP/1.1 200 OK\r\n"


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
