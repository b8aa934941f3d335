"""Where no mail server is set, letters are kept as files."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection


@pytest.fixture
def careless() -> Iterator[None]:
    """A process whose files anybody may read and write, unless it says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_letter_is_kept_for_the_owner_only(careless: None, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "mail"
    mail = get_connection("emrapi.mail.LogAndFiles", file_path=str(folder))

    assert mail.send_messages([EmailMessage("Hello", "the text", to=["ada@example.com"])]) == 1

    (kept,) = folder.iterdir()
    assert "the text" in kept.read_text()
    assert (_mode(folder), _mode(kept)) == (0o700, 0o600)


def test_letter_is_never_open_to_others(careless: None, tmp_path: Path) -> None:
    mail = get_connection("emrapi.mail.LogAndFiles", file_path=str(tmp_path))

    with mail:
        (begun,) = tmp_path.iterdir()
        assert _mode(begun) == 0o600
        assert mail.send_messages([EmailMessage("One"), EmailMessage("Two")]) == 2

    assert begun.read_text().count("Subject:") == 2


def test_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")

    with pytest.raises(ImproperlyConfigured, match="not a directory"):
        get_connection("emrapi.mail.LogAndFiles", file_path=str(tmp_path / "mail"))
