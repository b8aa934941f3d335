"""Mail where no mail server is set: a line in the log, and a file for each letter."""

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

_log = structlog.get_logger(__name__)


class LogAndFiles(EmailBackend):
    """Keeps letters in EMAIL_FILE_PATH, for the owner's eyes only: links in them are secrets."""

    def __init__(self, file_path: str | None = None, **kwargs: Any) -> None:
        folder = file_path or settings.EMAIL_FILE_PATH
        with suppress(OSError):  # which Django, who needs the folder too, puts into better words
            Path(folder).mkdir(mode=0o700, parents=True)
        super().__init__(file_path=folder, **kwargs)

    def open(self) -> bool:
        """Begin a file that nobody else can read, from its first byte on."""
        if self.stream:
            return False
        file = self._get_filename()  # type: ignore[attr-defined]
        opener = partial(os.open, mode=0o600)
        self.stream = open(file, "ab", opener=opener)  # type: ignore[assignment]  # noqa: SIM115
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write them, and say where."""
        sent = super().send_messages(email_messages) or 0
        if sent:
            file = self._get_filename()  # type: ignore[attr-defined]
            for message in email_messages:
                _log.info("letter_kept", to=message.to, subject=message.subject, file=file)
        return sent
