# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bounces: what mail servers of many makes send, and what only looks like it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from purring.language.replies.bounces import is_bounce
from purring.language.replies.mail import opened

CORPUS = Path(__file__).resolve().parents[3] / "corpora/replies/train"


@pytest.mark.parametrize(("folder", "names"), [("sisimai", "*.eml"), ("flufl/tests/data", "*.txt")])
def test_real_bounces_are_found(test_data: Path, folder: str, names: str) -> None:
    paths = sorted((test_data / "mail/bounces" / folder).glob(names))
    missed = [path.name for path in paths if not is_bounce(opened(path.read_bytes()))]
    assert paths
    assert len(missed) / len(paths) <= 0.05, missed


def test_no_reply_of_a_person_is_taken_for_one(test_data: Path) -> None:
    texts = [
        json.loads(line)["text"] for path in CORPUS.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()
    ]
    assert texts
    for subject in ("Re: invoice 118", "SV: Påminnelse", "hello"):
        for text in texts:
            assert not is_bounce(opened(f"From: a@b.example\nSubject: {subject}\n\n{text}".encode())), text
    for path in (test_data / "mail/replies").rglob("*.eml"):
        assert not is_bounce(opened(path.read_bytes())), path.name


def report(action: str, kind: str = "delivery-status") -> bytes:
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>\nSubject: Delivery Status Notification\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"\n\n--b\nContent-Type: text/plain\n\nAbout your mail.\n'
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\n"
        f"Action: {action}\nStatus: 5.1.1\n\n--b--\n"
    ).encode()


@pytest.mark.parametrize(
    ("action", "bounced"), [("failed", True), ("delayed", True), ("delivered", False), ("relayed", False)]
)
def test_a_delivery_report_says_so_itself(action: str, bounced: bool) -> None:
    assert is_bounce(opened(report(action))) is bounced
