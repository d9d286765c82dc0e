# SPDX-License-Identifier: Apache-2.0
"""HTML mail as plain text, the quoted parts marked with ">" as plain mail marks them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_QUOTE_NAMES = re.compile(
    r"\b(?:gmail_quote|gmail_extra_quote|yahoo_quoted|yahoo_quote_container|moz-forward-container|protonmail_quote|zmail_extra|tutanota_quote|WordSection1_quote|quoted-text|mail_quote|iosReplyQuote|divRplyFwdMsg_content|compose_quote)"
)
_ALL_AFTER = re.compile(
    r"\b(?:divRplyFwdMsg|appendonsend|stopSpelling|replySplit|reply-intro|mail-editor-reference-message-container|isForwardContent|ms-outlook-mobile-reference-message|hmmessage_quote|OLK_SRC_BODY_SECTION|x_divRplyFwdMsg|_rc_sig_reference)"
)
_SIGNATURE = re.compile(
    r"\b(?:gmail_signature|moz-signature|Signature_block|ms-outlook-mobile-signature|protonmail_signature_block|tutanota_signature|AppleMailSignature|yahoo_signature)",
    re.IGNORECASE,
)
_RULE_ABOVE = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s+#(?:E1E1E1|B5C4DF|CCCCCC)|border-top-style:\s*solid;[^\"]*border-top-color",
    re.IGNORECASE,
)


def plain_text(page: str) -> str:
    """The text of an HTML page: blocks on lines of their own, quoted blocks with "> " before each line."""
    reader = _Reader()
    try:
        reader.feed(page)
        reader.close()
    except AssertionError:  # html.parser on broken declarations
        pass
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[tuple[int, str]] = []
        self._line: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []
        self._depth = 0
        self._silent = 0
        self._all_after = False
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = " ".join(value or "" for name, value in attrs if name in ("class", "id", "name", "data-marker"))
        style = next((value or "" for name, value in attrs if name == "style"), "")
        if tag in _BLOCKS:
            self._end_line()
        if tag == "br":
            self._end_line(force=True)
        if tag == "hr":
            return
        if named and _ALL_AFTER.search(named) and self._written():
            self._end_line()
            self._all_after = True
        if tag == "div" and style and _RULE_ABOVE.search(style) and self._written():
            self._all_after = True
        if tag in _VOID:
            return
        quotes = tag == "blockquote" or (bool(named) and _QUOTE_NAMES.search(named) is not None)
        signs = bool(named) and _SIGNATURE.search(named) is not None and self._written()
        if signs and not quotes:
            self._end_line()
            self._lines.append((self._level(), "-- "))
        self._open.append((tag, quotes, tag in _SILENT))
        self._depth += quotes
        self._silent += tag in _SILENT
        self._pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if not any(known == tag for known, _, _ in self._open):
            return
        if tag in _BLOCKS:
            self._end_line()
            if tag in _PARAGRAPHS:
                self._lines.append((self._level(), ""))
        while self._open:
            known, quotes, silent = self._open.pop()
            self._depth -= quotes
            self._silent -= silent
            self._pre -= known == "pre"
            if known == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._pre:
            first, *others = data.split("\n")
            self._line.append(first)
            for other in others:
                self._end_line(force=True)
                self._line.append(other)
        else:
            self._line.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def text(self) -> str:
        self._end_line()
        lines = [("> " * min(level, 5)) + line if level else line for level, line in self._lines]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def _level(self) -> int:
        return self._depth + self._all_after

    def _written(self) -> bool:
        return any(line for level, line in self._lines if not level) or any(piece.strip() for piece in self._line)

    def _end_line(self, *, force: bool = False) -> None:
        line = (
            re.sub(r" {2,}", " ", "".join(self._line)).strip(" \u00a0")
            if not self._pre
            else "".join(self._line).rstrip()
        )
        self._line = []
        if line or force:
            self._lines.append((self._level(), line))
