"""What the webhook benchmarks stand on: practices with a subscription each, receiver, senders."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from emrapi import embedded
from tests.benchmarks import stage
from tests.benchmarks.webhook_receiver import HOSTS

SUBSCRIPTIONS = 50

_FILL = """
INSERT INTO partners_partner (id, name, company_name, contact_name, email, phone, website,
    alert_email, is_active, created_at) VALUES (1, 'Bench', '', '', '', '', '', '', true, now());

INSERT INTO partners_apikey (partner_id, practice_id, name, scopes, allowed_networks, lookup_id,
    digest, pepper, created_at)
SELECT 1, n, 'bench', '{Patients}', '{}', lpad(n::text, 8, '0'), '', '', now()
FROM generate_series(1, %(count)s) AS n
"""

_SUBSCRIBE = """
INSERT INTO webhooks_subscription (practice_id, partner_id, secret, hook_url, scopes, status,
    disabled_reason, previous_secret, failures, created_at, updated_at)
VALUES (%s, 1, %s, %s, '{Patients}', 'active', '', '', 0, now(), now())
"""
_EVENTS = """
INSERT INTO webhooks_log (practice_id, scope, event, object_id, data)
SELECT 1 + n %% %(practices)s, 'Patients', 'patient.created', n, jsonb_build_object('n', n)
FROM generate_series(%(first)s::int, %(last)s::int) AS n
"""
_DELIVERIES = """
WITH event AS (
    INSERT INTO webhooks_log (practice_id, scope, event, object_id, data, log_id)
    SELECT 1 + n %% %(practices)s, 'Patients', 'patient.created', n, jsonb_build_object('n', n), n
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
    RETURNING *
)
INSERT INTO webhooks_delivery (practice_id, subscription_id, log_id, occurred_at, event, origin,
    status, attempts, hook_url, error)
SELECT practice_id, subscription.id, log_id, event.created_at, event, 'dispatch', 'pending', 0,
    '', ''
FROM event JOIN webhooks_subscription AS subscription USING (practice_id)
RETURNING id
"""


class Receiver:
    """The process that the events are sent to."""

    def __init__(self, folder: Path) -> None:
        self._process = _python("webhook_receiver", str(folder))
        self.port = int(self._line())
        self.ca_file = str(folder / "ca.pem")

    def address(self, number: int, kind: str) -> str:
        """The address of one subscription; every one has a host of its own."""
        return f"https://{HOSTS[number % len(HOSTS)]}:{self.port}/{kind}"

    def count(self) -> int:
        """How many events have arrived."""
        return int(self._ask("count"))

    def times(self) -> dict[int, float]:
        """When each event arrived first, by its object id."""
        pairs = (pair.split(":") for pair in self._ask("times").split())
        return {int(number): float(at) for number, at in pairs}

    def reset(self) -> None:
        """Forget all that has arrived."""
        self._ask("reset")

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _ask(self, question: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{question}\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


class Scene:
    """A database with subscriptions, and the receiver that they name."""

    def __init__(self, url: str, owner: psycopg.Connection[Any], receiver: Receiver) -> None:
        self.url, self.owner, self.receiver = url, owner, receiver
        self.environment = {
            "DATABASE_URL": url,
            "REDIS_URL": embedded.redis_url(),
            "DATABASE_ROLE": "emr_sender",
            "DJANGO_SETTINGS_MODULE": "emrapi.settings",
            "WEBHOOKS_ALLOWED_NETWORKS": "127.0.0.0/8",
            "LOG_LEVEL": "ERROR",
        }

    def subscribe(self, *, kind: str = "fast", hanging: int = 0) -> None:
        """One subscription for each practice, of one kind; the last few of them hang."""
        secret = self._secret()
        rows = [
            (number, secret, self.receiver.address(number, kind))
            for number in range(1, SUBSCRIPTIONS + 1 - hanging)
        ]
        rows += [
            (number, secret, self.receiver.address(number, "hang"))
            for number in range(SUBSCRIPTIONS + 1 - hanging, SUBSCRIPTIONS + 1)
        ]
        self.as_staff("DELETE FROM webhooks_attempt", "DELETE FROM webhooks_delivery")
        self.as_staff("DELETE FROM webhooks_log", "DELETE FROM webhooks_subscription")
        with self.owner.transaction():
            self.owner.execute("SET LOCAL ROLE emr_staff")
            self.owner.cursor().executemany(_SUBSCRIBE, rows)
        self.owner.execute("VACUUM ANALYZE")
        self.receiver.reset()

    def happen(self, count: int, *, first: int = 1) -> float:
        """Commit so many events, evenly for all practices; returns when that was."""
        self._write(_EVENTS, count, first)
        return time.monotonic()

    def deliveries(self, count: int, *, first: int = 1) -> list[int]:
        """Commit so many events with their deliveries, for those who go without a dispatch."""
        return [row[0] for row in self._write(_DELIVERIES, count, first).fetchall()]

    def _write(self, statement: str, count: int, first: int) -> Any:
        with self.owner.transaction():
            self.owner.execute("SET LOCAL ROLE emr_staff")
            return self.owner.execute(
                statement,
                {"practices": SUBSCRIPTIONS, "first": first, "last": first + count - 1},
            )

    def as_staff(self, *statements: str) -> list[Any]:
        """Run statements that see every practice; the rows of the last."""
        with self.owner.transaction():
            self.owner.execute("SET LOCAL ROLE emr_staff")
            for statement in statements:
                cursor = self.owner.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def sending(self, processes: int = 1) -> Iterator[list[int]]:
        """Senders that are ready for work; their process ids."""
        with ExitStack() as started:
            ids = []
            for _ in range(processes):
                sender = _python("webhook_sender", self.receiver.ca_file, **self.environment)
                started.callback(sender.communicate)
                started.callback(sender.terminate)
                assert sender.stdout is not None
                sender.stdout.readline()
                ids.append(sender.pid)
            yield ids

    def wait_for(self, count: int, *, seconds: float) -> float:
        """Wait until so many events have arrived; returns when the last of them did."""
        deadline = time.monotonic() + seconds
        while self.receiver.count() < count:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.receiver.count()} of {count} arrived in {seconds:g} s")
            time.sleep(0.02)
        return sorted(self.receiver.times().values())[count - 1]

    def _secret(self) -> str:
        # In a process of its own, since this one has no settings.
        code = "from webhooks import secrets, signing; print(secrets.seal(signing.new_secret()))"
        return _run("-c", code, **self.environment).strip()


@contextmanager
def scene(name: str) -> Iterator[Scene]:
    """A fresh database with fifty practices, and a receiver."""
    url = stage.make_database(f"bench_{name}")
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        receiver = Receiver(folder)
        opened.callback(receiver.close)
        owner = opened.enter_context(psycopg.connect(url, autocommit=True))
        stage.add_practices(owner, SUBSCRIPTIONS, zone="America/New_York")
        for statement in _FILL.split(";"):
            owner.execute(statement, {"count": SUBSCRIPTIONS})
        yield Scene(url, owner, receiver)


def _python(module: str, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments],
        cwd=stage.ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _run(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=stage.ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
