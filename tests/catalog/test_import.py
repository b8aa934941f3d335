"""`import_products`: all of a file or nothing, and a report that says what to mend."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog import price_files
from catalog.models import Product, ProductEvent
from tests.catalog.factories import ProductFactory, VendorGrantFactory
from tests.client import Client
from tests.process import PROJECT, environment, manage

HEAD = "VendorCode,ProductCode,Product,RetailPrice"


@pytest.fixture
def bring_in(staff: Any, tmp_path: Path) -> Any:
    """Write a file, import it, and read the answer."""

    def bring_in(content: str | bytes, *options: str) -> Any:
        file = tmp_path / "prices.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        out = StringIO()
        try:
            with staff():
                call_command("import_products", str(file), "--json", *options, stdout=out)
        except CommandError as error:
            if error.returncode != 1:
                raise
            return json.loads(out.getvalue()) if out.getvalue() else str(error)
        return json.loads(out.getvalue())

    return bring_in


def _rows(staff: Any, *names: str) -> list[Any]:
    with staff():
        return list(Product.objects.values_list(*names))


def test_products_are_created_changed_and_left(bring_in: Any, staff: Any) -> None:
    ProductFactory.create(vendor_code="V", product_code="1", name="Old", description="Kept")
    ProductFactory.create(vendor_code="V", product_code="2", name="Same")
    file = (
        f"{HEAD},Description,Active\r\nV,1,New,9.5,,no\r\nV,2,Same,,,\r\nV,3,Third,0.10,x,yes\r\n"
    )

    told = bring_in(file)

    counts = {"created": 1, "updated": 1, "unchanged": 1}
    assert told == {"written": True, "counts": counts, "faults": []}
    assert _rows(staff, "product_code", "name", "retail_price", "description", "is_active") == [
        ("1", "New", Decimal("9.50"), "Kept", False),
        ("2", "Same", None, "", True),
        ("3", "Third", Decimal("0.10"), "x", True),
    ]
    assert bring_in(file)["counts"] == {"unchanged": 3}


def test_bad_lines_are_told_and_nothing_is_written(bring_in: Any, staff: Any) -> None:
    file = (
        f'{HEAD},Active\nV,1,"two\nlines",1,yes\n\nV,2,Second,-1,maybe\nV,3,,1,\nV,4,x,"1,50",\n'
        f"V,1,again,1,\nV,5,{'x' * 300},1e3,,more\n"
    )

    told = bring_in(file)

    assert told["written"] is False
    assert [(f["line"], f["column"], f["code"]) for f in told["faults"]] == [
        (5, "RetailPrice", "out_of_range"),
        (5, "Active", "invalid"),
        (6, "Product", "required"),
        (7, "RetailPrice", "invalid"),
        (8, "ProductCode", "duplicate"),
        (9, "Product", "max_length"),
        (9, "RetailPrice", "invalid"),
        (9, "cell 6", "unknown"),
    ]
    assert told["faults"][4]["message"] == "Is the same product as line 2."
    assert _rows(staff, "id") == []
    skipped = bring_in(file, "--skip-bad")
    assert skipped["counts"] == {"created": 1, "failed": 5}
    assert skipped["faults"] == told["faults"]
    assert _rows(staff, "product_code", "name") == [("1", "two\nlines")]


def test_dry_run_tells_and_writes_nothing(bring_in: Any, staff: Any) -> None:
    ProductFactory.create(vendor_code="V", product_code="1", name="Old")

    told = bring_in(f"{HEAD}\nV,1,New,1\nV,2,Second,1\n", "--dry-run")

    counts = {"created": 1, "updated": 1}
    assert told == {"written": False, "counts": counts, "faults": []}
    assert _rows(staff, "name") == [("Old",)]


def test_lines_are_looked_at_as_the_api_does(bring_in: Any, ours: Client, staff: Any) -> None:
    lines = [("V", "1", "A\0", "1"), ("V", "2", "x", "99.999"), ("", "3", "x", "1")]
    products = [
        {"VendorCode": v, "ProductCode": p, "Product": name, "RetailPrice": float(price)}
        for v, p, name, price in lines[1:]
    ]

    told = bring_in("\n".join([HEAD, *(",".join(line) for line in lines)]))
    answer = ours.post(
        "/v1/products", {"products": [products[0], {**products[1], "VendorCode": ""}]}
    )

    assert [(f["line"], f["column"], f["code"]) for f in told["faults"]] == [
        (2, "Product", "invalid"),
        (3, "RetailPrice", "out_of_range"),
        (4, "VendorCode", "required"),
    ]
    assert answer.json()["errors"][0]["message"] == told["faults"][1]["message"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "must name the column VendorCode"),
        (HEAD, "There are no products in the file."),
        ("VendorCode,Product\nV,x\n", "must name the column ProductCode"),
        (f"{HEAD},Activ\nV,1,x,1,1\n", "There is no column 'Activ'; did you mean Active?"),
        (f"{HEAD},retail_price\nV,1,x,1,1\n", "The column RetailPrice is there twice."),
        (f'{HEAD}\nV,1,"x,1\n', "is not CSV"),
        (f"{HEAD}\nV,1,caf\u00e9,1\n".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_what_is_no_price_list(bring_in: Any, content: Any, message: str, staff: Any) -> None:
    assert message in bring_in(content)
    assert _rows(staff, "id") == []


def test_file_has_an_end(bring_in: Any, monkeypatch: pytest.MonkeyPatch, staff: Any) -> None:
    monkeypatch.setattr(price_files, "MOST_LINES", 2)

    assert "more than 2 lines" in bring_in(f"{HEAD}\nV,1,x,1\nV,2,x,1\nV,3,x,1\n")
    assert _rows(staff, "id") == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_in_any_case_and_between_any_signs(
    bring_in: Any, staff: Any, delimiter: str
) -> None:
    rows = ["\ufeffproduct,PRODUCT CODE,vendor_code,retail-price", "x,1,V,2.50"]

    told = bring_in("\r\n".join(rows).replace(",", delimiter))

    assert told["counts"] == {"created": 1}
    assert _rows(staff, "vendor_code", "product_code", "name", "retail_price") == [
        ("V", "1", "x", Decimal("2.50"))
    ]


def test_partner_brings_in_its_vendors_only(bring_in: Any, staff: Any, partner: Any) -> None:
    VendorGrantFactory.create(partner=partner, vendor_code="V001")
    file = f"{HEAD}\nV001,1,x,1\nV002,1,x,1\n"

    told = bring_in(file, "--partner", partner.name.upper())

    assert [(f["line"], f["column"], f["code"]) for f in told["faults"]] == [
        (3, "VendorCode", "forbidden")
    ]
    assert "There is no partner 'Nobody'." in bring_in(file, "--partner", "Nobody")
    assert bring_in(file)["counts"] == {"created": 2}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'", "'=", "''=1", " x "])
def test_what_was_exported_comes_back_as_it_was(
    bring_in: Any, staff: Any, ours: Client, text: str
) -> None:
    ProductFactory.create(name=f"{text}.", description=text, cost=1, is_active=False)
    (product,) = ours.get("/v1/products").json()["data"]
    file = io.StringIO()

    price_files.write([product], file)

    cells = list(csv.reader(io.StringIO(file.getvalue())))[1]
    assert not any(cell[:1] in {"=", "+", "-", "@", "\t", "\r"} for cell in cells if cell)
    assert bring_in(file.getvalue())["counts"] == {"unchanged": 1}


def test_command_as_a_process(database: None, tmp_path: Path, staff: Any) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(f"{HEAD}\nV,1,First,1\nV,2,Second,none\n", encoding="utf-8")
    command = ("import_products", str(file))

    bad, good = manage(*command), manage(*command, "--skip-bad")
    wrong = manage("import_products", str(tmp_path / "none.csv"))

    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr == (
        "import_products: line 3, RetailPrice: Must be a number.\nNothing was written.\n"
    )
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.splitlines() == [
        "line 3, RetailPrice: Must be a number.",
        "1 created, 1 failed",
    ]
    assert wrong.returncode == 2
    with staff():
        event = ProductEvent.objects.get()
    assert event.pgh_context["command"] == "import_products"


def test_who_looks_on_sees_a_bar(database: None, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(f"{HEAD}\nV,1,First,1\n", encoding="utf-8")
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "manage.py", "import_products", str(file), "--json"],
        cwd=PROJECT,
        env=environment(TERM="xterm"),
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=False,
        timeout=60,
    )
    os.close(theirs)
    seen = os.read(ours, 100_000).decode()
    os.close(ours)

    assert json.loads(done.stdout)["counts"] == {"created": 1}
    assert "Reading" in seen
    assert "100%" in seen
    assert "Writing" in seen
