"""What a partner's call costs beside a plain view: `GET …/prospects?limit=10` through all of it.

Both sides run on the same server, one after the other in each round: ours with token, key,
practice, scope, row-level security, rate limit and call log; the baseline (`plain.py`) with none of
these. wrk asks from eight connections. Needs wrk: `apt-get install wrk`.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import orjson
import psycopg

from emrapi import embedded
from tests.benchmarks.stage import ROOT, in_turn, make_database, manage, report

ROUNDS, SECONDS, CONNECTIONS = 5, 4, 8
PEOPLE = 300
TARGET = 0.55
WRK = shutil.which("wrk") or ""


def main() -> int:
    """Prints one line; 1 if short."""
    if not WRK:
        print("pipeline: needs wrk (apt-get install wrk)")
        return 1
    url = make_database("bench_pipeline")
    key = _prepare(url)
    with _server(url) as base:
        token = _token(base, key)
        headers = ["-H", f"Authorization: Bearer {token}"]
        ours, baseline = in_turn(
            ROUNDS,
            lambda: _rate(f"{base}/v1/Bench/prospects?limit=10", headers),
            lambda: _rate(f"{base}/plain/people", []),
        )
    ok = report(
        "pipeline", ours=ours, baseline=baseline, ratio=ours / baseline, target=TARGET, unit="req/s"
    )
    return 0 if ok else 1


def _prepare(url: str) -> str:
    manage("create_practice", "Bench", "--name", "Bench", DATABASE_URL=url)
    made = manage(
        "create_api_key",
        *("--partner", "Bench", "--ppass", "Bench", "--scopes", "Prospects", "--name", "bench"),
        *("--rate-limit", "99999999", "--json"),
        DATABASE_URL=url,
    )
    _people(url)
    return str(orjson.loads(made)["key"])


def _people(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE emr_staff")
        connection.execute(
            "INSERT INTO prospects_person"
            " (practice_id, first_name, last_name, full_name, email, phone)"
            " SELECT p.id, 'First' || n, 'Last' || n, 'First' || n || ' Last' || n,"
            "        'person' || n || '@example.com', '555-' || lpad(n::text, 4, '0')"
            " FROM partners_practice p, generate_series(1, %s) n",
            [PEOPLE],
        )


@contextlib.contextmanager
def _server(url: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATABASE_ROLE": "emr_web",
        "REDIS_URL": embedded.redis_url(),
        "BENCHMARK_PRACTICE": "1",
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.plain_settings",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-log"]
    server = subprocess.Popen([*command, "emrapi.wsgi:application"], cwd=ROOT, env=environment)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base)
        yield base
    finally:
        server.terminate()
        server.wait(20)


def _wait(base: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{base}/readyz", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not become ready")


def _token(base: str, key: str) -> str:
    request = urllib.request.Request(
        f"{base}/v1/Bench/auth/token",
        data=orjson.dumps({"apiKey": key}),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return str(orjson.loads(answer.read())["accessToken"])


def _rate(url: str, headers: list[str]) -> float:
    """Requests a second; any answer but 2xx is an error of the benchmark."""
    printed = subprocess.run(
        [
            str(shutil.which("wrk")),
            "-t",
            "1",
            "-c",
            str(CONNECTIONS),
            "-d",
            f"{SECONDS}s",
            *headers,
            url,
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in printed:
        raise RuntimeError(printed)
    found = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    if found is None:
        raise RuntimeError(printed)
    return float(found[1])
