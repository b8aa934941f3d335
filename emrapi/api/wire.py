"""The wire table: what a resource is called outside, and which attribute holds it inside.

    class PersonSerializer(WireModelSerializer):
        class Meta:
            model = Person
            wire = {"PatientID": "id", "FirstName": "first_name", "ProviderID": "provider"}
            read_only = ("PatientID",)

The table is the field list, its order, and DRF's `source` in one, so that faults come back in wire
names too. A body may hold these names and no others, and none that is read only.
"""

import copy
from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.settings import api_settings

from emrapi.api import fields as wire_fields
from emrapi.api.columns import Column, columns_of, render
from emrapi.api.relations import PracticeRelatedField
from emrapi.api.suggestions import unknown_names

_HOLDERS = (
    serializers.BaseSerializer,
    serializers.ListField,
    serializers.DictField,
    serializers.ManyRelatedField,
)
_READ_ONLY = ErrorDetail("Is set by the server; leave it out.", code="read_only")


class Strict(serializers.Serializer[Any]):
    """Refuses names it does not know, and renders rows by a table made once per class."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Must be an object."}
    _columns: ClassVar[tuple[Column, ...]]

    def to_internal_value(self, data: Any) -> Any:
        """DRF's validation; faults of names and of values come in one answer."""
        if not isinstance(data, dict):
            fault = ErrorDetail(str(self.error_messages["invalid"]), code="invalid")
            raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [fault]})
        faults = self._refused_names(data)
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise ValidationError({**error.detail, **faults}) from None
        if faults:
            raise ValidationError(faults)
        return values

    def _refused_names(self, data: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
        known = {
            name: field
            for name, field in self.fields.items()
            if not isinstance(field, serializers.HiddenField)
        }
        faults = unknown_names((name for name in data if name not in known), known, "field")
        for name in data:
            if name in known and known[name].read_only:
                faults[name] = [_READ_ONLY]
        return faults

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row in wire names, as DRF renders it but several times faster."""
        cls = type(self)
        if "_columns" not in cls.__dict__:
            cls._columns = columns_of(cls())
        return render(self, cls._columns, instance)


class WireSerializer(Strict):
    """A body or an answer that is no model: its fields are declared under their wire names."""


class WireModelSerializer(Strict, serializers.ModelSerializer[Any]):
    """A model on the wire. Meta: `model`, `wire`, `read_only`, and `extra_kwargs` in wire names.

    A field declared on the class takes its attribute from the table too, unless it names a source.
    With `null_clears_text`, null in place of text that may be blank stands for no text.
    """

    serializer_field_mapping: ClassVar[dict[Any, Any]] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.AutoField: wire_fields.IntegerField,
        models.BigAutoField: wire_fields.IntegerField,
        models.BigIntegerField: wire_fields.IntegerField,
        models.BooleanField: wire_fields.BooleanField,
        models.CharField: wire_fields.TextField,
        models.DateField: wire_fields.DateField,
        models.DateTimeField: wire_fields.InstantField,
        models.DecimalField: wire_fields.MoneyField,
        models.EmailField: wire_fields.EmailField,
        models.FloatField: wire_fields.NumberField,
        models.IntegerField: wire_fields.IntegerField,
        models.PositiveBigIntegerField: wire_fields.IntegerField,
        models.PositiveIntegerField: wire_fields.IntegerField,
        models.PositiveSmallIntegerField: wire_fields.IntegerField,
        models.SlugField: wire_fields.SlugField,
        models.SmallIntegerField: wire_fields.IntegerField,
        models.TextField: wire_fields.TextField,
        models.TimeField: wire_fields.TimeField,
        models.URLField: wire_fields.URLField,
        models.UUIDField: wire_fields.UUIDField,
        ArrayField: serializers.ListField,
    }
    serializer_related_field = PracticeRelatedField
    serializer_choice_field = wire_fields.ChoiceField

    _templates: ClassVar[dict[str, serializers.Field[Any, Any, Any, Any]]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        meta = getattr(cls, "Meta", None)
        wire = getattr(meta, "wire", {})
        strangers = {*getattr(meta, "read_only", ()), *getattr(meta, "extra_kwargs", {})} - {*wire}
        if wire:
            inherited = {
                name
                for base in cls.__mro__[1:]
                for name in base.__dict__.get("_declared_fields", ())
            }
            strangers |= {*cls._declared_fields} - {*wire} - inherited
        if strangers:
            raise ImproperlyConfigured(
                f"{cls.__name__}.Meta.wire does not hold {', '.join(sorted(strangers))}."
            )

    @classmethod
    def wire_table(cls) -> Mapping[str, str]:
        """Meta.wire."""
        table: Mapping[str, str] = getattr(cls.Meta, "wire", {})
        return table

    def to_internal_value(self, data: Any) -> Any:
        """As ever, with "" where null clears a text."""
        if isinstance(data, dict) and None in data.values():
            cleared = self.cleared_by_null()
            data = {
                name: "" if data[name] is None and name in cleared else data[name] for name in data
            }
        return super().to_internal_value(data)

    def cleared_by_null(self) -> frozenset[str]:
        """The texts that null clears."""
        if not getattr(self.Meta, "null_clears_text", False):
            return frozenset()
        return frozenset(
            name
            for name, field in self.fields.items()
            if getattr(field, "allow_blank", False) and not (field.allow_null or field.read_only)
        )

    def get_field_names(self, declared_fields: Mapping[str, Any], info: Any) -> list[str]:
        """The table's names, in its order."""
        return list(self.wire_table())

    def get_extra_kwargs(self) -> dict[str, Any]:
        """Meta.extra_kwargs, with the table as `source` and Meta.read_only worked in."""
        extra_kwargs = super().get_extra_kwargs()
        for name, attribute in self.wire_table().items():
            if name != attribute:
                extra_kwargs.setdefault(name, {})["source"] = attribute
        for name in getattr(self.Meta, "read_only", ()):
            extra_kwargs.setdefault(name, {})["read_only"] = True
        return extra_kwargs

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Copies of the class's fields: working them out from the model costs far more."""
        cls = type(self)
        if "_templates" not in cls.__dict__:
            cls._templates = super().get_fields()
        made = {name: _copy(field) for name, field in cls._templates.items()}
        for name in self._declared_fields:
            attribute = self.wire_table()[name]
            if made[name].source is None and attribute != name:
                made[name].source = attribute
        return made


def _copy(field: Any) -> Any:
    """A field of its own for one serializer; those that hold others are left to DRF's deep copy."""
    if isinstance(field, _HOLDERS):
        return copy.deepcopy(field)
    made = copy.copy(field)
    made.validators = list(field.validators)
    return made
