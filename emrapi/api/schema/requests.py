"""What goes into an operation: parameters, headers, bodies, and how their fields are described."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, force_instance
from rest_framework import serializers

from emrapi.api.envelopes import CreateMixin, DestroyMixin, RetrieveMixin, UpdateMixin
from emrapi.api.fields import BIGINT_MAX, BIGINT_MIN
from emrapi.api.schema import components as parts
from emrapi.api.schema.components import Schema
from emrapi.api.schema.fields import query_parameter

_WHOLE = (serializers.IntegerField, serializers.PrimaryKeyRelatedField)
_CHANGES = ("PUT", "PATCH")
# What stands beside a oneOf, not in it.
_OUTER = ("readOnly", "writeOnly", "default", "description", "title", "deprecated")


class RequestSchema(AutoSchema):
    """The half of WireSchema that looks at requests."""

    def _get_parameters(self) -> list[Schema]:
        query_class = getattr(self.view, "get_query_serializer_class", lambda: None)()
        fields = query_class().fields if query_class else {}
        return [
            *super()._get_parameters(),
            *(
                query_parameter(self, name, field, required=field.required)
                for name, field in fields.items()
            ),
            *(parts.parameter(self.registry, name) for name in self._header_parameters()),
        ]

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        """Under the names, and with the words, of the published reference."""
        return [
            {**each, **parts.PATH_PARAMETERS.get(each["name"], {})}
            for each in super()._resolve_path_parameters(variables)
        ]

    def _header_parameters(self) -> Iterator[str]:
        if self._is_repeatable():
            yield "Idempotency-Key"
        if self._checks_if_match():
            yield "If-Match"
        if self._answers_etag() and self.method == "GET":
            yield "If-None-Match"
        yield parts.REQUEST_ID

    def _is_repeatable(self) -> bool:
        return self.method == "POST" and bool(getattr(self.view, "writes_on_post", False))

    def _checks_if_match(self) -> bool:
        # A POST below a row changes that row.
        on_row = self.method == "POST" and "{id}" in self.path
        changes = on_row or self.method in (*_CHANGES, "DELETE")
        return self._is_of(update=UpdateMixin, destroy=DestroyMixin) or (
            changes and self._has_etag_by_itself()
        )

    def _answers_etag(self) -> bool:
        mixed_in = self._is_of(create=CreateMixin, retrieve=RetrieveMixin, update=UpdateMixin)
        return mixed_in or self._has_etag_by_itself()

    def _has_etag_by_itself(self) -> bool:
        return getattr(self.view, "action", None) in getattr(self.view, "etag_actions", ())

    def _is_of(self, **mixins: type) -> bool:
        """Whether the action is one of these, and does what the mixin of that name does."""
        mixin = mixins.get(getattr(self.view, "action", None) or "")
        return mixin is not None and isinstance(self.view, mixin)

    def get_request_serializer(self) -> Any:
        """The view's; an update by our mixin takes any part of it."""
        serializer = self._get_serializer()
        is_update = self.method in _CHANGES and self._is_of(update=UpdateMixin)
        if is_update and isinstance(serializer, serializers.Serializer):
            serializer.partial = True
        return serializer

    def map_field(self, field: serializers.Field[Any, Any, Any, Any]) -> Schema:
        """The schema of a field that stands alone, as one in a query does."""
        schema: Schema = self._map_serializer_field(field, "request")
        self._insert_field_validators(field, schema)
        return schema

    def _insert_field_validators(self, field: Any, schema: Schema) -> None:
        """As usual, but text that may be blank is plain text, not a oneOf that breaks clients."""
        may_be_blank = getattr(field, "allow_blank", False)
        if may_be_blank:
            schema.pop("format", None)
            schema.pop("minLength", None)
        super()._insert_field_validators(field, schema)
        if may_be_blank and "oneOf" in schema:
            kept = dict(schema.pop("oneOf")[0])
            schema.update({key: kept[key] for key in kept if key not in ("pattern", "format")})

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Schema:
        """A body holds nothing else; an answer holds all of it, but what comes only `sometimes`."""
        schema: Schema = super()._map_basic_serializer(serializer, direction)
        name = self._get_serializer_name(serializer, "response")
        cleared: frozenset[str] = getattr(serializer, "cleared_by_null", frozenset)()
        for field_name, each in schema["properties"].items():
            each.pop("title", None)  # the column's name among ourselves
            made = each
            if direction == "request" and field_name in cleared:
                made = _or_null(each)
            choices = f"{name}{field_name[:1].upper()}{field_name[1:]}"
            schema["properties"][field_name] = self._with_named_choices(choices, made)
        if direction == "request":
            schema["additionalProperties"] = False
        else:
            made = force_instance(serializer)
            absent = {name for name, field in made.fields.items() if field.write_only}
            absent.update(getattr(made, "sometimes", ()))
            schema["required"] = sorted(schema["properties"].keys() - absent)
        if "__doc__" not in vars(serializer.__class__) or not serializer.__class__.__doc__:
            schema.pop("description", None)  # that of a class of the kit says nothing here
        return schema

    def _with_named_choices(self, name: str, schema: Schema) -> Schema:
        """Choices are a component, so that they have one type in whatever is sent and answered."""
        if "oneOf" in schema:
            return {**schema, "oneOf": [self._with_named_choices(name, s) for s in schema["oneOf"]]}
        if "enum" not in schema:
            return schema
        outer, choices = _apart(schema)
        made = parts.component(self.registry, ResolvedComponent.SCHEMA, name, choices)
        return {**made, **outer}

    def _map_serializer_field(self, field: Any, *args: Any, **kwargs: Any) -> Any:
        """As usual, but whole numbers are of 64 bits, and null is no choice but another type."""
        schema = super()._map_serializer_field(field, *args, **kwargs)
        if isinstance(field, _WHOLE) and "enum" not in schema:
            schema = {"format": "int64", "minimum": BIGINT_MIN, "maximum": BIGINT_MAX, **schema}
        if not isinstance(field, serializers.ChoiceField) or not field.allow_null:
            return schema
        schema["enum"] = [value for value in schema["enum"] if value is not None]
        schema["type"] = next(kind for kind in schema["type"] if kind != "null")
        return _or_null(schema)

    def _get_serializer_name(self, serializer: Any, direction: Any, *args: Any) -> str:
        name: str = super()._get_serializer_name(serializer, direction, *args)
        if name.startswith("Patched"):
            return name.removeprefix("Patched").removesuffix("Request") + "Changes"
        return name.removesuffix("Request") if name.endswith("RequestRequest") else name


def _or_null(schema: Schema) -> Schema:
    """The same, or null; where there are choices, null is none of them but another type."""
    if "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    outer, inner = _apart(schema)
    return {"oneOf": [inner, {"type": "null"}], **outer}


def _apart(schema: Schema) -> tuple[Schema, Schema]:
    """What is said of the place, and what of the value."""
    outer = {key: value for key, value in schema.items() if key in _OUTER}
    return outer, {key: value for key, value in schema.items() if key not in _OUTER}
