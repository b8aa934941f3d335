"""JSON out, through orjson; and which media types a caller may ask for."""

from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_LONGEST_ACCEPT = 2048
_UTF_8 = frozenset({"utf-8", "utf8"})


def to_json(data: Any) -> bytes:
    """The bytes of an answer. Decimals keep at least two places; instants are UTC with Z."""
    return orjson.dumps(data, default=_to_plain, option=orjson.OPT_UTC_Z)


def _to_plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(_number(value))
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _number(value: Decimal) -> str:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise TypeError(f"{value} has no form in JSON")
    return f"{value:.2f}" if exponent >= -2 else f"{value:f}"


class JSONRenderer(BaseRenderer):
    """`application/json`; an error's response says itself that it is a problem."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """The bytes; none for an answer without a body."""
        return b"" if data is None else to_json(data)


class ImageRenderer(BaseRenderer):
    """Lets a view answer a picture: `Response(data, content_type="image/png")`."""

    media_type = "image/*"
    format = "image"
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> Any:
        """The bytes as they are."""
        return data


class BytesRenderer(ImageRenderer):
    """The same bytes for those who do not say, or do not know, what they are."""

    media_type = "application/octet-stream"
    format = "bytes"


class Negotiation(BaseContentNegotiation):
    """By Content-Type and Accept alone, without a second look where JSON is all there is."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The parser for the body; None, which is a 415, unless it is JSON in UTF-8."""
        media_type, _, parameters = request.content_type.partition(";")
        charset = _parameters(parameters).get("charset", "utf-8")
        if charset.strip('"').lower() not in _UTF_8:
            return None
        wanted = media_type.strip().lower()
        return next((parser for parser in parsers if parser.media_type == wanted), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """The renderer that the caller likes best; our order decides between equals."""
        accept = request.META.get("HTTP_ACCEPT", "")
        first = renderers[0]
        if accept in ("", "*/*", first.media_type):
            return first, first.media_type
        ranges = _ranges(accept[:_LONGEST_ACCEPT])
        best = max(renderers, key=lambda renderer: _quality(renderer.media_type, ranges))
        if not _quality(best.media_type, ranges):
            raise NotAcceptable
        return best, best.media_type


def _parameters(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _ranges(accept: str) -> dict[str, float]:
    """What the caller accepts, and how much."""
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        media_range, _, parameters = part.partition(";")
        try:
            quality = float(_parameters(parameters).get("q", "1"))
        except ValueError:
            quality = 0.0
        ranges[media_range.strip().lower()] = quality
    return ranges


def _quality(media_type: str, ranges: dict[str, float]) -> float:
    """How much the caller likes this type; the most specific range counts."""
    family = media_type.partition("/")[0]
    names = [media_type, f"{family}/*", "*/*"]
    if media_type == JSONRenderer.media_type:
        names.insert(1, "application/problem+json")
    if media_type.endswith("/*"):
        names = [name for name in ranges if name.startswith(f"{family}/")] + names
    return next((ranges[name] for name in names if name in ranges), 0.0)
