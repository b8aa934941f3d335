"""Partners that create prospects without a pause and remember what they were told."""

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Any

from tests.start.served import Served

Answer = tuple[int, str, Any]


class Writers:
    """`with Writers(served) as writers:` writes until the block ends.

    `acknowledged` holds the ids of the 201s, `refusals` all other answers, `broken` the calls that
    got none.
    """

    def __init__(self, served: Served, count: int = 3) -> None:
        self._served = served
        self._practice = f"/v1/{served.shown('Practice')}"
        self.path = f"{self._practice}/prospects"
        self.headers = {
            "Authorization": f"Bearer {self._token()}",
            "Content-Type": "application/json",
        }
        self._numbers = itertools.count()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._write) for _ in range(count)]
        self.acknowledged: list[int] = []
        self.refusals: list[Answer] = []
        self.broken: list[Exception] = []

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def wait_for_more(self, count: int, seconds: float = 60) -> None:
        """Until so many more writes have been acknowledged than now."""
        wanted = len(self.acknowledged) + count
        deadline = time.monotonic() + seconds
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < deadline, (self.summary(), self._served.said[-3000:])
            time.sleep(0.02)

    def summary(self) -> dict[str, Any]:
        """How many calls were answered how."""
        statuses = Counter(status for status, _, _ in self.refusals)
        return {"201": len(self.acknowledged), **statuses, "broken": self.broken[:3]}

    def stored(self, served: Served) -> set[int]:
        """The ids of every person there is, page by page, through the API."""
        found: set[int] = set()
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
        for page in itertools.count(1):
            path = f"{self.path}?limit=100&page={page}"
            status, _, answer = _ask(connection, "GET", path, self.headers)
            assert status == 200, answer
            if not answer["data"]:
                connection.close()
                return found
            found |= {person["PatientID"] for person in answer["data"]}
        raise AssertionError

    def _token(self) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._served.port, timeout=30)
        body = json.dumps({"apiKey": self._served.shown("Key")})
        headers = {"Content-Type": "application/json"}
        status, _, answer = _ask(connection, "POST", f"{self._practice}/auth/token", headers, body)
        connection.close()
        assert status == 200, answer
        return str(answer["accessToken"])

    def _write(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._served.port, timeout=30)
        while not self._ended.is_set():
            number = next(self._numbers)
            person = {"FirstName": "Writer", "LastName": f"Number {number}"}
            try:
                answer = _ask(connection, "POST", self.path, self.headers, json.dumps(person))
            except (OSError, http.client.HTTPException) as error:
                self.broken.append(error)
                connection.close()
                time.sleep(0.1)
                continue
            if answer[0] == 201:
                self.acknowledged.append(answer[2]["data"]["PatientID"])
            else:
                self.refusals.append(answer)
                time.sleep(0.05)
        connection.close()


def _ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: dict[str, str],
    body: str | None = None,
) -> Answer:
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.headers["Content-Type"], json.loads(answer.read())
