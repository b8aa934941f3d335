"""How fields of bodies and of queries are described."""

from typing import Any

from drf_spectacular.extensions import OpenApiFilterExtension, OpenApiSerializerFieldExtension
from drf_spectacular.plumbing import build_parameter_type
from rest_framework import serializers

from emrapi.api.schema.components import Schema


class TimeFieldExtension(OpenApiSerializerFieldExtension):
    """Times on the wall clock have no zone, which JSON Schema's own `time` demands."""

    target_class = "emrapi.api.fields.TimeField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        """A pattern; seconds may be left out on the way in."""
        seconds = "(:[0-5][0-9])?" if direction == "request" else ":[0-5][0-9]"
        return {"type": "string", "pattern": f"^([01][0-9]|2[0-3]):[0-5][0-9]{seconds}$"}


class FlagFieldExtension(OpenApiSerializerFieldExtension):
    """1 or 0."""

    target_class = "emrapi.api.fields.FlagField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        """An enumeration of two."""
        return {"type": "integer", "enum": [0, 1]}


class WireFilterExtension(OpenApiFilterExtension):
    """Filters are described by the wire fields that read them."""

    target_class = "emrapi.api.queries.WireFilterBackend"
    match_subclasses = True
    priority = 1

    def get_schema_operation_parameters(
        self, auto_schema: Any, *args: Any, **kwargs: Any
    ) -> list[Schema]:
        """One parameter for each filter."""
        filterset = getattr(auto_schema.view, "filterset_class", None)
        filters = filterset.base_filters if filterset else {}
        return [
            query_parameter(
                auto_schema, name, each.extra["wire"], description=each.extra.get("help_text")
            )
            for name, each in filters.items()
        ]


def query_parameter(
    auto_schema: Any,
    name: str,
    wire: serializers.Field[Any, Any, Any, Any],
    *,
    description: str | None = None,
    required: bool = False,
) -> Schema:
    """A query parameter that is read by a wire field; a list is written with commas."""
    schema = auto_schema.map_field(wire)
    text = schema.pop("description", None)
    is_list = isinstance(wire, serializers.ListField)
    if is_list:
        schema.setdefault("minItems", 1)  # an empty text is one empty item, and that is no value
    made: Schema = build_parameter_type(
        name=name,
        schema=schema,
        location="query",
        required=required,
        description=description or text,
        **({"explode": False, "style": "form"} if is_list else {}),
    )
    return made
