"""Price lists as partners send them, and what the answer tells of each row."""

from typing import Any

from tests.client import Client

PATH = "/v1/products"


def write(client: Client, *items: Any, query: str = "") -> Any:
    """The answer to these."""
    return client.post(f"{PATH}{query}", {"products": list(items)})


def outcomes(answer: Any) -> list[tuple[int, Any, str]]:
    """Of each row its index, code and outcome; the totals are right."""
    assert answer.status_code == 200, answer.json()
    data = answer.json()["data"]
    told = [(each["index"], each["ProductCode"], each["outcome"]) for each in data["results"]]
    for name in ("created", "updated", "unchanged", "failed"):
        assert data[name] == [outcome for *_, outcome in told].count(name)
    return told
