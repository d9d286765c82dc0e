# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring approve`, `run` and `why`: following up from the command line."""

from __future__ import annotations

import argparse
from typing import Any

from purring.core.reasons import IN_ENGLISH
from purring.doors.cli import output
from purring.doors.cli.arguments import WrongUsage
from purring.doors.cli.house import House
from purring.doors.cli.opening import ACTOR, day, moment, open_database, organizations, the_organization
from purring.language.whys import telling


def approve_command(options: argparse.Namespace, house: House) -> int:
    """Approve what waits: of one day, or of every day."""
    open_database(house)
    from purring.followup.approvals import approve

    organization, now = the_organization(options.organization), moment()
    on = day(options.on, "on", organization.today(now)) if options.on else None
    first = organization.first_day_approved_at is None
    count = approve(organization, now=now, actor=ACTOR, on=on)
    if options.json:
        output.document(
            {
                "organization": organization.slug,
                "on": on.isoformat() if on else None,
                "approved": count,
                "first_day": first,
            }
        )
        return 0
    output.say(f"{organization.name}: {count} approved{f' for {on}' if on else ''}")
    if first:
        output.say("the first day is approved; messages may leave from now on")
    return 0


def run_command(options: argparse.Namespace, house: House) -> int:
    """Plan, write and release once. With several organizations and none named, each in turn."""
    if telling(options.language) is not IN_ENGLISH:
        raise WrongUsage(
            f"run --language {options.language}: not available yet, what is noted is English; ask with purring why",
            "not_available_yet",
        )
    open_database(house)
    from purring.followup.run import run_once

    now = moment()
    told: list[tuple[str, dict[str, Any]]] = []
    for organization in organizations(options.organization):
        on = day(options.on, "on", organization.today(now))
        way_out = None if options.dry_run else house.sender(organization)
        result = run_once(organization, on, now, way_out, dry_run=options.dry_run, clock=moment)
        told.append((organization.slug, result))
    if options.json:
        output.document(_one(told))
    else:
        for slug, result in told:
            _show_run(slug, result, dry_run=options.dry_run)
    return 0


def _one(told: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """One document; with several organizations every row says whose it is."""
    if len(told) == 1:
        return told[0][1]
    whole: dict[str, Any] = {"on": max(result["on"] for _, result in told), "decided": 0}
    for slug, result in told:
        whole["decided"] += result["decided"]
        for name, rows in result.items():
            if isinstance(rows, list):
                whole.setdefault(name, []).extend({"organization": slug, **row} for row in rows)
    return whole


def _show_run(slug: str, result: dict[str, Any], *, dry_run: bool) -> None:
    output.say(f"{slug}, {result['on']}{': what would happen' if dry_run else ''}")
    rows = [
        (
            f"  {row['state']}",
            row["customer"],
            f"{row['stage']} by {row['channel']} to {row['to'] or '-'}",
            " + ".join(f"{amount} {currency}" for currency, amount in row["amounts"].items()),
            ", ".join(row["invoices"]),
            row["why"],
        )
        for row in (*result["reminders"], *result.get("thanks", ()))
    ]
    if rows:
        output.table(rows)
    held = [("  held", row["customer"], row["code"], ", ".join(row["invoices"]), row["why"]) for row in result["held"]]
    if held:
        output.table(held)
    if not rows and not held:
        output.say("  nothing is due")


def why_command(options: argparse.Namespace, house: House) -> int:
    """What happens next with one invoice."""
    told = telling(options.language)
    open_database(house)
    from purring.followup.why import find_invoice, why_invoice

    organization = the_organization(options.organization)
    today = day(options.on, "on", organization.today(moment()))
    answer = why_invoice(find_invoice(organization, options.number, options.customer), today, told)
    if options.json:
        output.document(answer)
        return 0
    output.say(f"{answer['invoice']} of {answer['customer']}: {answer['balance']} {answer['currency']} open")
    output.say(f"{answer['why'][:1].upper()}{answer['why'][1:]} ({answer['code']}).")
    coming = answer["next"]
    if coming and answer["code"] != "not_due":  # there the sentence says it already
        output.say(f"Next: {coming['stage'].replace('_', ' ')} by {coming['channel']} on {coming['on']}.")
    if answer["history"]:
        output.say()
        output.table(
            [
                (row["on"], row["what"], row["stage"] or "-", row["channel"] or "-", row["why"])
                for row in answer["history"]
            ]
        )
    return 0
