"""The developers' receiver, in a process of its own."""

import socket
import subprocess
import sys
import time

import pytest

from tests.process import PROJECT
from tests.webhooks.clients import reachable
from webhooks import signing
from webhooks.outgoing import Door

__all__ = ["reachable"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.mark.parametrize("answer", [204, 500])
def test_what_arrives_is_verified_and_printed(reachable: None, answer: int) -> None:
    secret, port = signing.new_secret(), free_port()
    command = [sys.executable, "manage.py", "receive_webhooks", "--secret", secret]
    command += ["--port", str(port), "--answer", str(answer), "--count", "2"]
    body = b'{"id":"evt_7"}'

    def post(by: str) -> int | None:
        headers = signing.headers([by], message_id="evt_7", body=body, now=time.time())
        return Door().post(f"http://127.0.0.1:{port}/", body, headers).status_code

    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == f"Listening on http://127.0.0.1:{port}/\n"
        answers = [post(secret), post(signing.new_secret())]
        printed, _ = process.communicate(timeout=30)

    assert answers == [answer, 401]
    assert printed.splitlines() == [
        'genuine  {"id":"evt_7"}',
        'NOT GENUINE: No signature matches.  {"id":"evt_7"}',
    ]
