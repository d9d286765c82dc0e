# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes the data of `purring.law` from the research data: `python tools/law_data.py`.

Reads `law/late-payment-rules.json` and `law/reference-rates.csv` in the folder of outside data (PURRING_TEST_DATA,
else ../shared/data). Amounts, series, waiting days, sources, confidence and validity are carried over as they
stand there. What the research says in a sentence ("yes unless a calendar date was agreed") is said for machines in
`law_readings/XX.toml`, one short file per country, with the texts of legal notices; what it notes in shorthand is said in
plain words in `law_readings/words.toml`, and its sources are named in `law_readings/sources.toml`. The result lies in
src/purring/law and is what the program reads; the research data is not needed to run.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # run as a file, its neighbours are not found otherwise
    sys.path.insert(0, str(ROOT))

from tools.law_presets import presets  # noqa: E402

LAW = ROOT / "src" / "purring" / "law"
READINGS = ROOT / "tools" / "law_readings"
KINDS = {"B2B": "business", "B2C": "consumer", "B2B-MSME": "registered_small_business"}
STAGES = {"S0": "courtesy", "S1": "friendly", "S2": "follow_up", "S3": "firm", "S4": "legal_notice", "S5": "beyond"}
CONFIDENCES = ("high", "medium", "low")
LONG_AGO = "1900-01-01"

Facts = dict[str, Any]


def main() -> int:
    folder = data_folder()
    if not folder.is_dir():
        print(f"no research data in {folder}; name its parent in PURRING_TEST_DATA", file=sys.stderr)
        return 1
    made = files(folder)
    for name, text in made.items():
        path = LAW / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    print(f"{len(made)} files in {LAW.relative_to(ROOT)}")
    return 0


def data_folder() -> Path:
    return (ROOT / os.environ.get("PURRING_TEST_DATA", "../shared/data") / "law").resolve()


def files(folder: Path) -> dict[str, str]:
    """Every file this makes: its name below src/purring/law, and its text."""
    research = json.loads((folder / "late-payment-rules.json").read_text("utf-8"))
    with (folder / "reference-rates.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    named = read_toml("sources")
    made = {
        "series.json": pretty(series(research, rows)),
        "reference-rates.csv": rates(research, rows),
        "sources.json": pretty({key: source(one, named.get(key)) for key, one in sorted(research["sources"].items())}),
    }
    for code in sorted({rule["country"] for rule in research["rules"]}):
        made[f"countries/{code}.json"] = pretty(in_plain_words(country(code, research), read_toml("words")))
    return made


def read_toml(name: str) -> Facts:
    return tomllib.loads((READINGS / f"{name}.toml").read_text("utf-8"))


def in_plain_words(value: Any, words: Facts) -> Any:
    """The same with every note in shorthand replaced by its sentence."""
    if isinstance(value, dict):
        return {key: in_plain_words(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [in_plain_words(one, words) for one in value]
    if not isinstance(value, str):
        return value
    text = re.sub(r"\bmemory\b", "general knowledge", value)
    return words.get(text, text)


def pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


# --- rates ---------------------------------------------------------------------------------------------------


def series(research: Facts, rows: list[dict[str, str]]) -> Facts:
    made: Facts = {}
    for row in rows:
        meta = research["series_meta"][row["series"]]
        made.setdefault(
            row["series"],
            {
                "country": "GB" if row["country"] == "UK" else row["country"],
                "what": row["authority"],
                "unit": row["unit"],
                "cadence": meta["cadence"],
                "covered_to": meta["covered_to"],
            },
        )
    return made


def rates(research: Facts, rows: list[dict[str, str]]) -> str:
    """The rows; where a rule calls its present rate less sure than the row does, the less sure word counts."""
    doubts = {}
    for rule in research["rules"]:
        current = rule["interest"].get("current") or {}
        if current.get("series") and current.get("confidence"):
            doubts[current["series"], current["valid_from"]] = current["confidence"]
    lines = ["series,valid_from,rate,confidence,source"]
    for row in rows:
        confidence = row["confidence"] if row["rate"] else "low"
        confidence = worse(confidence, doubts.get((row["series"], row["valid_from"]), "high"))
        said = shown_source(row["source"]).replace('"', "'")
        lines.append(f'{row["series"]},{row["valid_from"]},{row["rate"]},{confidence},"{said}"')
    return "\n".join(lines) + "\n"


def worse(*confidences: str) -> str:
    return max(confidences, key=CONFIDENCES.index)


def source(one: Facts, named: Facts | None) -> Facts:
    """`named`: its name and what was found there, where the research's title is not already a name."""
    named = named or {"title": one["title"]}
    where = "" if "index id" in one["url"] or one["kind"] == "memory" else one["url"]
    return {"title": named["title"], "about": named.get("about", ""), "kind": one["kind"], "where": where}


def shown_source(text: str) -> str:
    text = re.sub(r"GitHub index ids? [\d, ]*\d", "public code that states it (second-hand)", text)
    return re.sub(r"\bmemory\b", "general knowledge", text)


# --- a country -----------------------------------------------------------------------------------------------


def country(code: str, research: Facts) -> Facts:
    reading = read_toml(code)
    rules = {KINDS[rule["id"].partition("-")[2]]: rule for rule in research["rules"] if rule["country"] == code}
    made: Facts = {
        "country": code,
        "name": reading["name"],
        "currency": rules["business"]["currency"],
        "checked_on": research["checked_on"],
    }
    for name in KINDS.values():
        if name in rules:
            made[name] = kind(name, rules[name], reading)
    early, order = reading["early_payment"], reading["allocation"]
    shift = rules["business"]["weekend_rule"]
    days_off = reading.get("working_day_shift", {"rule": "", "words": "rule of the house"})
    made["early_payment"] = {
        **{key: early[key] for key in ("name", "custom", "tax")},
        "basis": basis("", ["MEM"], early["confidence"], words="custom and tax law"),
    }
    made["allocation"] = {
        "order": order["order"],
        "mandatory": False,
        "basis": basis(order["rule"], ["MEM"], order["confidence"], words=order.get("words", "")),
    }
    made["working_day_shift"] = {
        "statutory": shift.get("statutory"),
        "basis": basis(days_off["rule"], ["MEM"], shift.get("confidence", "medium"), words=days_off.get("words", "")),
    }
    if "coming" in reading:
        made["coming"] = reading["coming"]
    return made


def kind(name: str, rule: Facts, reading: Facts) -> Facts:
    """One kind of customer: the research facts, completed by what the reading says for both kinds and for this one."""

    def said(section: str) -> Facts:
        own = reading.get(name, {}).get(section, {})
        base = reading.get("business", {}).get(section, {}) if name == "registered_small_business" else {}
        return {**reading.get("both", {}).get(section, {}), **base, **own}

    def listed(section: str) -> list[Facts]:
        return [one for one in reading.get(section, []) if name in one["kinds"]]

    stages = {STAGES[stage]: text for stage, text in rule["stages"]}
    stages.setdefault("follow_up", stages["friendly"])
    stages.setdefault("firm", stages["follow_up"])
    contact = contacts(said("contact"), rule)
    made: Facts = {
        "id": rule["id"],
        "laws": rule["laws"],
        "interest": interest(said("interest"), said("agreed"), rule),
        "compensation": compensation(said("compensation"), rule),
        "fees": fees(said("fees"), rule),
        "contact": contact,
        "limitation": limitation(said("limitation"), rule),
        "terms": terms(rule),
        "stages": {stage: stages[stage] for stage in STAGES.values() if stage in stages},
        "charge_names": said("charge_names"),
        "presets": presets(name, said("presets"), contact, listed("notices")),
        "letters": [letter(one, rule) for one in listed("letters")],
        "notices": [notice(one, rule) for one in listed("notices")],
        "scales": [scale(one, rule) for one in listed("scales")],
        "stops": rule["fail_closed_if"],
        "uncertain": rule["uncertainties"],
    }
    if pause := said("pause"):
        made["pause"] = {
            "working_days": pause["working_days"],
            "days": pause["days"],
            "basis": basis(pause["rule"], pause["sources"], "high", rule["valid_from"]),
        }
    return made


def basis(
    rule: str,
    sources: list[str] | None = None,
    confidence: str = "medium",
    valid_from: str = LONG_AGO,
    valid_to: str | None = None,
    note: str = "",
    words: str = "",
) -> Facts:
    made: Facts = {"rule": rule, "sources": sources or ["MEM"], "confidence": confidence, "valid_from": valid_from}
    if words:
        made["words"] = words
    if valid_to:
        made["valid_to"] = valid_to
    if note:
        made["note"] = note
    return made


def based(reading: Facts, fact: Facts, rule: Facts) -> Facts:
    """The basis of an item: the research's sources and confidence, the reading's statute and dates."""
    return basis(
        reading["rule"],
        fact.get("source") or reading.get("sources"),
        fact.get("confidence") or reading.get("confidence") or rule["confidence"],
        str(reading.get("valid_from", rule["valid_from"])),
        reading.get("valid_to"),
        reading.get("note", ""),
        reading.get("words", ""),
    )


def interest(reading: Facts, agreed: Facts, rule: Facts) -> Facts:
    fact = rule["interest"]
    statutory = fact["available"] not in ("contract_only", "contract_clause_only") and agreed["effect"] != "only_ground"
    start = dict(reading.get("start", {"trigger": "due_date"}))
    if "latest_days_after_due" in reading:
        start["latest_days_after_due"] = reading["latest_days_after_due"]
    counts = fact.get("day_count", {}).get("basis", "act/365")
    made: Facts = {
        "basis": based(reading, fact, rule),
        "series": reading.get("series", fact.get("series")) if statutory else None,
        "start": start,
        "agreed": agreed_rate(agreed, rule),
        "rate_on": reading.get("rate_on", ["each_day"]),
        "day_count": day_counts(counts),
    }
    if "multiplier" in fact:
        made["multiple"] = fact["multiplier"]
    compounding = fact.get("compounding", "none")
    if compounding.startswith(("annual", "monthly")):
        made["compounding"] = "yearly" if compounding.startswith("annual") else "monthly"
    if reading.get("stops_at_principal"):
        made["stops_at_principal"] = True
    if not statutory:
        made["why_not"] = reading.get("why_not", "only if agreed; no agreed rate is on record")
    return made


def day_counts(text: str) -> list[str]:
    """`act/365` wherever the research names several or none; it claims less than a year of 360 days."""
    if text.startswith("act/act"):
        return ["act/act"]
    return ["30/360", "act/365"] if text.startswith("30/360") else ["act/365"]


def agreed_rate(reading: Facts, rule: Facts) -> Facts:
    made: Facts = {
        "effect": reading["effect"],
        "basis": basis(
            reading["rule"],
            reading.get("sources"),
            reading["confidence"],
            rule["valid_from"],
            words=reading.get("words", ""),
        ),
    }
    if "ceilings" in reading:
        made["ceilings"] = [{"percent": one.get("percent"), "up_to": one.get("up_to")} for one in reading["ceilings"]]
    for key in ("ceiling_series", "displaces_compensation"):
        if key in reading:
            made[key] = reading[key]
    return made


def money(value: float) -> str:
    return f"{value:.2f}"


def compensation(reading: Facts, rule: Facts) -> Facts:
    fact = rule["fixed_compensation"]
    made: Facts = {"basis": based(reading, fact, rule)}
    if "series" in reading:
        made["series"] = reading["series"]
    elif fact["bands"]:
        above = reading.get("above", False)
        made["bands"] = [
            {"start": money(band["from_amount"]), "amount": money(band["amount"]), "above": above and at > 0}
            for at, band in enumerate(fact["bands"])
        ]
    else:
        made["why_not"] = reading.get("why_not") or fact.get("note") or "not against consumers"
    for key in ("instead_of_fees", "needs_credit_days"):
        if key in reading and "why_not" not in made:
            made[key] = reading[key]
    return made


def fees(reading: Facts, rule: Facts) -> Facts:
    fact = rule["reminder_fee"]
    ground = reading["ground"]
    made: Facts = {"basis": based(reading, fact, rule), "ground": ground}
    if ground == "none":
        made["why_not"] = reading.get("why_not") or fact.get("note") or "the law gives no reminder fee"
        return made
    if "series" in reading:
        made["series"] = reading["series"]
    else:
        made["amount"] = reading.get("amount") or money(fact["max_amount"])
    carried = {
        "most_letters": fact.get("max_letters_with_fee") or fact.get("max_count"),
        "days_after_due": fact.get("min_days_after_due"),
        "days_between": fact.get("min_days_between"),
        "needs_credit_days": fact.get("invoice_sent_days_before_due"),
    }
    made.update({key: value for key, value in carried.items() if value is not None})
    for key in (
        "counted_from", "counter_resets_months", "first_letter_free", "wait_working_days", "wait_days", "most_in_all",
        "why_not",
    ):  # fmt: skip
        if key in reading:
            made[key] = reading[key]
    return made


def contacts(reading: Facts, rule: Facts) -> Facts:
    fact = rule["contact_limits"]
    binding = reading.get("binding", fact.get("binds_creditor"))
    made: Facts = {
        "binding": binding is True,
        "note": reading.get("note") or fact.get("text") or fact.get("phone") or "",
        "basis": basis(
            reading.get("rule", ""),
            fact.get("source"),
            reading.get("confidence") or fact.get("confidence") or "low",
            rule["valid_from"],
            words=reading.get("words", "" if "rule" in reading else "no rule collected"),
        ),
    }
    for day in ("weekdays", "saturday", "sunday"):
        if isinstance(reading.get(day), list):
            made[day] = {"opens": reading[day][0], "closes": reading[day][1]}
    for key in ("on_holidays", "most_in_7_days", "most_in_30_days", "counts", "calls_known"):
        if key in reading:
            made[key] = reading[key]
    return made


def limitation(reading: Facts, rule: Facts) -> Facts:
    fact = rule["limitation"]
    return {
        "years": fact["years"],
        "starts": reading.get("starts", "due_date"),
        "note": fact.get("note", ""),
        "basis": basis("", fact.get("source"), fact["confidence"], words="law of limitation"),
    }


def terms(rule: Facts) -> Facts:
    fact = rule["payment_term"]
    notes = [fact.get("default_counts_from"), fact.get("max_note"), fact.get("note")]
    return {
        "default_days": fact.get("default_days"),
        "most_days": fact.get("max_days"),
        "usual": fact.get("custom", "as agreed"),
        "note": "; ".join(note for note in notes if note),
    }


def letter(one: Facts, rule: Facts) -> Facts:
    return {
        "letter": one["letter"],
        "contents": contents(one),
        "basis": named_basis(one, rule),
    }


def named_basis(one: Facts, rule: Facts) -> Facts:
    sure = one.get("confidence", "high")
    return basis(one["rule"], one["sources"], sure, rule["valid_from"], words=one.get("words", ""))


def contents(one: Facts) -> list[Facts]:
    return [{"what": what, "holes": holes.split()} for what, holes in one["contents"]]


def notice(one: Facts, rule: Facts) -> Facts:
    made: Facts = {
        "name": one["name"],
        "basis": named_basis(one, rule),
        "form": one["form"],
        "earliest_days_after_due": one["earliest_days_after_due"],
        "deadline_days": one["deadline_days"],
        "deadline_kind": one.get("deadline_kind", "calendar"),
        "counted_from": one["counted_from"],
        "contents": contents(one),
        "texts": {language: text.strip() for language, text in one["texts"].items()},
    }
    if "fee" in one:
        made["fee"] = money(rule["reminder_fee"][one["fee"]])
    for key in ("wait_days", "most", "scale", "attachments"):
        if key in one:
            made[key] = one[key]
    return made


def scale(one: Facts, rule: Facts) -> Facts:
    """Belgium's ceilings are written as steps, the Dutch staffel as rates of each slice: both become steps."""
    fact: Any = rule
    for key in one["from"].split("."):
        fact = fact[key]
    holder = rule[one["from"].split(".")[0]]
    made: Facts = {"name": one["name"], "what": one["what"]}
    if one.get("needs_agreement"):
        made["needs_agreement"] = True
    made["basis"] = basis(one["rule"], holder["source"], holder["confidence"], rule["valid_from"])
    bands: list[Facts] = []
    if isinstance(fact, list):
        for band in fact:
            bands.append(
                {
                    "above": money(band["pct_over_from"]),
                    "flat": money(band["amount"]),
                    "percent": str(band.get("pct", 0)),
                }
            )
        made["bands"] = bands
        made["most"] = money(next(band["maximum"] for band in fact if "maximum" in band))
        return made
    above, flat = 0.0, 0.0
    for tier in fact["tiers"]:
        bands.append({"above": money(above), "flat": money(flat), "percent": str(tier["pct"])})
        if tier["up_to"]:
            flat += (tier["up_to"] - above) * tier["pct"] / 100
            above = float(tier["up_to"])
    return {**made, "bands": bands, "least": money(fact["minimum"]), "most": money(fact["maximum"])}


if __name__ == "__main__":
    sys.exit(main())
