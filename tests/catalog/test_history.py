"""History: a row for every change of a product, whoever made it and however many at once."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from catalog.models import Product, ProductEvent, VendorGrant
from partners import tenancy
from tests.catalog.factories import ProductFactory, item
from tests.client import Client


def _history(staff: Any, *fields: str) -> list[Any]:
    with staff():
        return list(ProductEvent.objects.order_by("pgh_id").values_list("pgh_label", *fields))


def test_batch_names_key_partner_and_request(
    our_practice: Any, make_key: Any, client_for: Any, staff: Any
) -> None:
    key = make_key(our_practice)
    client = client_for(key)
    who = {"key": key.pk, "partner": key.partner_id}

    client.post("/v1/products", {"products": [item(1), item(2)]}, X_Request_Id="first")
    client.post("/v1/products", {"products": [item(1), item(2, Cost=1)]}, X_Request_Id="second")

    told = _history(staff, "product_code", "pgh_context")
    assert sorted(told[:2], key=str) == [
        ("insert", code, {**who, "request": "first"}) for code in ("P00001", "P00002")
    ]
    assert told[2:] == [("update", "P00002", {**who, "request": "second"})]
    with staff():
        contexts = set(ProductEvent.objects.values_list("pgh_context_id", flat=True))
    assert len(contexts) == 2


def test_history_holds_the_whole_product(ours: Client, staff: Any) -> None:
    ours.post("/v1/products", {"products": [item(Cost=1.5, Description="x", Unit="box")]})

    with staff():
        product, event = Product.objects.get(), ProductEvent.objects.get()
    names = [field.name for field in Product._meta.concrete_fields if field.name != "search_text"]
    assert {name: getattr(event, name) for name in names} == {
        name: getattr(product, name) for name in names
    }
    assert event.pgh_obj_id == product.pk


@pytest.mark.parametrize("how", ["update()", "bulk_create()", "SQL"])
def test_no_way_of_writing_passes_history(staff: Any, owner: Any, how: str) -> None:
    products = ProductFactory.create_batch(3)
    before = len(_history(staff))

    if how == "update()":
        Product.objects.filter(pk__in=[product.pk for product in products[:2]]).update(unit="box")
    elif how == "bulk_create()":
        Product.objects.bulk_create(
            Product(vendor_code="B", product_code=str(n), name="x") for n in range(2)
        )
    else:
        owner.execute("UPDATE catalog_product SET unit = 'x' WHERE product_code <> %s", ["P"])

    label = "insert" if how == "bulk_create()" else "update"
    expected = 3 if how == "SQL" else 2
    assert [each[0] for each in _history(staff)[before:]] == [label] * expected


def test_update_that_changes_nothing_leaves_no_trace(staff: Any, owner: Any) -> None:
    ProductFactory.create_batch(2)

    owner.execute("UPDATE catalog_product SET unit = unit")

    assert [label for (label,) in _history(staff)] == ["insert", "insert"]


def test_thousands_of_changes_are_kept_in_a_moment(owner: Any, staff: Any) -> None:
    """A trigger that compared each row with each would take minutes, and the serving role 30 s."""
    insert = (
        "INSERT INTO catalog_product (vendor_code, product_code, name, description, category, upc,"
        " unit, is_active, updated_at) SELECT 'V', n, 'x', '', '', '', '', true, now()"
        " FROM generate_series(%s::int, %s::int) n"
    )
    with owner.transaction():
        owner.execute("SET LOCAL statement_timeout = '20s'")
        # The plan that the trigger keeps is made while there is next to nothing.
        owner.execute(insert, [1, 1])
        for _ in range(6):
            owner.execute("UPDATE catalog_product SET unit = unit || 'x'")
        owner.execute(insert, [2, 20_000])
        owner.execute("UPDATE catalog_product SET unit = unit || 'x'")

    assert len(_history(staff)) == 40_006


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM catalog_product",
        "TRUNCATE catalog_product",
        "SELECT * FROM catalog_productevent",
        "UPDATE catalog_productevent SET name = 'x'",
        "DELETE FROM catalog_productevent",
        "INSERT INTO catalog_vendorgrant (partner_id, vendor_code) VALUES (1, 'V')",
        "DELETE FROM catalog_vendorgrant",
    ],
)
def test_serving_role_may_not(database: None, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_worker_reads_products_and_no_more(database: None) -> None:
    with tenancy.acting_as(tenancy.WORKER):
        assert list(Product.objects.all()) == []
        for query in (VendorGrant.objects.all(), ProductEvent.objects.all()):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                list(query)


def test_nobody_changes_history(staff: Any, owner: Any) -> None:
    ProductFactory.create()

    for statement in (
        "UPDATE catalog_productevent SET name = 'x'",
        "DELETE FROM catalog_productevent",
    ):
        with pytest.raises(Exception, match="Cannot update or delete"):
            owner.execute(statement)
    with staff(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ProductEvent.objects.all().delete()


@pytest.mark.parametrize(
    ("column", "value"),
    [("vendor_code", ""), ("product_code", ""), ("name", ""), ("cost", -1), ("retail_price", -1)],
)
def test_database_refuses_what_no_product_can_be(
    database: None, owner: Any, column: str, value: Any
) -> None:
    ProductFactory.create()

    with pytest.raises(Exception, match="violates check constraint"):
        owner.execute(f"UPDATE catalog_product SET {column} = %s", [value])
