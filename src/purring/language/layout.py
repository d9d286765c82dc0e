# SPDX-License-Identifier: Apache-2.0
"""The parts of a message as plain text and as HTML mail.

The HTML is one hand-written table: readable on a phone, in dark mode and in old mail programs, nothing
loaded from elsewhere, every value escaped. Not here: what is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape

from purring.language.facts import Logo, Organization
from purring.language.shapes import Answers, Button, Closing, Part, Row, Rows, Text, Ways

_PREHEADER_LENGTH = 140
_RTL = frozenset({"ar", "he", "fa", "ur"})


def as_text(parts: Iterable[Part], row: Callable[[str, str], str]) -> str:
    """Plain text, paragraphs separated by an empty line. `row` puts a label and a value together."""
    return "\n\n".join(_text(part, row) for part in parts) + "\n"


def _text(part: Part, row: Callable[[str, str], str]) -> str:
    if isinstance(part, Text):
        return part.text
    if isinstance(part, Rows):
        return "\n".join(f"- {row(line.label, line.value)}" for line in part.rows)
    if isinstance(part, Button):
        return row(part.label, part.link)
    if isinstance(part, Ways):
        lines = [part.heading]
        for way in part.ways:
            details = ([way.link] if way.link else []) + list(way.lines)
            if len(details) == 1 and way.note:
                lines.append(f"- {row(way.title, details[0])}")
            else:
                lines += [f"- {way.title}", *(f"  {detail}" for detail in details)]
        return "\n".join(lines)
    if isinstance(part, Answers):
        lines = [f"- {row(label, link)}" for label, link in part.links]
        return "\n".join([part.heading, *lines] if part.heading else lines)
    footer = "\n\n" + "\n".join(part.footer) if part.footer else ""
    return "\n".join((part.formula, *part.signature)) + footer


_HEAD = """<!doctype html>
<html lang="{language}" dir="{direction}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>
body{{margin:0;padding:0;background:#f4f2ee}}
.card{{background:#ffffff;color:#24211c}}
.quiet{{color:#6b6459}}
.line{{border-color:#e6e1d8}}
a{{color:#1d5c4d}}
p,li{{overflow-wrap:anywhere;word-break:break-word}}
@media (max-width:480px){{.card{{padding:24px 18px!important}}.page{{padding:0!important}}\
.go{{display:block!important}}}}
@media (prefers-color-scheme:dark){{body,.page{{background:#171614!important}}\
.card{{background:#211f1c!important;color:#ece8e0!important}}.quiet{{color:#aaa294!important}}\
.line{{border-color:#3a3630!important}}a{{color:#8fd0bd}}a.go{{background:#8fd0bd!important;color:#10231d!important}}}}{logo_style}
</style></head>
<body><div style="display:none;max-height:0;overflow:hidden">{preheader}</div>
<table role="presentation" width="100%" cellspacing="0" cellpadding="0"><tr><td class="page" align="center" \
style="padding:24px 12px;background:#f4f2ee">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="max-width:560px">\
<tr><td class="card" style="padding:32px 36px;border-radius:10px;text-align:start;\
font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
"""
_FOOT = "</td></tr></table></td></tr></table></body></html>\n"


def as_html(parts: Iterable[Part], subject: str, language: str, sender: Organization | None = None) -> str:
    """A complete HTML document for mail, below the sender's logo if there is one. `language` is the BCP 47 tag for the
    reader's screen reader."""
    parts = list(parts)
    paragraphs = [part.text for part in parts if isinstance(part, Text)]
    preheader = paragraphs[1] if len(paragraphs) > 1 else ""
    if len(preheader) > _PREHEADER_LENGTH:
        preheader = preheader[:_PREHEADER_LENGTH].rpartition(" ")[0] + " …"
    head = _HEAD.format(
        language=escape(language),
        direction=_direction(language),
        subject=escape(subject),
        preheader=escape(preheader),
        logo_style=_LOGO_STYLE if sender and sender.logo else "",
    )
    above = _logo(sender.logo, sender.name) if sender and sender.logo else ""
    return head + above + "\n".join(map(_html, parts)) + _FOOT


_LOGO_STYLE = "\n@media (prefers-color-scheme:dark){.logo{background:#ffffff;padding:8px;border-radius:6px}}"
"""Logos are drawn for paper: in the dark a white plate stays around them."""


def _logo(logo: Logo, name: str) -> str:
    return (
        f'<p style="margin:0 0 24px"><img class="logo" src="{escape(logo.source)}" width="{logo.width}" '
        f'height="{logo.height}" alt="{escape(name)}" style="display:block;border:0;font-weight:600"></p>\n'
    )


_PLAIN = """<!doctype html>
<html lang="{language}" dir="{direction}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>
:root{{color-scheme:light dark}}
body{{font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}}
@media (prefers-color-scheme:dark){{body{{background:#171614;color:#ece8e0}}a{{color:#8fd0bd}}}}
</style></head>
<body>{paragraphs}</body></html>
"""


def as_plain_html(text: str, subject: str, language: str) -> str:
    """What a person wrote, as they would have in their own mail program: paragraphs, addresses as links, nothing around."""
    paragraphs = "\n".join(f"<p>{_linked(one)}</p>".replace("\n", "<br>") for one in text.split("\n\n"))
    return _PLAIN.format(
        language=escape(language), direction=_direction(language), subject=escape(subject), paragraphs=paragraphs
    )


_ADDRESS = re.compile(r"https?://[^\s<>\"']+[\w/]")


def _linked(text: str) -> str:
    """Escaped, its addresses as links."""
    pieces, at = [], 0
    for found in _ADDRESS.finditer(text):
        address = escape(found[0])
        pieces += [escape(text[at : found.start()]), f'<a href="{address}">{address}</a>']
        at = found.end()
    return "".join([*pieces, escape(text[at:])])


def _direction(language: str) -> str:
    return "rtl" if language.partition("-")[0] in _RTL else "ltr"


def _html(part: Part) -> str:
    if isinstance(part, Text):
        return f'<p style="margin:0 0 16px">{escape(part.text)}</p>'
    if isinstance(part, Rows):
        return _table(part.rows)
    if isinstance(part, Button):
        return (
            f'<p style="margin:20px 0 24px"><a class="go" href="{escape(part.link)}" '
            f'style="display:inline-block;'
            f"padding:13px 26px;border-radius:8px;background:#1d5c4d;color:#ffffff;text-decoration:none;"
            f'font-weight:600;text-align:center">{escape(part.label)}</a></p>'
        )
    if isinstance(part, Ways):
        return _ways(part)
    if isinstance(part, Answers):
        return _answers(part)
    return _closing(part)


def _answers(part: Answers) -> str:
    """One below the other, each a cell of its own: some mail programs give no room around a link, all give it to cells."""
    heading = (
        f'<p class="quiet" style="margin:20px 0 2px;font-size:14px">{escape(part.heading)}</p>' if part.heading else ""
    )
    cells = "".join(
        f'<tr><td class="line" style="{_BUTTON}"><a href="{escape(link)}" style="display:block;text-decoration:none">'
        f"{escape(label)}</a></td></tr>"
        for label, link in part.links
    )
    return (
        f'{heading}<table role="presentation" width="100%" cellspacing="0" cellpadding="0" '
        f'style="margin:0 0 16px;border-collapse:separate;border-spacing:0 6px;font-size:15px">{cells}</table>'
    )


_BUTTON = "padding:8px 14px;border:1px solid #b9b1a3;border-radius:8px"


def _table(rows: Iterable[Row]) -> str:
    cells = []
    for row in rows:
        weight = "font-weight:600;" if row.strong else ""
        quiet = "" if row.strong else "quiet "
        cells.append(
            f'<tr><td class="{quiet}line" style="{_CELL}{weight}">{escape(row.label)}</td>'
            f'<td class="line" align="right" style="{_CELL}{weight}padding-left:14px">'
            f"{escape(row.value)}</td></tr>"
        )
    return (
        '<table role="presentation" width="100%" cellspacing="0" cellpadding="0" '
        'style="margin:0 0 20px;font-size:15px">' + "".join(cells) + "</table>"
    )


_CELL = "padding:7px 0;border-bottom:1px solid #e6e1d8;vertical-align:top;"


def _ways(part: Ways) -> str:
    entries = []
    for way in part.ways:
        title = f'<a href="{escape(way.link)}">{escape(way.title)}</a>' if way.link else escape(way.title)
        lines = "".join(f'<br><span class="quiet">{escape(line)}</span>' for line in way.lines)
        entries.append(f'<li style="margin:0 0 8px">{title}{lines}</li>')
    return (
        f'<p style="margin:0 0 6px;font-weight:600">{escape(part.heading)}</p>'
        f'<ul style="margin:0 0 18px;padding-inline-start:20px">{"".join(entries)}</ul>'
    )


def _closing(part: Closing) -> str:
    lines = "<br>".join(map(escape, (part.formula, *part.signature)))
    footer = "<br>".join(map(escape, part.footer))
    small = f'<p class="quiet" style="margin:20px 0 0;font-size:13px">{footer}</p>' if footer else ""
    return f'<p style="margin:24px 0 0">{lines}</p>{small}'
