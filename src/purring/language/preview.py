# SPDX-License-Identifier: Apache-2.0
"""Read the composed messages of a language: ``python -m purring.language.preview en --stage friendly``.

Prints subject, text, number of words (or SMS segments) and whatever the check finds, for sample situations.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from purring.core.errors import Refused
from purring.language import sms
from purring.language.check import check_words, words_besides_lists
from purring.language.compose import compose
from purring.language.samples import SITUATION_NAMES, sample_facts, sample_words
from purring.language.tags import CHANNELS, STAGES, VOICES


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0, or 1 when a message could not be written or has a blocking finding."""
    parser = argparse.ArgumentParser(prog="python -m purring.language.preview", description=__doc__)
    parser.add_argument("language")
    parser.add_argument("--stage", choices=STAGES, action="append", help="only this stage (may be repeated)")
    parser.add_argument("--situation", choices=SITUATION_NAMES, action="append", help="default: standard, several")
    parser.add_argument("--all", action="store_true", help="every situation")
    parser.add_argument("--channel", choices=CHANNELS, action="append", help="default: email and sms")
    parser.add_argument("--variant", type=int, action="append", help="default: 0 and 1")
    parser.add_argument("--voice", choices=VOICES, default="neutral")
    parser.add_argument("--country", help="the customer's country (default: the sample's)")
    parser.add_argument("--quiet", action="store_true", help="only what is wrong")
    parser.add_argument("--html", metavar="FILE", type=Path, help="write the HTML of the last e-mail here")
    options = parser.parse_args(arguments)
    country = options.country or sample_words(options.language)["country"]
    situations = SITUATION_NAMES if options.all else options.situation or ("standard", "several")
    bad = 0
    for stage in options.stage or STAGES:
        for situation in situations:
            for channel in options.channel or ("email", "sms"):
                for variant in options.variant or (0, 1):
                    where = f"{options.language} · {stage} · {channel} · {situation} · {variant}"
                    facts = sample_facts(situation, stage, options.language)
                    try:
                        words = compose(
                            stage,
                            channel,
                            facts,
                            options.language,
                            country=country,
                            variant=variant,
                            voice=options.voice,
                        )
                    except Refused as error:
                        bad += 1
                        place = " ".join(f"{key} {value}" for key, value in error.params.items() if value)
                        print(f"=== {where}\n!! {error.message} ({place})\n")
                        continue
                    findings = check_words(words, facts, stage, channel)
                    bad += any(finding.blocking for finding in findings)
                    if options.quiet and not findings:
                        continue
                    size = f"{sms.segments(words.text)} segments" if channel == "sms" else _size(words.text)
                    print(f"=== {where} ({size})")
                    print("\n".join(f"!! {finding.code}: {finding.message}" for finding in findings))
                    print(f"Subject: {words.subject}\n\n{words.text}" if words.subject else words.text, "\n")
                    if options.html and words.html:
                        options.html.write_text(words.html, "utf-8")
    return 1 if bad else 0


def _size(text: str) -> str:
    return f"{words_besides_lists(text)} words besides lists"


if __name__ == "__main__":
    sys.exit(main())
