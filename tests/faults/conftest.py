"""A platform to do harm to."""

from collections.abc import Iterator

import pytest

from tests.start.served import Place


@pytest.fixture
def place(installed: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A place whose servers this process, too, knows the ids of."""
    made = Place(like=installed)
    for name, value in made.variables().items():
        monkeypatch.setenv(name, value)
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    yield made
    made.remove()
