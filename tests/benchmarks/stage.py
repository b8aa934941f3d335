"""What benchmarks stand on: a database of their own, and the printed line."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg import sql

from emrapi import embedded

ROOT = Path(__file__).resolve().parents[2]


def make_database(name: str) -> str:
    """Make a migrated, empty database and return its DATABASE_URL; an old one is replaced."""
    drop_database(name)
    base = embedded.database_url()
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        current = connection.info.dbname
    url = base.replace(f"/{current}?", f"/{name}?")
    manage("migrate", "-v0", DATABASE_URL=url)
    return url


def add_practices(owner: psycopg.Connection[Any], count: int, *, zone: str = "UTC") -> None:
    """Practices with the ids from 1 on: Bench1, Bench2…"""
    owner.execute(
        "INSERT INTO partners_practice"
        " (id, ppass, name, time_zone, is_sandbox, is_active, created_at)"
        " SELECT n, 'Bench' || n, 'Bench', %s, false, true, now() FROM generate_series(1, %s) AS n",
        [zone, count],
    )


def drop_database(name: str) -> None:
    """Drop a database, if it is there."""
    embedded.ensure()
    with psycopg.connect(embedded.database_url(), autocommit=True) as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        connection.execute(drop)


def manage(*arguments: str, **environment: str) -> str:
    """Run manage.py and return what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "REDIS_URL": embedded.redis_url(), **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def in_turn(rounds: int, *sides: Callable[[], float]) -> list[float]:
    """Run the sides in turn, `rounds` times, and return each one's median."""
    measured = [[side() for side in sides] for _ in range(rounds)]
    return [median(column) for column in zip(*measured, strict=True)]


def report(
    name: str, *, ours: float, baseline: float, ratio: float, target: float, unit: str
) -> bool:
    """Print one line; whether the target is reached."""
    is_reached = ratio >= target
    print(
        f"{name:<34} {ours:>10.2f} {unit:<5} {baseline:>10.2f} {unit:<5} {ratio:>8.2f}"
        f"   target {target:g}   {'ok' if is_reached else 'SHORT'}",
        flush=True,
    )
    return is_reached
