"""Every operation of the API, found in the URL map."""

import re
from typing import Any, NamedTuple

from django.urls import get_resolver

METHODS = ("get", "post", "put", "patch", "delete")
# Open to anybody, by contract.
OPEN = {"v1/<ppass:ppass>/auth/token", "v1/access-requests"}
EXAMPLES = {"ppass": "DemoOffice", "id": "1", "pk": "1"}


class Operation(NamedTuple):
    """One method of one route, and the view behind it."""

    route: str
    method: str
    view: Any

    def __str__(self):
        return f"{self.method.upper()} {self.route}"


def walk(patterns, prefix=""):
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from walk(entry.url_patterns, route)
        elif route.startswith("v1/"):
            yield route, entry.callback


def operations():
    for route, view in walk(get_resolver("emrapi.urls").url_patterns):
        for method in METHODS:
            if method in view.actions:
                yield Operation(route, method, view.cls)


def path_of(route, ppass="DemoOffice"):
    def example(match):
        name = match[1].rpartition(":")[2]
        return ppass if name == "ppass" else EXAMPLES.get(name, "1")

    return "/" + re.sub(r"<([^>]+)>", example, route)


ADMINISTRATORS = [each for each in operations() if each.route.startswith("v1/admin/")]
GUARDED = [each for each in operations() if each.route not in OPEN and each not in ADMINISTRATORS]


def is_problem(answer, status):
    body = answer.json()
    return (
        answer.status_code == status == body["status"]
        and answer["Content-Type"] == "application/problem+json"
        and body["requestId"] == answer["X-Request-Id"]
        and {"type", "title", "status", "detail", "requestId"} <= set(body)
    )


def answers_but(status, send, among=GUARDED):
    """Whichever operations answer with anything but this problem; all are asked in one go."""
    answers = {str(each): send(each) for each in among}
    assert answers
    return {name: answer for name, answer in answers.items() if not is_problem(answer, status)}


def sent_by(client, each, ppass="DemoOffice"):
    return client.send(each.method.upper(), path_of(each.route, ppass), {})
