# SPDX-License-Identifier: AGPL-3.0-or-later
"""What keeps people out of a page, as axe-core sees it (vendored in `vendor/`, MPL-2.0, see tools/vendor.toml)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SOURCE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
_SETTLED = "() => Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)))"
_RUN = "(options) => axe.run(document, {resultTypes: ['violations'], ...options}).then(found => found.violations)"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


def settle(page: Page) -> None:
    """Wait until nothing moves: a colour on its way from light to dark is neither."""
    page.evaluate(_SETTLED)


def violations(page: Page, tags: Sequence[str] = ()) -> list[str]:
    """One line for each violation on the page as it stands: the rule, and where. `tags`: of these rules only; else of all,
    with those that are good custom of pages."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(_SOURCE + "; true")  # by the debugger, so that the page's own policy does not forbid it
    settle(page)
    found = page.evaluate(_RUN, {"runOnly": list(tags)} if tags else {})
    return [f"{one['id']}: {', '.join(str(node['target']) for node in one['nodes'][:4])}" for one in found]
