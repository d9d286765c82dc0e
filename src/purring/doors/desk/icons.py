# SPDX-License-Identifier: AGPL-3.0-or-later
"""The desk's own small drawings: inside of a 24 × 24 SVG, drawn with strokes."""

from __future__ import annotations

ICONS: dict[str, str] = {
    "today": '<circle cx="12" cy="12" r="4"/><path d="M12 3v1.5M12 19.5v1.5M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1"/>',
    "customers": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c.4-3.7 3-5.5 6.5-5.5s6.1 1.8 6.5 5.5M16 5a3.5 3.5 0 0 1 0 6.5M18 14.9c2.1.7 3.3 2.4 3.5 5.1"/>',
    "invoices": '<path d="M6 3h9l4 4v14H6zM15 3v4h4M9.5 11.5h6M9.5 15.5h6"/>',
    "import": '<path d="M12 3.5v11M7.5 10.5l4.5 4.5 4.5-4.5M4 19.5h16"/>',
    "settings": '<path d="M4 7h9M17 7h3M4 12h3M11 12h9M4 17h11M19 17h1"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="12" r="2"/><circle cx="17" cy="17" r="2"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.5-4.3 3.5-6.5 7.5-6.5s7 2.2 7.5 6.5"/>',
    "down": '<path d="M7 10l5 5 5-5"/>',
    "back": '<path d="M14.5 6l-6 6 6 6"/>',
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="M16 16l4.5 4.5"/>',
    "check": '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
    "mail": '<rect x="3" y="5.5" width="18" height="13" rx="2"/><path d="M3.5 7l8.5 6.5L20.5 7"/>',
    "letter": '<rect x="3" y="5.5" width="18" height="13" rx="2"/><path d="M3.5 7l8.5 6.5L20.5 7"/>',
    "sms": '<path d="M4 5h16v11H11l-4.5 4v-4H4z"/>',
    "phone": '<path d="M5 4h4l1.5 4.5L8 10.5c1 2.3 3.2 4.5 5.5 5.5l2-2.5L20 15v4c0 .6-.4 1-1 1C11 20 4 13 4 5c0-.6.4-1 1-1z"/>',
    "money": '<rect x="3" y="6.5" width="18" height="11" rx="2"/><circle cx="12" cy="12" r="2.5"/><path d="M6 9.5v.01M18 14.5v.01"/>',
    "promise": '<path d="M4 6.5h16v13H4zM4 10.5h16M8.5 4v4M15.5 4v4M9 15l2 2 4-3.5"/>',
    "hold": '<circle cx="12" cy="12" r="8.5"/><path d="M10 9v6M14 9v6"/>',
    "go": '<circle cx="12" cy="12" r="8.5"/><path d="M10.5 8.5l5 3.5-5 3.5z"/>',
    "dispute": '<path d="M4 5h16v11H11l-4.5 4v-4H4zM12 8v3.5M12 13.5v.01"/>',
    "date": '<path d="M4 6.5h16v13H4zM4 10.5h16M8.5 4v4M15.5 4v4"/>',
    "credit": '<path d="M6 3h9l4 4v14H6zM15 3v4h4M9.5 14h6"/>',
    "close": '<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>',
    "file": '<path d="M6 3h9l4 4v14H6zM15 3v4h4"/>',
    "alert": '<path d="M12 4l9 16H3zM12 10v4M12 17v.01"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8v.01"/>',
    "journal": '<circle cx="12" cy="12" r="1.5"/>',
    "pen": '<path d="M4 20l1-4.5L16.5 4 20 7.5 8.5 19z"/>',
    "skip": '<path d="M5 6l7 6-7 6zM13 6l7 6-7 6z"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "talk": '<path d="M4 5h16v11H11l-4.5 4v-4H4z"/>',
}
