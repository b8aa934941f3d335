"""One command brings the platform up, and ends it."""

import http.cookiejar
import json
import os
import re
import signal
import socket
import stat
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from tests.start.served import Place, Served, free_port

# Whole starts and stops, one after the other, on a machine that is busy with other tests.
pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("serve")]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    place = Place()
    try:
        started = place.serve(PORT=str(free_port()))
        started.wait_until_ready()
        started.wait_for("celery@")
        yield started
    finally:
        place.remove()


def test_lines_of_the_start_screen_work_when_pasted(served: Served):
    done = subprocess.run(
        ["/bin/bash", "-c", served.pasted()], capture_output=True, text=True, check=True
    )

    created, found = map(json.loads, done.stdout.splitlines())
    assert created["data"]["EMail"] == "ada@example.com"
    assert created["data"]["PatientID"] in [person["PatientID"] for person in found["data"]]


def test_addresses_of_the_start_screen_answer(served: Served):
    for label in ("Docs", "Overview", "Admin"):
        with urllib.request.urlopen(served.shown(label), timeout=10) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"].startswith("text/html")
    assert served.get("/healthz")[0] == 200
    assert served.get("/v1/nothing-here")[0] == 404


def test_staff_sign_in_of_the_start_screen_works(served: Served):
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    address = f"{served.shown('Admin')}login/?next=/admin/"
    page = browser.open(address, timeout=10).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    name, password = served.shown("Sign in").split()
    form = {"csrfmiddlewaretoken": token[1], "username": name, "password": password}

    with browser.open(address, urllib.parse.urlencode(form).encode(), timeout=10) as answer:
        landed = urllib.parse.urlsplit(answer.url)
        page = answer.read().decode()

    assert landed.path == "/admin/"
    assert "Log out" in page


def test_what_is_secret_is_for_its_owner_only(served: Served):
    home = served.place.home
    files = [home / "secrets.json", *home.glob("first-run-*.json"), *home.glob("*.log")]

    assert len(files) >= 4
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in files} == {
        path.name: 0o600 for path in files
    }
    assert {path.stat().st_uid for path in files} == {os.geteuid()}


@pytest.mark.parametrize("name", ["web", "worker", "sender", "beat"])
def test_child_that_dies_is_started_again_while_the_rest_runs(served: Served, name: str):
    others = {"web", "worker", "sender", "beat"} - {name}
    before = {other: served.child(other) for other in others}
    killed = served.child(name)

    os.kill(killed, signal.SIGKILL)

    deadline = time.monotonic() + 60
    while True:
        try:
            assert served.child(name) != killed
            assert served.get("/readyz") == (200, {"status": "ok", "database": "ok", "redis": "ok"})
            break
        except (AssertionError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    assert {other: served.child(other) for other in others} == before
    assert f"{name:<8} | ended (SIGKILL); starting again in" in served.said


def test_taken_port_is_a_clear_error_and_starts_nothing(place: Place):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = place.manage("serve", PORT=str(port))

    assert done.returncode == 1
    assert f"PORT={port} cannot be used: Address already in use" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (place.home / "postgres").exists()


def test_production_does_not_start_on_guessed_secrets(place: Place):
    done = place.manage("serve", EMR_ENV="production")

    assert done.returncode == 1
    for name in ("SECRET_KEY", "JWT_KEYS", "KEY_PEPPERS", "FIELD_KEYS", "DATABASE_URL"):
        assert name in done.stderr
    assert not place.home.exists()


def test_interrupt_ends_all_and_the_second_start_finds_everything_again(place: Place):
    port = free_port()
    first = place.serve(PORT=str(port))
    first.wait_until_ready()
    assert first.port == port

    assert first.stop(signal.SIGINT) < 10
    assert first.process.returncode == 0
    assert first.lines[-1] == "start    | everything has ended"
    assert place.processes() == {}

    second = place.serve(PORT=str(port))
    # Eight seconds on an idle machine of two cores; here other tests take their part of them.
    assert second.wait_until_ready() < 24
    for label in ("Key", "Sign in", "Practice"):
        assert second.shown(label) == first.shown(label)

    # Killed outright, with all that it was doing.
    second.process.kill()
    second.process.wait()
    deadline = time.monotonic() + 20
    while any("emrapi" in command and "-D" not in command for command in _python(place)):
        assert time.monotonic() < deadline, place.processes()
        time.sleep(0.1)

    third = place.serve(PORT=str(port))
    third.wait_until_ready()
    assert third.stop(signal.SIGTERM) < 10
    assert place.processes() == {}


def _python(place: Place) -> list[str]:
    return [command for command in place.processes().values() if "python" in command.split()[0]]
