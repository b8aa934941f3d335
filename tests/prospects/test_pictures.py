"""Portraits: what is taken, what is stored, who may see it, and when it goes."""

import base64
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from prospects import pictures
from tests.client import Client

RED = (200, 30, 30)
JOHN = {"FirstName": "John", "LastName": "Doe"}


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    """An empty folder for the files of this test."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def _encoded(kind: str, size: tuple[int, int] = (8, 6), **options: Any) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, RED).save(output, kind, **options)
    return output.getvalue()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def _create(client: Client, picture: Any) -> Any:
    return client.post("/prospects", {**JOHN, "PtImg": picture})


def _path(answer: Any) -> str:
    url: str = answer.json()["data"]["PtImg"]
    return url.removeprefix("http://testserver")


@pytest.mark.parametrize(
    ("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
@pytest.mark.parametrize("prefix", ["", "data:image/{};base64,"])
def test_picture_is_kept_and_answered(
    ours: Client, kind: str, media_type: str, prefix: str
) -> None:
    created = _create(ours, prefix.format(kind.lower()) + _text(_encoded(kind)))

    number = created.json()["data"]["PatientID"]
    assert created.json()["data"]["PtImg"] == (
        f"http://testserver/v1/DemoOffice/prospects/{number}/picture"
    )
    answer = ours.get(_path(created))
    assert answer.status_code == 200
    assert answer["Content-Type"] == media_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-cache"
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, image.size) == (kind, (8, 6))
        assert all(
            abs(got - sent) < 12
            for got, sent in zip(image.convert("RGB").getpixel((4, 3)), RED, strict=True)
        )
    assert ours.get(_path(created), None, Accept="image/*").status_code == 200
    assert ours.get(_path(created), None, If_None_Match=answer["ETag"]).status_code == 304


def test_metadata_does_not_survive(ours: Client) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 6  # lies on its side
    sent = _encoded("JPEG", exif=exif, comment=b"secret note", icc_profile=b"a profile" * 50)
    assert b"taken at home" in sent
    assert b"secret note" in sent

    content = ours.get(_path(_create(ours, _text(sent)))).content

    for secret in (b"taken at home", b"secret note", b"a profile", b"Exif"):
        assert secret not in content
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (6, 8)
        assert not image.getexif()


def test_what_is_hidden_behind_a_picture_does_not_survive(ours: Client) -> None:
    sent = _encoded("PNG") + b"<script>alert(1)</script>"

    assert b"script" not in ours.get(_path(_create(ours, _text(sent)))).content


def _bomb() -> bytes:
    """A small PNG that says it is 50,000 by 50,000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        _encoded("GIF"),
        _encoded("BMP"),
        _encoded("TIFF"),
        _encoded("PNG")[:-30],
        _encoded("JPEG", (64, 64))[:200],
        _bomb(),
        _encoded("PNG", (5_000, 5_000)),
        b"\0" * (pictures.MOST_BYTES + 1),
    ],
)
def test_no_picture_is_refused_and_leaves_no_file(
    ours: Client, media: Path, content: bytes
) -> None:
    answer = _create(ours, _text(content) or "====")

    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == ["PtImg"]
    assert _files(media) == []
    assert ours.get("/prospects").json()["total"] == 0


@pytest.mark.parametrize(
    "text", ["not base64!", "data:text/html;base64,PGI+", "http://example.com/x.png", 7, ["x"]]
)
def test_other_values_are_refused(ours: Client, text: Any) -> None:
    answer = _create(ours, text)

    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == ["PtImg"]


def test_largest_allowed_picture_is_taken(ours: Client) -> None:
    sent = _encoded("PNG") + b"\0" * pictures.MOST_BYTES

    assert _create(ours, _text(sent[: pictures.MOST_BYTES])).status_code == 201


def test_replaced_and_removed_files_are_deleted(ours: Client, media: Path) -> None:
    created = _create(ours, _text(_encoded("PNG")))
    path = f"/prospects/{created.json()['data']['PatientID']}"
    (first,) = _files(media)

    ours.put(path, {"PtImg": _text(_encoded("JPEG"))})
    (second,) = _files(media)
    kept = ours.put(path, {"PtImg": created.json()["data"]["PtImg"], "City": "Albany"})
    assert _files(media) == [second]
    removed = ours.put(path, {"PtImg": None})

    assert first != second
    assert (first.suffix, second.suffix) == (".png", ".jpg")
    assert kept.json()["data"]["PtImg"] == created.json()["data"]["PtImg"]
    assert removed.json()["data"]["PtImg"] is None
    assert _files(media) == []
    assert ours.get(f"{path}/picture").status_code == 404


def test_refused_writes_leave_the_files_as_they_were(ours: Client, media: Path) -> None:
    created = _create(ours, _text(_encoded("PNG")))
    path = f"/prospects/{created.json()['data']['PatientID']}"
    before = _files(media)

    stale = ours.put(path, {"PtImg": None}, If_Match='"other"')
    faulty = ours.put(path, {"PtImg": _text(_encoded("JPEG")), "Gender": "x"})
    known = ours.post(
        "/prospects?onDuplicate=reject",
        {**JOHN, "EMail": "a@b", "PtImg": _text(_encoded("JPEG"))},
    )
    again = ours.post(
        "/prospects?onDuplicate=reject",
        {**JOHN, "EMail": "a@b", "PtImg": _text(_encoded("JPEG"))},
    )

    assert [answer.status_code for answer in (stale, faulty, known, again)] == [412, 400, 201, 409]
    assert set(before) < set(_files(media))
    assert len(_files(media)) == 2


def test_failed_write_takes_its_file_back(
    our_practice: Any, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from partners import tenancy
    from prospects import people

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(people, "record", fail)
    picture = pictures.from_base64(_text(_encoded("PNG")))

    with pytest.raises(RuntimeError), tenancy.within_practice(our_practice.pk):
        people.add(practice_id=our_practice.pk, full_name="John", picture=picture)

    assert _files(media) == []


def test_picture_is_for_the_practice_alone(
    ours: Client, theirs: Client, our_practice: Any, make_key: Any, client_for: Any
) -> None:
    path = _path(_create(ours, _text(_encoded("PNG"))))
    nobody = Client(ppass="DemoOffice")
    without_scope = client_for(make_key(our_practice, ["Providers"]))

    assert nobody.get(path).status_code == 401
    assert theirs.get(path).status_code == 403
    assert theirs.get(path.replace("DemoOffice", "OtherOffice")).status_code == 404
    assert without_scope.get(path).status_code == 403
    assert nobody.get(path)["Content-Type"] == "application/problem+json"


def test_picture_is_bytes_for_those_who_ask_for_bytes(ours: Client) -> None:
    path = _path(_create(ours, _text(_encoded("PNG"))))

    answer = ours.get(path, None, Accept="application/octet-stream")
    as_json = ours.get(path, None, Accept="application/json")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    assert answer.content == ours.get(path).content
    assert as_json.status_code == 406
    assert as_json["Content-Type"] == "application/problem+json"


def test_file_that_is_gone_is_404(ours: Client, media: Path) -> None:
    path = _path(_create(ours, _text(_encoded("PNG"))))
    for file in _files(media):
        file.unlink()

    assert ours.get(path).status_code == 404


def test_transparency_survives() -> None:
    output = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(output, "PNG")

    kept = pictures.from_base64(_text(output.getvalue()))

    with Image.open(io.BytesIO(kept.content)) as image:
        assert image.mode == "RGBA"
        assert image.getpixel((0, 0))[3] == 0  # type: ignore[index]
