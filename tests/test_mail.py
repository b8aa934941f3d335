"""Where no mail server is set, letters are kept as files."""

import stat
from pathlib import Path

from django.core.mail import EmailMessage, get_connection


def test_letter_is_kept_in_a_file_for_the_owner_only(tmp_path: Path) -> None:
    mail = get_connection("emrapi.mail.LogAndFiles", file_path=str(tmp_path))

    assert mail.send_messages([EmailMessage("Hello", "the text", to=["ada@example.com"])]) == 1

    (kept,) = tmp_path.iterdir()
    assert "the text" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
