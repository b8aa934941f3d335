"""Path converters: `<ppass:…>`, `<id:…>`, `<requestid:…>`; importing this module registers them."""

import re

from django.urls import register_converter
from django.urls.converters import StringConverter

from emrapi.api.fields import BIGINT_MAX
from emrapi.api.request_ids import PATTERN

# Words that head a global path, or may come to: no practice can be called so.
RESERVED = frozenset(
    "access-requests account accounts admin api assets auth billing dashboard debug docs events"
    " favicon health healthz help internal kb keys login logout me media metrics oauth openapi"
    " partner partners practice practices products readyz request-access schema scopes static"
    " status support swagger sync system ticket tickets token tokens usage v1 v2 v3 version"
    " webhook webhooks www".split()
)
PPASS_PATTERN = "[A-Za-z][A-Za-z0-9_-]{1,39}"


def is_ppass(text: str) -> bool:
    """Whether a practice may be called so: letter first, 2 to 40 characters, no reserved word."""
    return re.fullmatch(PPASS_PATTERN, text) is not None and text.lower() not in RESERVED


class PPassConverter:
    """A practice's slug, as the caller spells it."""

    regex = PPASS_PATTERN

    def to_python(self, value: str) -> str:
        """The slug; a reserved word is none, in whatever case."""
        if not is_ppass(value):
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        """The slug as it is."""
        return value


class IdConverter:
    """An id in ASCII digits. One beyond bigint matches too, for `ApiView` to refuse it by name."""

    regex = "0|[1-9][0-9]*"

    def to_python(self, value: str) -> int:
        """The id, or one beyond all ids for a number too long to be worth reading."""
        return int(value) if len(value) <= len(str(BIGINT_MAX)) else BIGINT_MAX + 1

    def to_url(self, value: int) -> str:
        """The digits."""
        return str(value)


class RequestIdConverter(StringConverter):
    """The id of a request, as the header had it."""

    regex = PATTERN


register_converter(PPassConverter, "ppass")
register_converter(IdConverter, "id")
register_converter(RequestIdConverter, "requestid")
