"""The parts of the supervisor that need no servers."""

import io
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings

from emrapi.embedded.processes import command_line
from emrapi.management import tethered
from emrapi.management.children import Child
from emrapi.management.console import Console
from emrapi.management.ports import PortTaken, reserve
from emrapi.management.start_screen import start_screen
from tests.start.served import free_port


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_carry_the_name_of_who_said_them():
    stream = io.StringIO()

    Console(stream).line("web", "hello")
    Console(stream).copy("worker", io.BytesIO("one\nzwö\n".encode()))

    assert stream.getvalue() == "web      | hello\nworker   | one\nworker   | zwö\n"


def test_lines_are_coloured_at_a_terminal_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured, plain = Terminal(), Terminal()

    Console(coloured).line("web", "hello")
    monkeypatch.setenv("NO_COLOR", "1")
    Console(plain).line("web", "hello")

    assert coloured.getvalue() == "\033[36mweb      |\033[0m hello\n"
    assert plain.getvalue() == "web      | hello\n"


def test_console_goes_on_when_nobody_reads():
    stream = io.StringIO()
    console = Console(stream)
    stream.close()

    console.line("web", "hello")


def test_child_that_dies_is_started_ever_more_patiently():
    stream = io.StringIO()
    child = Child("web", ["/bin/sh", "-c", "exit 3"], {}, Console(stream))
    deadline = time.monotonic() + 20
    while stream.getvalue().count("ended") < 3:
        assert time.monotonic() < deadline
        child.keep_running()
        time.sleep(0.01)

    assert stream.getvalue().splitlines() == [
        f"web      | ended (exit code 3); starting again in {delay} s"
        for delay in ("0.5", "1", "2")
    ]
    child.stop(time.monotonic())


def test_child_that_does_not_end_in_time_is_killed_with_all_it_started():
    stream = io.StringIO()
    script = "trap '' TERM; sleep 300 & echo $!; while true; do sleep 0.1; done"
    child = Child("worker", ["/bin/sh", "-c", script], {}, Console(stream))
    child.keep_running()
    while "\n" not in stream.getvalue():
        time.sleep(0.01)
    grandchild = int(stream.getvalue().split("|")[1])

    child.stop(time.monotonic() + 0.3)

    assert "did not end in time; killed" in stream.getvalue()
    deadline = time.monotonic() + 5
    while _is_alive(grandchild):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_child_is_asked_once_and_ends_while_nobody_waits():
    stream = io.StringIO()
    script = "trap 'echo asked' TERM; echo up; for n in 1 2 3 4 5 6 7 8; do sleep 0.1; done"
    child = Child("worker", ["/bin/sh", "-c", script], {}, Console(stream))
    child.keep_running()
    while "up" not in stream.getvalue():
        time.sleep(0.01)

    child.ask_to_end()
    time.sleep(0.2)
    child.stop(time.monotonic() + 20)

    while "asked" not in stream.getvalue():
        time.sleep(0.01)
    assert stream.getvalue().splitlines() == ["worker   | up", "worker   | asked"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a child to its parent")
def test_tethered_program_ends_with_its_parent():
    code = (
        "import os, subprocess, sys, time\n"
        "tethered = [sys.executable, sys.argv[1], str(os.getpid())]\n"
        "child = subprocess.Popen([*tethered, '/bin/sleep', '300'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(300)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, tethered.__file__], stdout=subprocess.PIPE, text=True
    )
    child = int(parent.stdout.readline())
    deadline = time.monotonic() + 10
    while "/bin/sleep" not in command_line(child)[:1]:
        assert time.monotonic() < deadline
        time.sleep(0.01)

    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate()

    while _is_alive(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_two_at_once_get_two_ports():
    first, first_claim = reserve("127.0.0.1", None)
    second, second_claim = reserve("127.0.0.1", None)
    with first_claim, second_claim:
        assert first != second
        with pytest.raises(PortTaken, match=f"PORT={first} cannot be used"):
            reserve("0.0.0.0", first)  # noqa: S104


def test_port_that_is_reserved_lets_our_server_listen_and_is_free_afterwards():
    port, claim = reserve("127.0.0.1", free_port())
    with claim, socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0]:
            pass

    again, claim = reserve("127.0.0.1", port)
    claim.close()
    assert again == port


def test_start_screen_of_a_production_shows_addresses_only(monkeypatch):
    # There letters go out by a mail server.
    monkeypatch.delattr(settings, "EMAIL_FILE_PATH")
    screen = start_screen("http://127.0.0.1:8000", {})

    assert screen.split() == [
        *("API", "http://127.0.0.1:8000/v1/"),
        *("Docs", "http://127.0.0.1:8000/docs"),
        *("Overview", "http://127.0.0.1:8000/dashboard/"),
        *("Admin", "http://127.0.0.1:8000/admin/"),
        *("Ctrl-C", "ends", "it."),
    ]


def test_start_screen_shows_no_password_that_staff_have_changed():
    staff = {"username": "admin", "password": None}
    demo = {"ppass": "DemoOffice", "key": "emr_test_key", "staff": staff}

    screen = start_screen("http://127.0.0.1:8000", demo)

    assert "  Sign in  admin  (as you have set it)" in screen.splitlines()


def _is_alive(pid: int) -> bool:
    return bool(command_line(pid))
