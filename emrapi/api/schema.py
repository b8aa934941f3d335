"""The OpenAPI 3.1 document, worked out from the views themselves."""

from typing import Any

from drf_spectacular.openapi import AutoSchema


class WireSchema(AutoSchema):
    """What drf-spectacular finds in a view."""


def finish(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Post-processing hook."""
    return result
