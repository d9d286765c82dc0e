# SPDX-License-Identifier: Apache-2.0
"""The two kinds of expected error. Anything else that is raised is a bug.

`Refused`: we will not do what was asked, and say so kindly: what is wrong, where, what to do.
`Trouble`: the outside world failed us; `permanent` says whether trying again can help.
"""

from __future__ import annotations


class Refused(Exception):
    """Bad input or a forbidden act, told in one line.

    `code` is stable and for programs (`bad_amount`, `ambiguous`, ...); `message` is for people;
    `params` carry the place (`path`, `line`, `field`, ...) for whoever shows it.
    """

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.params = params


class Trouble(Exception):
    """The outside world (mail server, network, disk) did not do its part."""

    def __init__(self, message: str, *, permanent: bool = False, retry_after_seconds: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.retry_after_seconds = retry_after_seconds
        """How long the other side asked us to wait, where it said so."""
