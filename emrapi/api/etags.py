"""Entity tags: nobody overwrites what he has not seen."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError

from emrapi.api.errors import PreconditionFailed
from emrapi.api.rendering import to_json

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rf"\s*(?:\*|{_TAG}(?:\s*,\s*{_TAG})*)\s*")
_ONE = re.compile(_TAG)


def etag_of(data: Any) -> str:
    """The strong tag of a resource as it is answered."""
    return etag_of_bytes(to_json(data))


def etag_of_bytes(content: bytes) -> str:
    """The strong tag of a body."""
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def check_if_match(headers: Mapping[str, str], data: Any) -> None:
    """Raise PreconditionFailed if the caller has seen another state than `data`."""
    given = headers.get("If-Match")
    if given is None:
        return
    tags = _tags(given, "If-Match")
    if "*" not in tags and etag_of(data) not in tags:
        raise PreconditionFailed


def is_known(headers: Mapping[str, str], etag: str) -> bool:
    """Whether the caller has this state already (If-None-Match), so that 304 says it all."""
    given = headers.get("If-None-Match")
    if given is None:
        return False
    tags = {tag.removeprefix("W/") for tag in _tags(given, "If-None-Match")}
    return "*" in tags or etag in tags


def _tags(header: str, name: str) -> set[str]:
    if not _LIST.fullmatch(header):
        message = "Must be * or tags as the ETag header gave them, with their quotes."
        raise ValidationError({name: [ErrorDetail(message, code="invalid")]})
    return {"*"} if header.strip() == "*" else set(_ONE.findall(header))
