# SPDX-License-Identifier: AGPL-3.0-or-later
"""A file to be saved: never shown inside our own pages, and nothing in it runs in our name."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from purring.kit.mime import safe_filename


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    """The answer that carries it; kept by no cache."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, safe_filename(name)) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
