"""The least that an e-mail, a phone and a ZIP must be; anything stricter refuses real ones."""

import re

from django.core.exceptions import ValidationError

_EMAIL = re.compile(r"\s*[^@\s]+@[^@\s]+\s*")
_POSTAL_CODE = re.compile(r"[^\W_][\w .,/-]*")


def email(value: str) -> None:
    """Something, an @, something, without spaces between."""
    if not _EMAIL.fullmatch(value):
        raise ValidationError("Must be an e-mail address such as john@example.com.")


def phone(value: str) -> None:
    """Three digits at least; what stands around them is the caller's affair."""
    if sum(character.isdecimal() for character in value) < 3:
        raise ValidationError("Must be a phone number such as 555-0123.")


def postal_code(value: str) -> None:
    """Letters, digits, and what is put between them."""
    if not _POSTAL_CODE.fullmatch(value.strip()):
        raise ValidationError("Must be a ZIP or postal code such as 90210 or K1A 0B1.")
