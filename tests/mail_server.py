"""A mail server: takes letters by SMTP on a port of its own, or does what a bad one does."""

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

USER, PASSWORD = "officepro", "s3cret/pass"


class MailServer(socketserver.ThreadingTCPServer):
    """`letters` are those that it took. `mood`: "" takes them, else refuse, hang up or shut out."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[EmailMessage] = []
        self.mood = ""

    @property
    def url(self) -> str:
        """As EMAIL_URL takes it."""
        return f"smtp://{USER}:{PASSWORD.replace('/', '%2F')}@127.0.0.1:{self.server_address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    """Only with the right password."""

    server: MailServer
    is_known = False

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            verb = verb.upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "DATA" and self.server.mood == "hang up":
                return
            self._say(self._answer(verb, rest))

    def _answer(self, verb: str, rest: str) -> str:
        if verb == "EHLO":
            return "250-here\r\n250 AUTH PLAIN"
        if verb == "AUTH":
            given = base64.b64decode(rest.removeprefix("PLAIN ")).decode().split("\0")
            self.is_known = given[1:] == [USER, PASSWORD] and self.server.mood != "shut out"
            return "235 welcome" if self.is_known else "535 who are you"
        if not self.is_known:
            return "530 sign in first"
        if verb == "RCPT" and self.server.mood == "refuse":
            return "550 nobody of that name"
        if verb == "DATA":
            self._say("354 go on")
            return self._take()
        return "250 fine"

    def _take(self) -> str:
        text = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            text += line.removeprefix(b".") if line.startswith(b"..") else line
        letter = message_from_bytes(text, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.server.letters.append(letter)
        return "250 taken"

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """One that listens."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
