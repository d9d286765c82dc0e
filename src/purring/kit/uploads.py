# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files from strangers: what they are is read from their content, and what comes out can be kept and passed on.

Pictures are drawn anew, which leaves behind where they were taken and whatever was hidden in them. A PDF stays as it is,
but one that runs, opens or carries anything is refused. Nothing here makes a file harmless to every reader: serve it to
be saved only.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from purring.core.errors import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 4000
"""Enough to read a photographed page."""
MOST_OBJECTS = 20_000
ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/RichMediaExecute"}
"""What a PDF may not do."""
CARRIES = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"}
"""Keys a PDF may not have: script, files within, forms with script."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be kept. `filename` has the extension of what it is."""

    filename: str
    content_type: str
    content: bytes


def checked(content: bytes, name: str) -> Upload:
    """The file as it may be kept. Refuses (`bad_file`) what is no PDF, JPEG, PNG or WebP, too large, damaged or active."""
    if not content or len(content) > MOST_BYTES:
        raise Refused("bad_file", "a file of up to 10 MB, please", field="file")
    if content.startswith(b"%PDF-"):
        _refuse_active(content)
        return Upload(_named(name, "pdf"), "application/pdf", content)
    kind, drawn = _drawn_anew(content)
    return Upload(_named(name, "jpg" if kind == "jpeg" else kind), f"image/{kind}", drawn)


def _drawn_anew(content: bytes) -> tuple[str, bytes]:
    from PIL import Image, ImageOps  # slow to import: only for those who send a picture

    try:
        picture: Any = Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"])
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused("bad_file", "this picture is too large", field="file")
        kind = "png" if picture.format == "PNG" else "jpeg"
        picture.load()
        picture = ImageOps.exif_transpose(picture).convert("RGBA")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        out = io.BytesIO()
        ground.save(out, kind.upper(), **({"quality": 85} if kind == "jpeg" else {"optimize": False}))
    except Refused:
        raise
    except Exception as error:  # a damaged picture makes the library raise whatever breaks first
        raise Refused("bad_file", "this is no picture or PDF that can be read", field="file") from error
    return kind, out.getvalue()


def _refuse_active(content: bytes) -> None:
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise Refused("bad_file", "this PDF is locked", field="file")
        keys = [(number, generation) for generation, rows in reader.xref.items() for number in rows]
        keys += [(number, 0) for number in reader.xref_objStm]
        if not keys or len(keys) > MOST_OBJECTS or not len(reader.pages):
            raise Refused("bad_file", "this PDF cannot be looked through", field="file")
        from pypdf.generic import IndirectObject

        found: Any = [reader.trailer]
        found += (IndirectObject(number, generation, reader).get_object() for number, generation in keys)
        for each in found:
            for one in _dictionaries(each):
                if CARRIES & one.keys() or str(one.get("/S", "")) in ACTIONS:
                    raise Refused("bad_file", "this PDF carries a script or another file", field="file")
    except Refused:
        raise
    except Exception as error:  # so does a damaged PDF
        raise Refused("bad_file", "this is no PDF that can be read", field="file") from error


def _dictionaries(found: Any) -> Iterator[dict[Any, Any]]:
    """It and what lies in it directly; what is referred to is an object of its own."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += dict.values(one)  # as they stand: reading through the dictionary would follow references
        elif isinstance(one, list):
            waiting += list.__iter__(one)


def _named(name: str, extension: str) -> str:
    """The person's name for the file, without what could steer a path, a header or the reader's eye."""
    stem = re.split(r"[/\\]", name)[-1].rpartition(".")[0] or name
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" or char in " -_()" else "_" for char in stem)
    return f"{kept.strip(' _')[:80].strip() or 'file'}.{extension}"
