"""A price list through the whole endpoint, half of its products known and dearer than before.

Ours: POST /v1/products on a real server, from the bytes of the body to those of the answer. The
baseline: Django's `bulk_create(update_conflicts=True)` on rows that are ready, in a process set up
as the server is, and nothing else: no parsing, no validation, no word on what became of a row. Both
write the same rows into the same table, with its indexes and its history. Memory is the most that
the server's process held during the call, over what it held before.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson
import psycopg

from tests.benchmarks import stage
from tests.benchmarks.pipeline import _server, _token

SIZES = (10_000, 50_000)
ROUNDS = int(os.environ.get("ROUNDS", "5"))
TARGET, MOST_MEMORY = 1.0, 250.0

_WORDS = (
    "Botox Filler Serum Cream Laser Tip Needle Glove Syringe Mask Lotion Peel Sunscreen Retinol"
    " Gauze Lamp Probe Gel"
).split()


def main() -> int:
    """A line for each size, and one for memory; 1 if one is short."""
    url = stage.make_database("bench_bulk_products")
    stage.manage("create_practice", "Bench", "--name", "Bench", DATABASE_URL=url)
    made = stage.manage(
        "create_api_key",
        *("--partner", "Bench", "--ppass", "Bench", "--scopes", "ProductPro.Products"),
        *("--name", "bench", "--rate-limit", "99999999", "--json"),
        DATABASE_URL=url,
    )
    key = str(orjson.loads(made)["key"])
    with psycopg.connect(url, autocommit=True) as owner:
        with _served(url, key) as (base, token):
            reached = [_compare(owner, url, base, token, size) for size in SIZES]
        # A server that has not held a price list yet.
        with _served(url, key) as (base, token):
            reached.append(_memory(owner, url, base, token))
    return 0 if all(reached) else 1


@contextmanager
def _served(url: str, key: str) -> Iterator[tuple[str, str]]:
    """A server that is warm, and a token."""
    with _server(url) as base:
        token = _token(base, key)
        post(base, token, price_list(10, raised=0))
        yield base, token


def price_list(size: int, *, raised: int) -> list[dict[str, Any]]:
    """So many products, with all of their fields, as a vendor would send them."""
    return [
        {
            "VendorCode": f"V{n % 7:03}",
            "ProductCode": f"P{n * 7919 % 1_000_003:07}",
            "Product": f"{_WORDS[n % 18]} {_WORDS[n // 18 % 18]} {_WORDS[n // 7 % 18]} No. {n}",
            "Description": " ".join(_WORDS[(n * step) % 18] for step in (1, 3, 5, 7, 11, 13)),
            "Category": _WORDS[n % 18],
            "UPC": f"{n:012}",
            "Unit": "each",
            "Cost": round((n % 9000 + 101 + raised) / 100, 2),
            "RetailPrice": round((n % 20000 + 199 + raised) / 100, 2),
            "Active": True,
        }
        for n in range(size)
    ]


def post(base: str, token: str, products: list[dict[str, Any]]) -> dict[str, Any]:
    """What the server answers."""
    return send(base, token, orjson.dumps({"products": products}))


def send(base: str, token: str, body: bytes) -> dict[str, Any]:
    """The same, of a body that is ready."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{base}/v1/products", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        data: dict[str, Any] = orjson.loads(answer.read())["data"]
    return data


def _compare(owner: psycopg.Connection[Any], url: str, base: str, token: str, size: int) -> bool:
    _keep_known(owner, base, token, size)
    body = orjson.dumps({"products": price_list(size, raised=1)})

    def ours() -> float:
        _restore(owner)
        started = time.perf_counter()
        told = send(base, token, body)
        seconds = time.perf_counter() - started
        if (told["created"], told["updated"]) != (size // 2, size // 2):
            raise RuntimeError({name: told[name] for name in told if name != "results"})
        return seconds

    baseline = _Baseline(url, size)
    try:
        mine, usual = stage.in_turn(ROUNDS, ours, lambda: (_restore(owner), baseline.run())[1])
    finally:
        baseline.end()
    return stage.report(
        f"bulk_products {size:,}",
        ours=size / mine,
        baseline=size / usual,
        ratio=usual / mine,
        target=TARGET,
        unit="1/s",
    )


def _keep_known(owner: psycopg.Connection[Any], base: str, token: str, size: int) -> None:
    """Put the half that is known aside."""
    owner.execute("TRUNCATE catalog_product, catalog_productevent")
    post(base, token, price_list(size, raised=0)[::2])
    owner.execute("DROP TABLE IF EXISTS bench_known")
    owner.execute("CREATE TABLE bench_known AS SELECT * FROM catalog_product")


def _restore(owner: psycopg.Connection[Any]) -> None:
    """The known half, as it was, and nothing else."""
    owner.execute("TRUNCATE catalog_product, catalog_productevent")
    owner.execute("ALTER TABLE catalog_product DISABLE TRIGGER USER")
    owner.execute(
        "INSERT INTO catalog_product (id, vendor_code, product_code, name, description, category,"
        " upc, unit, cost, retail_price, is_active, updated_at) SELECT id, vendor_code,"
        " product_code, name, description, category, upc, unit, cost, retail_price, is_active,"
        " updated_at FROM bench_known"
    )
    owner.execute("ALTER TABLE catalog_product ENABLE TRIGGER USER")
    owner.execute("VACUUM ANALYZE catalog_product")


class _Baseline:
    """A process that holds the rows ready, and writes them when it is told."""

    def __init__(self, url: str, size: int) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DATABASE_ROLE": "emr_web",
            "DJANGO_SETTINGS_MODULE": "emrapi.settings",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.bulk_products", str(size)],
            cwd=stage.ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self) -> float:
        """The seconds it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def end(self) -> None:
        """Send it home."""
        self._process.communicate()


def baseline(size: int) -> None:
    """What that process does."""
    import django

    django.setup()
    from decimal import Decimal

    from django.db import transaction

    from catalog.models import Product
    from catalog.serializers import ProductSerializer

    wire = ProductSerializer.Meta.wire
    prices = {"Cost", "RetailPrice"}
    made = price_list(size, raised=1)
    changed = [wire[name] for name in made[0]][2:]
    for _ in sys.stdin:
        rows = [
            Product(
                **{
                    wire[name]: Decimal(str(value)) if name in prices else value
                    for name, value in product.items()
                }
            )
            for product in made
        ]
        started = time.perf_counter()
        with transaction.atomic():
            Product.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["vendor_code", "product_code"],
                update_fields=[*changed, "updated_at"],
            )
        print(time.perf_counter() - started, flush=True)


def _memory(owner: psycopg.Connection[Any], url: str, base: str, token: str) -> bool:
    """The most that the call of the greatest size takes, in MB."""
    _restore(owner)
    body = orjson.dumps({"products": price_list(SIZES[-1], raised=1)})
    worker = max(_servers(url), key=lambda process: _kilobytes(process, "VmRSS"))
    (worker / "clear_refs").write_text("5")  # the peak begins anew
    before = _kilobytes(worker, "VmRSS")
    send(base, token, body)
    used = (_kilobytes(worker, "VmHWM") - before) / 1024
    is_over = used > MOST_MEMORY
    print(
        f"{f'bulk_products {SIZES[-1]:,} memory':<34} {used:>10.0f} MB"
        f"   target <= {MOST_MEMORY:g}   {'SHORT' if is_over else 'ok'}"
    )
    return not is_over


def _servers(url: str) -> Iterator[Path]:
    """The server's processes, as /proc has them."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command, environment = ((process / f).read_bytes() for f in ("cmdline", "environ"))
            if b"granian" in command and f"DATABASE_URL={url}".encode() in environment:
                yield process


def _kilobytes(process: Path, name: str) -> int:
    (line,) = (each for each in (process / "status").read_text().splitlines() if name in each)
    return int(line.split()[1])


if __name__ == "__main__":
    baseline(int(sys.argv[1]))
