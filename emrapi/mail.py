"""Mail where no mail server is set: a line in the log, and a file for each letter."""

from collections.abc import Sequence
from pathlib import Path

import structlog
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

_log = structlog.get_logger(__name__)


class LogAndFiles(EmailBackend):
    """Keeps letters in EMAIL_FILE_PATH, readable by the owner only: links in them are secrets."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write them, and say where."""
        sent = super().send_messages(email_messages) or 0
        if sent:
            file = self._get_filename()  # type: ignore[attr-defined]
            Path(file).chmod(0o600)
            for message in email_messages:
                _log.info("letter_kept", to=message.to, subject=message.subject, file=file)
        return sent
