"""JSON in: strict, bounded in size and depth, exact in numbers, and with one meaning only.

What stock parsers let pass and something behind them trips over is refused here, with the wire name
of the place: a key that stands twice, NaN, NUL characters, halves of surrogate pairs, deep nesting.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from io import BytesIO
from itertools import islice
from typing import Any, NoReturn

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from emrapi.api.errors import PayloadTooLarge
from emrapi.api.fields import is_unicode
from emrapi.api.suggestions import shortened

DEFAULT_MAX_BODY_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 64

_EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
_MOST_FAULTS = 50
# Escapes that may stand for something no database holds. Unescaped, the JSON grammar and UTF-8
# forbid the same.
_SUSPICIOUS_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class ApiRequest(Request):
    """A request whose body may come without a Content-Length, and whose digest is at hand."""

    body_sha256: str = _EMPTY_SHA256
    _stream: Any

    def _load_stream(self) -> None:
        """DRF takes a body without a length for an empty one, and so would lose what was sent."""
        super()._load_stream()  # type: ignore[misc]
        if self._stream is None and _is_of_unknown_length(self._request.META):
            self._stream = self._request


class JSONParser(BaseParser):
    """Parses `application/json`; sets `request.body_sha256`. Every fault is a 400, size a 413."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The value that the body holds; `{}` for an empty body."""
        context = parser_context or {}
        limit = getattr(context.get("view"), "max_body_bytes", DEFAULT_MAX_BODY_BYTES)
        raw = _read(stream, limit)
        if (request := context.get("request")) is not None:
            request.body_sha256 = hashlib.sha256(raw).hexdigest()
        return load(raw) if raw else {}


def read_ahead(request: HttpRequest, limit: int) -> None:
    """Read the body now, however slowly it comes, to be parsed later.

    Raises PayloadTooLarge, UnreadablePostError.
    """
    _read(request, limit)


def _read(stream: Any, limit: int) -> bytes:
    """The whole body, of which no more than `limit` bytes are ever held."""
    if not isinstance(stream, HttpRequest):
        raw: bytes = stream.read(limit + 1)
        return raw if len(raw) <= limit else _too_large(limit)
    if _announced_length(stream) > limit:
        _too_large(limit)
    if hasattr(stream, "_body"):
        raw = stream.body
    else:
        try:
            raw = _source(stream).read(limit + 1)
        except OSError as error:
            raise UnreadablePostError(*error.args) from error
    if len(raw) > limit:
        _too_large(limit)
    if len(raw) < _announced_length(stream):
        # A web server reads a connection that was cut as a normal end.
        raise UnreadablePostError("cut off")
    # Whoever asks Django for the body later on gets it, instead of an error that it was read.
    stream._body = raw  # noqa: SLF001
    stream._stream = BytesIO(raw)  # noqa: SLF001
    return raw


def _announced_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _is_of_unknown_length(headers: dict[str, Any]) -> bool:
    """Whether a body follows that is chunked, or that HTTP/2 delimits without any header."""
    if headers.get("CONTENT_LENGTH"):
        return False
    is_http_1 = headers.get("SERVER_PROTOCOL", "HTTP/1.1").startswith("HTTP/1")
    return "HTTP_TRANSFER_ENCODING" in headers or bool(
        not is_http_1 and headers.get("CONTENT_TYPE")
    )


def _source(request: HttpRequest) -> Any:
    """Where to read from: Django gives a WSGI body without a length an end before its start."""
    headers = request.META
    if "wsgi.input" not in headers or not _is_of_unknown_length(headers):
        return request
    if not headers.get("wsgi.input_terminated"):
        _malformed("Send the body with a Content-Length.")
    return headers["wsgi.input"]


def _too_large(limit: int) -> NoReturn:
    raise PayloadTooLarge(f"The body is larger than the {limit:,} bytes allowed here.")


def load(raw: bytes) -> Any:
    """The value of a JSON text; numbers with a fraction are Decimals. Raises ValidationError."""
    has_repeated_keys = False

    def to_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal has_repeated_keys
        made = dict(pairs)
        if len(made) != len(pairs):
            has_repeated_keys = True
            return _Repeated(pairs)
        return made

    try:
        value = json.loads(
            raw.decode(), object_pairs_hook=to_dict, parse_float=Decimal, parse_constant=_no_number
        )
    except UnicodeDecodeError:
        _malformed("The body is not UTF-8.")
    except json.JSONDecodeError as error:
        _malformed(
            f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        )
    except RecursionError:
        _too_deep()
    except (ValueError, InvalidOperation):
        _malformed("The body holds a number that is too long, or that is none.")
    if _is_too_deep(raw, value):
        _too_deep()
    if has_repeated_keys or _SUSPICIOUS_ESCAPE.search(raw):
        _refuse_oddities(value)
    return value


class _Repeated(dict[str, Any]):
    """An object in which some names stand more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(name for name, _ in pairs)
        self.names = [name for name in times if times[name] > 1]


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _malformed(message: str) -> NoReturn:
    raise ValidationError({"": [ErrorDetail(message, code="malformed")]})


def _too_deep() -> NoReturn:
    _malformed(f"The body is nested more than {MAX_DEPTH} levels deep.")


def _is_too_deep(raw: bytes, value: Any) -> bool:
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return False
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _refuse_oddities(value: Any) -> None:
    faults: dict[str, list[ErrorDetail]] = {}
    for path, fault in islice(_oddities(value, ""), _MOST_FAULTS):
        faults.setdefault(path, []).append(fault)
    if faults:
        raise ValidationError(faults)


def _oddities(value: Any, path: str) -> Iterator[tuple[str, ErrorDetail]]:
    """Every repeated key and every text that no database could hold, with its place."""
    if isinstance(value, str):
        if message := _unstorable(value):
            yield path, ErrorDetail(message, code="invalid")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _oddities(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            if message := _unstorable(name):
                yield path, ErrorDetail(f"A name: {message}", code="invalid")
            else:
                inner = shortened(name)
                yield from _oddities(item, f"{path}.{inner}" if path else inner)
        for name in getattr(value, "names", ()):
            inner = shortened(name)
            yield (
                f"{path}.{inner}" if path else inner,
                ErrorDetail("Stands twice in the same object.", code="duplicate"),
            )


def _unstorable(text: str) -> str | None:
    if "\0" in text:
        return "Must not contain NUL characters."
    if not is_unicode(text):
        return "Must not contain halves of surrogate pairs."
    return None
