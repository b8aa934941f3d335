"""Rows to dicts without a serializer's overhead: a table of (wire name, reader, converter).

DRF looks up every field of every row through half a dozen calls. Which reader and which converter a
field needs is the same for all rows, so it is decided once per serializer class. A field that needs
its serializer (a method field, a nested serializer, one with code of its own) is left to DRF.
"""

import copy
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from rest_framework import serializers
from rest_framework.fields import SkipField
from rest_framework.relations import PKOnlyObject

from emrapi.api import fields as wire_fields


class Column(NamedTuple):
    """One wire name of a table; `read` is None where the field itself has to do the work."""

    name: str
    field: Any
    read: Callable[[Any], Any] | None = None
    show: Callable[[Any], Any] | None = None
    method: str | None = None


# The converters of fields whose output depends on the value alone. None: the value as it is.
_CONVERTERS: dict[Any, Callable[[Any], Any] | None] = {
    serializers.CharField.to_representation: str,
    serializers.IntegerField.to_representation: int,
    serializers.FloatField.to_representation: float,
    serializers.UUIDField.to_representation: str,
    serializers.ReadOnlyField.to_representation: None,
    wire_fields.BooleanField.to_representation: bool,
    serializers.PrimaryKeyRelatedField.to_representation: None,
}
# The same, but with parameters of the field in them.
_BOUND = (
    serializers.ChoiceField.to_representation,
    serializers.DecimalField.to_representation,
    wire_fields.DateField.to_representation,
    wire_fields.FlagField.to_representation,
    wire_fields.InstantField.to_representation,
    wire_fields.TimeField.to_representation,
)


def columns_of(serializer: serializers.Serializer[Any]) -> tuple[Column, ...]:
    """The table of a serializer's class; `serializer` is a fresh instance that is kept by it."""
    model = getattr(getattr(serializer, "Meta", None), "model", None)
    return tuple(
        _column(name, field, model)
        for name, field in serializer.fields.items()
        if not field.write_only
    )


def _column(name: str, field: Any, model: type[models.Model] | None) -> Column:
    convert = type(field).to_representation
    if convert is serializers.SerializerMethodField.to_representation:
        return Column(name, field, method=field.method_name)
    attribute = _attribute(field, model)
    if attribute is None or not (convert in _CONVERTERS or convert in _BOUND):
        return Column(name, field)
    show = _CONVERTERS.get(convert, field.to_representation)
    return Column(name, field, attrgetter(attribute), show)


def _attribute(field: Any, model: type[models.Model] | None) -> str | None:
    """Where the value is found on a row; None if only the field knows."""
    source = str(field.source)
    if source == "*":
        return None
    if not isinstance(field, serializers.RelatedField):
        has_own_way = type(field).get_attribute is not serializers.Field.get_attribute
        return None if has_own_way else source
    if model is None or getattr(field, "pk_field", None) is not None:
        return None
    try:
        model_field = model._meta.get_field(source)
    except FieldDoesNotExist:
        return None
    return str(model_field.attname) if isinstance(model_field, models.ForeignKey) else None


def render(
    serializer: serializers.Serializer[Any], columns: tuple[Column, ...], instance: Any
) -> dict[str, Any]:
    """One row, an object or a mapping, in wire names; what DRF would answer, key for key."""
    row: dict[str, Any] = {}
    is_mapping = isinstance(instance, Mapping)
    for column in columns:
        name, _, read, show, method = column
        if method is not None:
            row[name] = getattr(serializer, method)(instance)
            continue
        if read is None or is_mapping:
            _by_field(_own_field(serializer, column), instance, row)
            continue
        try:
            value = read(instance)
        except (AttributeError, ObjectDoesNotExist):
            _by_field(_own_field(serializer, column), instance, row)
            continue
        if value is None:
            row[name] = None
        elif callable(value):
            _by_field(_own_field(serializer, column), instance, row)
        else:
            row[name] = value if show is None else show(value)
    return row


def _own_field(serializer: Any, column: Column) -> Any:
    """The field, bound to this very serializer; the other fields are not made for its sake."""
    if "fields" in vars(serializer):
        return serializer.fields[column.name]
    made = vars(serializer).setdefault("_row_fields", {})
    if column.name not in made:
        field = copy.deepcopy(column.field)
        field.source = None if column.field.source == column.name else column.field.source
        field.bind(column.name, serializer)
        made[column.name] = field
    return made[column.name]


def _by_field(field: Any, instance: Any, row: dict[str, Any]) -> None:
    """DRF's own way, for one field."""
    try:
        value = field.get_attribute(instance)
    except SkipField:
        return
    plain = value.pk if isinstance(value, PKOnlyObject) else value
    row[field.field_name] = None if plain is None else field.to_representation(value)
