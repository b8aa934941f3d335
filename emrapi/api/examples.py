"""Examples for the API document: a body that is sent, one that is answered, a page of rows."""

from typing import Any

from drf_spectacular.utils import OpenApiExample


def sent(name: str, body: dict[str, Any]) -> OpenApiExample:
    """What a partner sends."""
    return OpenApiExample(name, value=body, request_only=True)


def answered(name: str, body: dict[str, Any], status: int | None = None) -> OpenApiExample:
    """What we answer; without a status, to all that went well."""
    codes = None if status is None else [str(status)]
    return OpenApiExample(name, value=body, response_only=True, status_codes=codes)


def page(*rows: dict[str, Any]) -> dict[str, Any]:
    """The only page there is."""
    return {"data": [*rows], "count": len(rows), "page": 1, "limit": 25, "total": len(rows)}
