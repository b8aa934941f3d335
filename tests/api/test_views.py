"""The base of all views: methods, media types, callers, ids, and errors of each."""

from typing import Any

import pytest
from django.test import Client

GADGETS = "/v1/DemoOffice/gadgets"


def test_caller_comes_first_and_is_told_how(api: Client) -> None:
    nobody = api.get(GADGETS)
    stranger = api.get(GADGETS, headers={"Authorization": "Practice x"})

    assert (nobody.status_code, nobody["WWW-Authenticate"]) == (401, "Bearer")
    assert (stranger.status_code, stranger["WWW-Authenticate"]) == (401, "Bearer")
    assert stranger.json()["detail"] == "That is no practice."
    assert api.get(f"{GADGETS}?nonsense=1").status_code == 401
    assert api.get(f"{GADGETS}/{2**70}").status_code == 401


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PURGE"])
def test_unknown_method_is_405_and_names_the_known(api: Client, method: str) -> None:
    response = api.generic(method, "/v1/mirror")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"
    assert response["Content-Type"] == "application/problem+json"


def test_head_is_answered_like_get(api: Client) -> None:
    response = api.head("/v1/mirror")

    assert (response.status_code, response.content) == (200, b"")
    assert "Allow" not in response
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("", 200),
        ("*/*", 200),
        ("application/json", 200),
        ("application/problem+json", 200),
        ("application/*;q=0.1", 200),
        ("text/html, application/xhtml+xml, */*;q=0.8", 200),
        ("APPLICATION/JSON ; charset=utf-8", 200),
        ("text/html", 406),
        ("application/xml, image/*", 406),
        ("application/json;q=0", 406),
        ("application/json;q=0, */*", 406),
        ("application/json;q=high", 406),
        (",;,", 406),
        ("a" * 100_000, 406),
    ],
)
def test_accept_decides(api: Client, accept: str, status: int) -> None:
    response = api.get("/v1/mirror", headers={"Accept": accept})

    assert response.status_code == status
    assert response["Content-Type"] == f"application/{'' if status == 200 else 'problem+'}json"


def test_view_may_answer_pictures(api: Client) -> None:
    picture = api.get("/v1/picture", headers={"Accept": "image/png"})
    fault = api.get("/v1/picture?size=9", headers={"Accept": "image/*"})

    assert (picture["Content-Type"], picture.content) == ("image/png", b"picture")
    assert picture["Vary"] == "Accept"
    assert (fault.status_code, fault["Content-Type"]) == (400, "application/problem+json")
    assert fault.json()["errors"][0]["code"] == "unknown"


@pytest.mark.parametrize("digits", [str(2**63), "1" + "0" * 30, "9" * 5_000], ids=len)
def test_id_beyond_bigint_is_named(api: Client, digits: str) -> None:
    response = api.get(f"{GADGETS}/{digits}", headers={"Authorization": "Practice 1"})

    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"field": "id", "code": "out_of_range", "message": "Is beyond the range of 64 bits."}
    ]


def errors_of(response: Any) -> Any:
    """Field and code of each fault."""
    assert response.status_code == 400
    return [(fault["field"], fault["code"]) for fault in response.json()["errors"]]


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("serch=x", [("serch", "unknown")]),
        ("limit=1&limit=1", [("limit", "duplicate")]),
        ("search=a%00b", [("search", "invalid")]),
        ("%00=1", [("\0", "unknown")]),
        ("onTwin=reject", [("onTwin", "unknown")]),
        ("format=json", [("format", "unknown")]),
        ("serch=x&page=1&page=2&zzz=%00", [
            ("serch", "unknown"), ("zzz", "unknown"), ("page", "duplicate"),
            ("zzz", "invalid"),
        ]),
    ],
)  # fmt: skip
def test_strange_parameters_of_a_list_are_named(api: Client, query: str, faults: Any) -> None:
    response = api.get(f"{GADGETS}?{query}", headers={"Authorization": "Practice 1"})

    assert sorted(errors_of(response)) == sorted(faults)


def test_near_parameter_is_suggested(api: Client) -> None:
    response = api.get(f"{GADGETS}?SERCH=x", headers={"Authorization": "Practice 1"})

    assert response.json()["detail"] == 'SERCH: Unknown parameter. Did you mean "search"?'


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{GADGETS}/1?search=x"),
        ("GET", f"{GADGETS}/1?page=1"),
        ("PUT", f"{GADGETS}/1?kind=Wheel"),
        ("POST", f"{GADGETS}?search=x"),
        ("GET", "/v1/mirror?a=1"),
    ],
)
def test_parameters_of_a_list_are_unknown_elsewhere(api: Client, method: str, path: str) -> None:
    response = api.generic(method, path, headers={"Authorization": "Practice 1"})

    (fault,) = errors_of(response)
    assert fault[1] == "unknown"
