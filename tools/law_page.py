# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes docs/law.md from the law data: what each country lets a creditor ask, how sure that is, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from purring.law.book import LawBook, book, countries, sources
from purring.law.compiled import cited
from purring.law.model import Basis, Country, Kind
from purring.law.rates import percent_text

INTRODUCTION = """\
# Late charges and reminders, by country

What a creditor may ask beside an unpaid amount, when, and on what ground. **This is not legal advice.** It is published
rules, collected on {checked}, many of them second-hand; before money is put on a bill, somebody who knows the law of the
place should have looked at it. Facts marked *medium* or *low* are left out of every total; a message asks for them only
when the owner of the business has said so (settings, late charges), and who said it, and when, is kept.

This page is made by `make docs` from the data in `src/purring/law`. Try it: `purring late-charges --law NO --kind
business --currency NOK --amount 10000 --due 2026-05-15 --on 2026-07-31`.

## How it is worked out

- **Whose law.** The governing law if you name it. Else the creditor's and the debtor's are both worked out, and of each
  item the lower counts; what one of them does not give is not asked. A consumer keeps the protection of home. An unknown
  customer is treated as a consumer.
- **Days.** From the first day of delay to the day asked about, both counted. A due date on a day off moves to the next
  working day, in both countries. The day a part payment arrives still counts for what it pays.
- **Rates** change on their day, or stay as they were when delay began, as the country has it. Where a law can be read in
  two ways (which day fixes the rate, how days are counted), the lower result counts.
- **A rate that is not known is not guessed.** Interest on such a day is refused (`rate_unknown`).
- **Part payments** fill the principal first, which claims less than the order of most laws; a business may say that
  charges it has asked for come first where the law has it so (settings, late charges). Sums are rounded down.
- **Fees and a flat compensation** that exclude each other are never added; `--prefer` chooses.
- **An amount fixed in another currency** than the claim's is not converted and not asked.

## Newer rates

Rates are known up to {known_until}. Newer ones come as a CSV file with the columns `series`, `valid_from`, `rate`,
`confidence` (high, medium or low) and `source`, and `covered_to` for rates that do not change by half-year or year:

```
series,valid_from,rate,confidence,source
NO_STATUTORY,2027-01-01,12.50,high,regulation of December 2026
```

`purring law update FILE` checks it and stores it in the data folder, beside the rates that come with the program; a bad
line refuses the whole file. `purring doctor` warns when rates run out.
"""
KINDS = {"business": "Business", "consumer": "Consumer", "registered_small_business": "Registered small supplier"}


def page(laws: LawBook | None = None) -> str:
    """The text of docs/law.md."""
    laws = laws or book()
    all_countries = [laws.country(code) for code in countries()]
    known = max(
        series.meta.covered_to for series in laws.rates if series.meta.cadence == "half_year" and series.meta.covered_to
    )
    parts = [INTRODUCTION.format(checked=all_countries[0].checked_on, known_until=known)]
    parts.append(_doubts(all_countries))
    for country in sorted(all_countries, key=lambda one: one.name):
        parts.append(_country(country, laws))
    parts.append(_sources(all_countries))
    return "\n".join(parts)


def _kinds(country: Country) -> Iterator[tuple[str, Kind]]:
    for name, title in KINDS.items():
        kind = getattr(country, name)
        if kind:
            yield title, kind


def _doubts(all_countries: list[Country]) -> str:
    lines = ["## Less than sure", "", "Nothing here enters a total by itself.", ""]
    for country in sorted(all_countries, key=lambda one: one.name):
        for title, kind in _kinds(country):
            items = {"interest": kind.interest.basis, "compensation": kind.compensation.basis, "fees": kind.fees.basis}
            doubtful = [f"{name} ({basis.confidence})" for name, basis in items.items() if basis.confidence != "high"]
            doubtful += kind.uncertain
            if doubtful:
                lines.append(f"- {country.name}, {title.lower()}: {'; '.join(doubtful)}")
    return "\n".join([*lines, ""])


def _country(country: Country, laws: LawBook) -> str:
    lines = [f"## {country.name}", ""]
    if country.coming:
        lines += [f"*Coming:* {country.coming}", ""]
    for title, kind in _kinds(country):
        lines += [f"**{title}** (`{kind.id}`)", ""]
        lines += [f"- {line}" for line in _kind(country, kind, laws)] + [""]
    early, order = country.early_payment, country.allocation
    shift = country.working_day_shift
    lines.append(
        f"Discount for early payment: {early.name}, {early.custom}. Tax: {early.tax} ({early.basis.confidence})."
    )
    if order.order:
        lines.append(
            f"Order of payments by law: {', '.join(order.order)} ({order.basis.named}, {order.basis.confidence}); may be"
            " agreed otherwise."
        )
    lines.append(f"Due date on a day off: {shift.statutory or 'next working day, as a rule of the house'}.")
    return "\n".join([*lines, ""])


def _kind(country: Country, kind: Kind, laws: LawBook) -> Iterator[str]:
    yield f"Interest: {_interest(kind, laws)} {_mark(kind, kind.interest.basis)}"
    yield f"Flat compensation: {_compensation(country, kind, laws)} {_mark(kind, kind.compensation.basis)}"
    yield f"Reminder fee: {_fees(country, kind, laws)} {_mark(kind, kind.fees.basis)}"
    for scale in kind.scales:
        yield f"{scale.name}: {scale.what} {_mark(kind, scale.basis)}"
    for notice in kind.notices:
        unit = "working days" if notice.deadline_kind == "working" else "days"
        cost = f"; costs at most {notice.fee} {country.currency}" if notice.fee is not None else ""
        yield (
            f"{notice.name}: at least {notice.deadline_days} {unit} from {notice.counted_from}; {notice.form}{cost}. "
            f"Must say: {'; '.join(content.what for content in notice.contents)} {_mark(kind, notice.basis)}"
        )
    if kind.contact.basis.confidence != "low":
        word = "binding" if kind.contact.binding else "advice"
        yield f"Calls and text messages ({word}): {kind.contact.note} {_mark(kind, kind.contact.basis)}"
    limit = kind.limitation
    years = f"{limit.years} years" if limit.years else "depends on the place"
    yield f"The claim lapses after: {years}{'; ' + limit.note if limit.note else ''} ({limit.basis.confidence})"
    if kind.stops:
        yield f"Nothing is asked when: {'; '.join(kind.stops)}"
    yield f"Usual terms: {kind.terms.usual}"
    yield f"Stages: {' → '.join(kind.stages.values())}"
    if kind.charge_names:
        named = (f"{', '.join(names.values())} ({language})" for language, names in kind.charge_names.items())
        yield f"Names of charges: {'; '.join(named)}"
    for preset in kind.presets:
        terms = f"terms up to {preset.most_term_days} days" if preset.most_term_days else "longer terms"
        steps = ", ".join(f"{step.stage} {step.days:+d} {step.channel}" for step in preset.steps)
        tasks = ", ".join(f"{task.notice} {task.days:+d} (a person)" for task in preset.notices)
        yield f"Preset, {terms}: {steps}, {tasks}"


def _mark(kind: Kind, basis: Basis) -> str:
    sure = "" if basis.confidence == "high" else f", **{basis.confidence}**"
    return f"({cited(kind, basis)}{sure}; {', '.join(basis.sources)})"


def _interest(kind: Kind, laws: LawBook) -> str:
    interest = kind.interest
    if interest.series is None:
        return interest.why_not
    series = laws.rates[interest.series]
    row = series.rows[-1]
    rate = percent_text(series.rates[-1] * interest.multiple) + " %" if series.rates[-1] is not None else "not known"
    mode = "floating" if "each_day" in interest.rate_on else "fixed for the whole debt"
    start = {
        "due_date": "from the day after the due date",
        "demand": "only after a demand" if interest.start.demand == "reminder" else "only after a formal demand",
        "agreed_calendar_date": "from the day after a due date agreed in the contract, else after a reminder",
    }[interest.start.trigger]
    more = {"none": "", "yearly": "; compounded yearly", "monthly": "; compounded monthly"}[interest.compounding]
    cap = "; stops when it reaches the unpaid principal" if interest.stops_at_principal else ""
    counts = " or ".join(interest.day_count)
    return f"{rate} since {row.valid_from}, {mode}, {start}, {counts}{more}{cap}"


def _compensation(country: Country, kind: Kind, laws: LawBook) -> str:
    flat = kind.compensation
    if flat.why_not:
        return flat.why_not
    if flat.series:
        row = laws.rates[flat.series].rows[-1]
        text = f"{row.text} {country.currency} since {row.valid_from}"
    else:
        text = ", ".join(
            f"{band.amount} {country.currency}"
            + (f" {'above' if band.above else 'from'} {band.start}" if band.start else "")
            for band in flat.bands
        )
    text += "; excludes reminder fees" if flat.instead_of_fees else ""
    return text + (f"; needs {flat.needs_credit_days} days of credit" if flat.needs_credit_days else "")


def _fees(country: Country, kind: Kind, laws: LawBook) -> str:
    fees = kind.fees
    if fees.ground == "none":
        return fees.why_not
    amount = laws.rates[fees.series].rows[-1].text if fees.series else str(fees.amount)
    text = f"at most {amount} {country.currency} a letter"
    if fees.ground == "agreement":
        text += ", only if agreed beforehand"
    if fees.most_letters:
        text += f", {fees.most_letters} letter{'' if fees.most_letters == 1 else 's'} at most"
    text += f", from {fees.days_after_due} day{'' if fees.days_after_due == 1 else 's'} after the due date"
    if fees.most_letters != 1 and fees.days_between > 1:
        text += f", {fees.days_between} days apart"
    if fees.needs_credit_days:
        text += f", if the invoice went out {fees.needs_credit_days} days before"
    return text + (f"; {fees.basis.note}" if fees.basis.note else "")


def _sources(all_countries: list[Country]) -> str:
    lines = ["## Sources", "", "The letters and numbers in parentheses above.", ""]
    lines += [
        f"- `{one.key}` {one.named} ({one.kind.replace('_', ' ')}){': ' + one.where if one.where else ''}"
        for one in sources().values()
    ]
    return "\n".join([*lines, ""])
