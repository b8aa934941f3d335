"""Query parameters: only known names, each once, each of its type.

A list's parameters are its filters and its paging; a view's others are the fields of its
`query_serializer_class`. Values are text, so they are read as their field means them and then
validated by the same fields that validate bodies.
"""

import copy
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.core.exceptions import ValidationError as DjangoValidationError
from django_filters.filters import Filter
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from emrapi.api.suggestions import shortened, unknown_names

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_BOOLEANS = {"true": True, "false": False}


def from_text(field: serializers.Field[Any, Any, Any, Any], text: str) -> Any:
    """The JSON value that a parameter's text stands for; the text itself if it stands for none."""
    if isinstance(field, serializers.BooleanField):
        return _BOOLEANS.get(text.lower(), text)
    if isinstance(field, serializers.IntegerField | serializers.PrimaryKeyRelatedField):
        return int(text) if _INTEGER.fullmatch(text) else text
    if isinstance(field, serializers.DecimalField | serializers.FloatField):
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        return number if number.is_finite() else text
    if isinstance(field, serializers.ChoiceField):
        return next((choice for choice in field.choices if str(choice) == text), text)
    if isinstance(field, serializers.ListField):
        return [from_text(field.child, part) for part in text.split(",")]
    return text


class StrictQuery(APIView):
    """Checks the query before the handler runs; the view finds its own parameters in `self.query`.

    `query_serializers` names, by action, the serializer of that action's parameters;
    `query_serializer_class` is the one of all others.
    """

    query_serializer_class: ClassVar[type[serializers.Serializer[Any]] | None] = None
    query_serializers: ClassVar[Mapping[str, type[serializers.Serializer[Any]]]] = {}
    # The actions that take the view's filters and its paging.
    list_actions: ClassVar[tuple[str, ...]] = ("list",)

    query: Mapping[str, Any] = {}

    def get_query_serializer_class(self) -> type[serializers.Serializer[Any]] | None:
        """The serializer of this action's own parameters."""
        action = getattr(self, "action", None)
        return self.query_serializers.get(action or "", self.query_serializer_class)

    def check_query(self, request: Request) -> None:
        """Raise ValidationError for unknown, repeated and bad parameters."""
        serializer_class = self.get_query_serializer_class()
        given = request.query_params
        if not given and serializer_class is None:
            return
        is_list = getattr(self, "action", None) in self.list_actions
        own = parameter_names(serializer_class, None, None)
        known = parameter_names(
            serializer_class,
            getattr(self, "filterset_class", None) if is_list else None,
            getattr(self, "pagination_class", None) if is_list else None,
        )
        faults = unknown_names((name for name in given if name not in known), known, "parameter")
        for name, values in given.lists():
            if len(values) > 1:
                faults.setdefault(shortened(name), []).append(_TWICE)
            elif "\0" in values[0]:
                faults.setdefault(shortened(name), []).append(_NUL)
        if serializer_class is not None:
            faults |= self._own_values(serializer_class, {n: given[n] for n in own if n in given})
        if faults:
            raise ValidationError(faults)

    def _own_values(
        self, serializer_class: type[serializers.Serializer[Any]], texts: Mapping[str, str]
    ) -> dict[str, Any]:
        """Set `self.query`; returns the faults."""
        serializer = serializer_class(context={"request": self.request, "view": self})
        values = {name: from_text(serializer.fields[name], text) for name, text in texts.items()}
        serializer.initial_data = values
        if not serializer.is_valid():
            return dict(serializer.errors)
        self.query = serializer.validated_data
        return {}


_TWICE = ErrorDetail("Is given twice.", code="duplicate")
_NUL = ErrorDetail("Must not contain NUL characters.", code="invalid")


@cache
def parameter_names(
    serializer_class: type[serializers.Serializer[Any]] | None,
    filterset_class: type[FilterSet] | None,
    pagination_class: Any,
) -> tuple[str, ...]:
    """The parameters that these together know."""
    filters = filterset_class.base_filters if filterset_class else {}
    if strangers := [name for name, each in filters.items() if not isinstance(each, WireFilter)]:
        raise ImproperlyConfigured(f"{filterset_class}: no WireFilter: {strangers}")
    return (
        *(serializer_class().fields if serializer_class else ()),
        *filters,
        *getattr(pagination_class, "parameters", ()),
    )


class WireFault(DjangoValidationError):
    """What a wire field found, carried through Django's forms as it is."""

    def __init__(self, detail: Any) -> None:
        super().__init__("refused", code="invalid")
        self.detail = detail


class WireFormField(forms.Field):
    """A form field that leaves validation to a wire field."""

    def __init__(self, *, wire: serializers.Field[Any, Any, Any, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wire = wire

    def clean(self, value: Any) -> Any:
        """The validated value; None if the parameter is absent, or is text and left empty."""
        if value is None or (value == "" and isinstance(self.wire, serializers.CharField)):
            return None
        try:
            return self.wire.run_validation(from_text(self.wire, value))
        except ValidationError as error:
            raise WireFault(error.detail) from None


class WireFilter(Filter):  # type: ignore[misc]
    """A filter whose parameter is read by a wire field: `WireFilter(DateField(), "born_on")`."""

    field_class = WireFormField

    def __init__(
        self,
        wire: serializers.Field[Any, Any, Any, Any],
        field_name: str | None = None,
        lookup_expr: str | None = None,
        **kwargs: Any,
    ) -> None:
        # A label of its own spares django-filter working one out for every request.
        super().__init__(field_name, lookup_expr, wire=wire, **{"label": "", **kwargs})

    def __deepcopy__(self, memo: Any) -> "WireFilter":
        """A filter for one request: of what it holds, only its method has to know the copy."""
        made = copy.copy(self)
        if self.method is not None:
            made.method = self.method
        return made


class WireFilterBackend(DjangoFilterBackend):  # type: ignore[misc]
    """django-filter with our faults. No filter is required: without parameters nothing is done."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        """The filtered queryset. Raises ValidationError."""
        filterset_class = self.get_filterset_class(view, queryset)
        given = request.query_params.keys()
        if filterset_class is None or not given & filterset_class.base_filters.keys():
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        if not filterset.is_valid():
            found = filterset.form.errors.as_data()
            raise ValidationError({name: faults[0].detail for name, faults in found.items()})
        return filterset.qs
