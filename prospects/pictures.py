"""Portraits: read from base64, made harmless, kept by Django's storage."""

import base64
import binascii
import io
import re
import struct
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

MOST_BYTES = 2 * 1024 * 1024
# Unpacked, 2 MiB can be gigabytes; this much takes 64 MB.
MOST_PIXELS = 16_000_000

_DATA_URI = re.compile(r"data:image/[a-z0-9.+-]+;base64,", re.IGNORECASE)
_FORMATS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
# What Pillow raises for a file that is not what it says, or not whole.
_BROKEN = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class BadPicture(ValueError):
    """The text is no picture that we take; says why."""


@dataclass(frozen=True)
class Picture:
    """A picture as it will be kept: pixels and nothing else."""

    content: bytes
    extension: str


def from_base64(text: str) -> Picture:
    """The picture in a base64 text or data URI. Raises BadPicture.

    It is decoded and encoded anew: what was hidden in it, and where it was taken, does not survive.
    """
    prefix = _DATA_URI.match(text)
    encoded = "".join(text[prefix.end() if prefix else 0 :].split())
    if len(encoded) > (MOST_BYTES + 2) // 3 * 4:
        raise BadPicture("Must not be larger than 2 MiB.")
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadPicture("Must be a PNG, JPEG or WebP picture in base64.") from None
    if len(content) > MOST_BYTES:
        raise BadPicture("Must not be larger than 2 MiB.")
    return _encoded_anew(content)


def _encoded_anew(content: bytes) -> Picture:
    try:
        with Image.open(io.BytesIO(content), formats=list(_FORMATS)) as opened:
            kind = opened.format or ""
            _refuse_bomb(opened)
            image = ImageOps.exif_transpose(opened)
            has_alpha = kind != "JPEG" and image.has_transparency_data
            clean = image.convert("RGBA" if has_alpha else "RGB")
    except BadPicture:
        raise
    except _BROKEN:
        raise BadPicture("Must be a PNG, JPEG or WebP picture in base64.") from None
    clean.info.clear()
    output = io.BytesIO()
    clean.save(output, format=kind, **({} if kind == "PNG" else {"quality": 88}))
    return Picture(output.getvalue(), _FORMATS[kind])


def _refuse_bomb(image: Image.Image) -> None:
    """What the header promises to unpack must be reasonable; nothing is unpacked before."""
    if image.width * image.height > MOST_PIXELS:
        raise BadPicture("Must not have more than 16 million pixels.")


@contextmanager
def stored(picture: Picture, practice_id: int) -> Iterator[str]:
    """Keep the picture under a name that nobody can guess; gone again if the block fails."""
    name = f"pictures/{practice_id}/{uuid.uuid4().hex}.{picture.extension}"
    name = default_storage.save(name, ContentFile(picture.content))
    try:
        yield name
    except BaseException:
        default_storage.delete(name)
        raise


def discard_on_commit(name: str) -> None:
    """Delete a picture that no row will point at, once that is certain."""
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))


def read(name: str) -> tuple[bytes, str] | None:
    """Content and media type; None if the file is gone."""
    try:
        with default_storage.open(name) as file:
            return file.read(), MEDIA_TYPES[name.rpartition(".")[2]]
    except FileNotFoundError:
        return None
