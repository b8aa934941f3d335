"""The wire table: names, faults in those names, and rows rendered as DRF would."""

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_framework import serializers

from emrapi.api.fields import IntegerField, MoneyField, TextField
from emrapi.api.problems import flattened
from emrapi.api.wire import WireModelSerializer, WireSerializer
from tests.api.gadgets import Gadget, GadgetSerializer

ROW = Gadget(
    id=7,
    practice_id=1,
    name="Crank",
    kind="Lever",
    size=3,
    price=Decimal("12.5"),
    made_on=datetime.date(2026, 3, 9),
    opens_at=datetime.time(9),
    checked_at=datetime.datetime(2026, 3, 9, 10, 15, tzinfo=datetime.UTC),
    parent_id=4,
)


class Line(WireSerializer):
    """One of many."""

    Product = TextField(max_length=10)
    RetailPrice = MoneyField()


class Order(WireSerializer):
    """Lines in a body."""

    lines = Line(many=True)
    numbers = serializers.ListField(child=IntegerField(), required=False)


def errors(serializer: Any) -> list[tuple[str, str]]:
    """Field and code of each fault."""
    assert not serializer.is_valid()
    return [(fault["field"], fault["code"]) for fault in flattened(serializer.errors)]


def test_row_is_rendered_in_wire_names_and_order() -> None:
    assert list(GadgetSerializer(ROW).data.items()) == [
        ("GadgetID", 7),
        ("Name", "Crank"),
        ("EMail", ""),
        ("Kind", "Lever"),
        ("Size", 3),
        ("Price", Decimal("12.50")),
        ("Used", 1),
        ("MadeOn", "2026-03-09"),
        ("OpensAt", "09:00:00"),
        ("CheckedAt", "2026-03-09T10:15:00Z"),
        ("ParentID", 4),
        ("Shout", "CRANK"),
        ("Initial", "C"),
    ]


def test_row_is_rendered_as_drf_would() -> None:
    bare = Gadget(name="")
    for row in (ROW, bare):
        ours = GadgetSerializer(row)

        theirs = serializers.Serializer.to_representation(ours, row)

        assert ours.data == theirs


def test_rows_are_rendered_without_a_query_or_a_field() -> None:
    serializer = GadgetSerializer([ROW, ROW], many=True)

    assert len(serializer.data) == 2
    assert "fields" not in vars(serializer.child)


class Reading(WireSerializer):
    """Takes objects, mappings, methods, dotted paths."""

    Name = TextField(source="name")
    Owner = TextField(source="owner.name", allow_null=True)
    Total = IntegerField(source="count")
    Note = TextField(required=False)


def test_plain_serializer_reads_objects_mappings_methods_and_paths() -> None:
    row = SimpleNamespace(name="A", owner=SimpleNamespace(name="B"), count=lambda: 3, Note=None)
    mapping = {"name": "A", "owner": {"name": "B"}, "count": 3}
    ownerless = {"name": "A", "owner": None, "count": 3, "Note": "x"}

    assert Reading(row).data == {"Name": "A", "Owner": "B", "Total": 3, "Note": None}
    assert Reading(mapping).data == {"Name": "A", "Owner": "B", "Total": 3}
    assert Reading(ownerless).data == {"Name": "A", "Owner": None, "Total": 3, "Note": "x"}


def test_faults_of_names_and_values_come_together() -> None:
    serializer = GadgetSerializer(
        data={"Nane": "x", "GadgetID": 3, "CheckedAt": None, "Shout": "X", "Size": "3", "Zzz": 1}
    )

    assert errors(serializer) == [
        ("Name", "required"),
        ("Size", "invalid"),
        ("Nane", "unknown"),
        ("Zzz", "unknown"),
        ("GadgetID", "read_only"),
        ("CheckedAt", "read_only"),
        ("Shout", "read_only"),
    ]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("name", 'Unknown field. Did you mean "Name"?'),
        ("NAME", 'Unknown field. Did you mean "Name"?'),
        ("Price_", 'Unknown field. Did you mean "Price"?'),
        ("madeon", 'Unknown field. Did you mean "MadeOn"?'),
        ("Colour", "Unknown field."),
        ("x" * 5_000, "Unknown field."),
    ],
)
def test_unknown_name_gets_the_nearest(sent: str, message: str) -> None:
    serializer = GadgetSerializer(data={"Name": "x", sent: 1})

    assert not serializer.is_valid()
    ((field, found),) = serializer.errors.items()
    assert field == (sent if len(sent) <= 64 else "x" * 64 + "…")
    assert found == [message]


def test_many_unknown_names_cost_little() -> None:
    serializer = GadgetSerializer(data={f"Name{number}": 1 for number in range(200_000)})

    assert len(errors(serializer)) == 51


@pytest.mark.parametrize("body", [[], "x", 5, [{}], True])
def test_body_that_is_no_object_is_refused(body: Any) -> None:
    assert errors(GadgetSerializer(data=body)) == [("", "invalid")]


def test_null_body_is_refused() -> None:
    assert errors(GadgetSerializer(data=None)) == [("", "null")]


def test_nested_faults_carry_their_path() -> None:
    serializer = Order(
        data={
            "lines": [
                {"Product": "A", "RetailPrice": 1},
                {"Product": "B", "RetailPrise": 1},
                "C",
                {"Product": 5, "RetailPrice": Decimal("1.234")},
            ],
            "numbers": [1, "2"],
        }
    )

    assert errors(serializer) == [
        ("lines[1].RetailPrice", "required"),
        ("lines[1].RetailPrise", "unknown"),
        ("lines[2]", "invalid"),
        ("lines[3].Product", "invalid"),
        ("lines[3].RetailPrice", "out_of_range"),
        ("numbers[1]", "invalid"),
    ]
    assert errors(Order(data={"lines": {}})) == [("lines", "invalid")]


def test_values_arrive_under_their_attributes() -> None:
    serializer = GadgetSerializer(
        data={
            "Name": "Crank",
            "Kind": "Wheel",
            "Price": Decimal("1.5"),
            "Used": 0,
            "MadeOn": None,
            "ParentID": None,
        }
    )

    assert serializer.is_valid(), serializer.errors
    assert serializer.validated_data == {
        "name": "Crank",
        "kind": "Wheel",
        "price": Decimal("1.50"),
        "is_used": False,
        "made_on": None,
        "parent": None,
    }


def test_partial_update_takes_what_is_sent() -> None:
    serializer = GadgetSerializer(ROW, data={"Size": 4}, partial=True)

    assert serializer.is_valid()
    assert serializer.validated_data == {"size": 4}


def test_null_clears_text_where_the_table_says_so() -> None:
    class Lenient(GadgetSerializer):
        class Meta(GadgetSerializer.Meta):
            null_clears_text = True

    body = {"Name": "Crank", "EMail": None, "Kind": None, "MadeOn": None}
    serializer = Lenient(data=body)

    assert serializer.is_valid(), serializer.errors
    assert serializer.validated_data["email"] == serializer.validated_data["kind"] == ""
    assert serializer.validated_data["made_on"] is None
    assert errors(Lenient(data={"Name": None})) == [("Name", "null")]
    assert errors(GadgetSerializer(data=body)) == [("EMail", "null"), ("Kind", "null")]


def test_one_serializer_does_not_change_another() -> None:
    first, second = GadgetSerializer(data={}), GadgetSerializer(data={})

    first.fields["Name"].required = False
    first.fields["Name"].validators.append(print)

    assert second.fields["Name"].required
    assert print not in second.fields["Name"].validators
    assert second.fields["Name"].parent is second


@pytest.mark.parametrize(
    "meta",
    [
        {"wire": {"Name": "name"}, "read_only": ("Nane",)},
        {"wire": {"Name": "name"}, "extra_kwargs": {"Nane": {}}},
    ],
)
def test_table_that_contradicts_itself_is_refused_at_once(meta: dict[str, Any]) -> None:
    with pytest.raises(ImproperlyConfigured, match="does not hold Nane"):
        type("Odd", (WireModelSerializer,), {"Meta": type("Meta", (), {"model": Gadget, **meta})})


def test_declared_field_must_stand_in_the_table() -> None:
    with pytest.raises(ImproperlyConfigured, match="does not hold Colour"):

        class Odd(WireModelSerializer):
            Colour = TextField()

            class Meta:
                model = Gadget
                wire = {"Name": "name"}
