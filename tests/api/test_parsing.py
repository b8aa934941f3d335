"""What the JSON parser takes, what it refuses, and where it says the fault is."""

import contextlib
import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http.request import UnreadablePostError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from emrapi.api.errors import PayloadTooLarge
from emrapi.api.parsing import MAX_DEPTH, ApiRequest, JSONParser, load, read_ahead

Send = Callable[..., Any]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('abcé{["\\'), inner),
    max_leaves=30,
)


def faults(body: bytes) -> Any:
    """Field and code of each fault of a body."""
    with pytest.raises(ValidationError) as caught:
        load(body)
    return [(field, fault.code) for field, found in caught.value.detail.items() for fault in found]


@given(values)
def test_load_returns_what_json_means(value: Any) -> None:
    assert load(json.dumps(value).encode()) == value


@given(values)
def test_load_reads_raw_utf8_as_well_as_escapes(value: Any) -> None:
    assert load(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=60))
def test_load_refuses_or_reads_any_bytes_but_never_crashes(raw: bytes) -> None:
    with contextlib.suppress(ValidationError):
        load(raw)


def test_load_keeps_fractions_exact() -> None:
    assert load(b'{"a": 99.99, "b": 1e2, "c": 3}') == {
        "a": Decimal("99.99"),
        "b": Decimal("1e2"),
        "c": 3,
    }
    assert isinstance(load(b"[1.0]")[0], Decimal)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a" 1}',
        b"{'a': 1}",
        b'{"a": 1,}',
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e99999999999999999999]",
        b"[" + b"9" * 5000 + b"]",
        b'["\x00"]',
        b'["\xff"]',
        b'["\xed\xa0\x80"]',
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    ],
)
def test_load_names_the_body_when_it_is_malformed(body: bytes) -> None:
    assert faults(body) == [("", "malformed")]


def test_load_takes_what_is_just_not_too_deep() -> None:
    wide = b"[[]," + b"[]," * 100 + b"[]]"

    assert load(wide) == [[]] * 102
    assert load(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert load(b'["' + b"[" * 100 + b'"]') == ["[" * 100]
    assert faults(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)) == [("", "malformed")]
    assert faults(b'{"a":' * 65 + b"1" + b"}" * 65) == [("", "malformed")]


def test_load_names_every_key_that_stands_twice() -> None:
    body = b'{"a": 1, "a": 1, "b": [{"c": 1}, {"c": 1, "d": 2, "c": 3, "c": 4}], "e": {}}'

    assert faults(body) == [("b[1].c", "duplicate"), ("a", "duplicate")]


def test_load_names_text_that_no_database_holds() -> None:
    body = (
        rb'{"a": "\u0000", "b": ["ok", "\ud800"], "c": "\ud83d\ude00", "\u0000": 1, "d": "\\u0000"}'
    )

    assert faults(body) == [("a", "invalid"), ("b[1]", "invalid"), ("", "invalid")]


def test_load_lists_no_more_than_fifty_faults() -> None:
    assert len(faults(json.dumps(["\0"] * 60).encode())) == 50


def test_body_is_mirrored_with_its_digest(send: Send) -> None:
    body = '{"Name": "Zoë", "Price": 1.50}'.encode()

    response = send(body)

    assert response.status_code == 200
    assert response.content == '{"data":{"Name":"Zoë","Price":1.50}}'.encode()
    assert response["Digest"] == hashlib.sha256(body).hexdigest()


def test_empty_body_is_an_empty_object(send: Send) -> None:
    response = send(b"")

    assert response.json() == {"data": {}}
    assert response["Digest"] == hashlib.sha256(b"").hexdigest()
    assert send(b" \n").status_code == 400


def test_body_over_the_views_limit_is_413(send: Send) -> None:
    assert send(b'"' + b"a" * 1_998 + b'"').status_code == 200
    assert send(b'"' + b"a" * 1_999 + b'"').status_code == 413
    assert send(b"x" * 1_000_000).json()["detail"] == (
        "The body is larger than the 2,000 bytes allowed here."
    )


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=UTF-8", 200),
        ('application/json;charset="utf-8"', 200),
        ("application/json; charset=latin-1", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/plain", 415),
        ("application/xml", 415),
        ("", 415),
        ("application/json" + " " * 10_000 + "x", 415),
    ],
)
def test_content_type_decides(send: Send, content_type: str, status: int) -> None:
    assert send(b"{}", content_type).status_code == status


def wsgi(body: bytes, **environ: Any) -> WSGIRequest:
    """A request as a WSGI server gives it, with no length unless one is named."""
    return WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "application/json",
            "wsgi.input": BytesIO(body),
            **environ,
        }
    )


def parsed(request: WSGIRequest) -> Any:
    """The body as a view sees it."""
    return ApiRequest(request, parsers=[JSONParser()]).data


CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}


def test_chunked_body_is_read(api: Client) -> None:
    assert parsed(wsgi(b'{"a": 1}', **CHUNKED)) == {"a": 1}
    assert parsed(wsgi(b"", **CHUNKED)) == {}


def test_http2_body_without_a_length_is_read(api: Client) -> None:
    request = wsgi(b'{"a": 1}', SERVER_PROTOCOL="HTTP/2", **{"wsgi.input_terminated": True})

    assert parsed(request) == {"a": 1}


def test_chunked_body_over_the_limit_is_413_before_it_is_all_read(api: Client) -> None:
    body = BytesIO(b"x" * 10_000_000)
    request = wsgi(b"", **CHUNKED, **{"wsgi.input": body})

    with pytest.raises(PayloadTooLarge):
        parsed(request)

    assert body.tell() < 6_000_000


def test_chunked_body_that_the_server_cannot_delimit_is_refused(api: Client) -> None:
    with pytest.raises(ValidationError, match="Content-Length"):
        parsed(wsgi(b'{"a": 1}', HTTP_TRANSFER_ENCODING="chunked"))


def test_body_that_breaks_off_is_refused(api: Client) -> None:
    with pytest.raises(UnreadablePostError):
        parsed(wsgi(b'{"a": 1}', CONTENT_LENGTH="900"))


def test_body_can_be_read_ahead_and_asked_for_again(api: Client) -> None:
    request = wsgi(b'{"a": 1}', CONTENT_LENGTH="8")

    read_ahead(request, 100)

    assert parsed(request) == {"a": 1}
    assert request.body == b'{"a": 1}'
    with pytest.raises(PayloadTooLarge):
        read_ahead(wsgi(b'{"a": 1}', CONTENT_LENGTH="8"), 7)
