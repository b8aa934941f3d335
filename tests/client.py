"""A caller of the API, in process, through every middleware."""

from typing import Any

import orjson
from django.test import Client as DjangoClient


class Client:
    """Sends JSON with a bearer token; paths begin with /v1 or, without it, at the practice."""

    def __init__(self, *, ppass: str, token: str | None = None) -> None:
        self.ppass = ppass
        self.token = token
        self._client = DjangoClient(raise_request_exception=False)

    def get(self, path: str, params: dict[str, Any] | None = None, **headers: str) -> Any:
        """GET with query parameters."""
        return self._client.get(self._path(path), params or {}, headers=self._headers(headers))

    def post(self, path: str, json: Any = None, **headers: str) -> Any:
        """POST a JSON body."""
        return self.send("POST", path, json, **headers)

    def put(self, path: str, json: Any = None, **headers: str) -> Any:
        """PUT a JSON body."""
        return self.send("PUT", path, json, **headers)

    def patch(self, path: str, json: Any = None, **headers: str) -> Any:
        """PATCH a JSON body."""
        return self.send("PATCH", path, json, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        """DELETE."""
        return self.send("DELETE", path, None, **headers)

    def send(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        """Any method; a body of bytes goes as it is, and None is no body."""
        body = json if isinstance(json, bytes) else b"" if json is None else orjson.dumps(json)
        return self._client.generic(
            method,
            self._path(path),
            body,
            content_type="application/json",
            headers=self._headers(headers),
        )

    def _path(self, path: str) -> str:
        return path if path.startswith("/v1/") else f"/v1/{self.ppass}{path}"

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            named.setdefault("Authorization", f"Bearer {self.token}")
        return named


def status_of_token(ppass: str, key: str) -> int:
    """What a practice answers to whoever asks for a token with the key."""
    return int(Client(ppass=ppass).post("/auth/token", {"apiKey": key}).status_code)


def faults(answer: Any) -> dict[str, str]:
    """What was wrong with a request: the code of each field's fault."""
    assert answer.status_code == 400, answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    return {fault["field"]: fault["code"] for fault in answer.json()["errors"]}
