# SPDX-License-Identifier: Apache-2.0
"""The shape of a country file: what a law lets a creditor ask, and when. Values only; `reading` checks them.

One file per country (`countries/XX.json`), made by `tools/law_data.py`. Each fact rests on a `Basis`.
Amounts and rates are decimal texts; an amount is in the file's currency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal

Confidence = Literal["high", "medium", "low"]
IN_WORDS = "English for a person"
Words = Annotated[str, IN_WORDS]
"""A text in plain English that a page may show and translate (`purring.law.words` lists them all). What is a plain `str`
is a citation, or a name in the language of the place, and stays as it is in every language."""


@dataclass(frozen=True)
class Basis:
    """On what a fact rests."""

    rule: str
    """The statute or ruling in short, as a person would look it up: a citation, in the language of the place."""
    sources: tuple[str, ...]
    """Keys of `sources.json`; empty means the statute named in `rule` was not opened."""
    confidence: Confidence
    valid_from: date
    valid_to: date | None = None
    note: str = ""
    words: Words = ""
    """On what it rests where no statute can be cited ("custom"), or what else is to be said of the one that is."""

    @property
    def named(self) -> str:
        """The citation with its words behind it in parentheses, or whichever of them there is."""
        return f"{self.rule} ({self.words})" if self.rule and self.words else self.rule or self.words


@dataclass(frozen=True)
class Start:
    """When interest begins: the first day that bears interest."""

    trigger: Literal["due_date", "demand", "agreed_calendar_date"]
    """`due_date`: the day after it. `demand`: the day after the first demand that came after the due date.
    `agreed_calendar_date`: the day after it when the contract named that date, else as with `demand`."""
    demand: Literal["reminder", "formal"] = "reminder"
    """What counts as a demand: any reminder after the due date, or only a formal one."""
    latest_days_after_due: int | None = None
    """Without any demand it begins this many days after the due date and the invoice have come."""
    wait_working_days: int = 0
    """After the demand: so many working days until it counts as received, then `wait_days`, then interest."""
    wait_days: int = 0


@dataclass(frozen=True)
class Ceiling:
    """The highest yearly rate that may be agreed; for principals up to `up_to` (None: no limit)."""

    percent: Decimal | None
    up_to: Decimal | None = None


@dataclass(frozen=True)
class Agreed:
    """What an agreed rate does."""

    effect: Literal["replaces", "only_lowers", "only_ground"]
    """It takes the statutory rate's place · it counts only when lower · without it there is no interest."""
    basis: Basis
    ceilings: tuple[Ceiling, ...] = ()
    ceiling_series: str | None = None
    displaces_compensation: bool = False


@dataclass(frozen=True)
class Interest:
    """Late-payment interest. Without `series` only an agreed rate gives any."""

    basis: Basis
    series: str | None
    start: Start
    agreed: Agreed
    multiple: int = 1
    """Times the series (India: three)."""
    rate_on: tuple[Literal["each_day", "due_day", "first_day", "as_of_day"], ...] = ("each_day",)
    """`each_day`: the rate floats. Else one rate for the whole debt, that of the day named; of several the lower result."""
    day_count: tuple[Literal["act/365", "act/act", "30/360"], ...] = ("act/365",)
    """Of several the lower result counts."""
    compounding: Literal["none", "yearly", "monthly"] = "none"
    stops_at_principal: bool = False
    """In duplum: unpaid interest stops growing when it has reached the unpaid principal."""
    why_not: Words = ""
    """What to tell when there is no statutory interest."""


@dataclass(frozen=True)
class Band:
    """From this amount on (`above`: only above it), this much."""

    start: Decimal
    amount: Decimal
    above: bool = False


@dataclass(frozen=True)
class Compensation:
    """The flat sum for recovery cost; none when there are neither bands nor a series."""

    basis: Basis
    bands: tuple[Band, ...] = ()
    series: str | None = None
    """The amount by decree; the lower of the first day of delay and the day asked."""
    instead_of_fees: bool = False
    """It and the reminder fees exclude each other."""
    needs_credit_days: int | None = None
    """Only when the invoice went out at least so many days before it fell due."""
    why_not: Words = ""


@dataclass(frozen=True)
class Fees:
    """Fees for reminders the creditor sends; none when `ground` is `none`."""

    basis: Basis
    ground: Literal["statute", "agreement", "none"]
    amount: Decimal | None = None
    """The most per letter."""
    series: str | None = None
    most_letters: int | None = None
    days_after_due: int = 1
    days_between: int = 1
    counted_from: Literal["fee_letter", "any_reminder"] = "fee_letter"
    counter_resets_months: int | None = None
    first_letter_free: bool = False
    wait_working_days: int = 0
    wait_days: int = 0
    """After the free first letter."""
    needs_credit_days: int | None = None
    most_in_all: Decimal | None = None
    why_not: Words = ""


@dataclass(frozen=True)
class ScaleBand:
    above: Decimal
    flat: Decimal
    percent: Decimal


@dataclass(frozen=True)
class Scale:
    """A sum that depends on the principal: `flat` plus `percent` of the part above `above`."""

    name: str
    what: str
    basis: Basis
    bands: tuple[ScaleBand, ...]
    needs_agreement: bool = False
    """It is a ceiling for what was agreed; without an agreement nothing of it may be claimed."""
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True)
class Content:
    """Something a letter must say; `holes` are the placeholders of the text that say it."""

    what: Words
    holes: tuple[str, ...]


@dataclass(frozen=True)
class LetterRule:
    """What a kind of reminder must contain, and what it must wait for."""

    letter: Literal["first_reminder", "fee_letter", "every_reminder"]
    contents: tuple[Content, ...]
    basis: Basis


@dataclass(frozen=True)
class Pause:
    """After the first reminder past due, firm words and legal notices wait."""

    working_days: int
    days: int
    basis: Basis


@dataclass(frozen=True)
class Notice:
    """A legal notice: a task for a person, with the lawful text ready. Never sent by machine."""

    name: str
    """In the local language."""
    basis: Basis
    form: Words
    earliest_days_after_due: int
    deadline_days: int
    """The least time it must give."""
    deadline_kind: Literal["calendar", "working"]
    counted_from: str
    contents: tuple[Content, ...]
    texts: dict[str, str]
    """By language; placeholders in braces."""
    wait_days: int = 0
    """Days until the next step may follow, with a margin for delivery."""
    most: int | None = None
    fee: Decimal | None = None
    """The most the notice itself may cost, where the law gives it a fee; counts among the letters with a fee."""
    scale: str | None = None
    """Name of the scale whose amount it must state."""
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hours:
    opens: time
    closes: time


@dataclass(frozen=True)
class Contact:
    """Hours and pace of calls and SMS. Only what is `binding` can forbid a step; the rest is advice."""

    binding: bool
    note: Words
    basis: Basis
    weekdays: Hours | None = None
    saturday: Hours | None = None
    sunday: Hours | None = None
    on_holidays: bool = True
    most_in_7_days: int | None = None
    most_in_30_days: int | None = None
    counts: Literal["calls", "all_contacts"] = "all_contacts"
    calls_known: bool = False
    """The rules for calls were collected; a preset offers a call to a consumer only then."""


@dataclass(frozen=True)
class Limitation:
    """When the claim lapses. `years` is None where it depends on more than the country."""

    years: int | None
    starts: Literal["due_date", "end_of_year"]
    note: Words
    basis: Basis


@dataclass(frozen=True)
class Terms:
    """Usual and default payment terms."""

    default_days: int | None
    most_days: int | None
    usual: str
    note: str


@dataclass(frozen=True)
class PresetStep:
    stage: Literal["courtesy", "due_today", "friendly", "follow_up", "firm", "final"]
    days: int
    channel: Literal["email", "sms", "letter", "phone"]


@dataclass(frozen=True)
class PresetNotice:
    """A task for a person: send this legal notice so many days after the due date."""

    notice: str
    days: int


@dataclass(frozen=True)
class Preset:
    """A lawful and customary schedule. `most_term_days`: for terms up to so many days (None: any longer ones)."""

    name: str
    most_term_days: int | None
    steps: tuple[PresetStep, ...]
    min_days_between_contacts: int
    notices: tuple[PresetNotice, ...]


@dataclass(frozen=True)
class Kind:
    """The rules for one kind of customer."""

    id: str
    laws: tuple[str, ...]
    interest: Interest
    compensation: Compensation
    fees: Fees
    contact: Contact
    limitation: Limitation
    terms: Terms
    stages: dict[str, str]
    """Local names of the stages, softest first: courtesy, friendly, follow_up, firm, legal_notice, beyond."""
    presets: tuple[Preset, ...]
    letters: tuple[LetterRule, ...] = ()
    notices: tuple[Notice, ...] = ()
    scales: tuple[Scale, ...] = ()
    pause: Pause | None = None
    stops: tuple[str, ...] = ()
    """When nothing may be claimed at all (in words)."""
    uncertain: tuple[str, ...] = ()
    charge_names: dict[str, dict[str, str]] = field(default_factory=dict)
    """What people there call the charges, by language, then by `interest`, `compensation`, `fee`; in small letters
    unless the language wants others."""


@dataclass(frozen=True)
class EarlyPayment:
    """The custom of discounts for early payment, and what they do to tax."""

    name: str
    custom: Words
    tax: Words
    basis: Basis


@dataclass(frozen=True)
class Allocation:
    """The order in which the law fills a part payment; may be agreed otherwise, and the house fills the principal first
    unless it says otherwise. What the order does not name comes after the principal."""

    order: tuple[Literal["costs", "interest", "principal"], ...]
    mandatory: bool
    basis: Basis


@dataclass(frozen=True)
class WorkingDayShift:
    """A due date on a day off moves to the next working day: by statute, or by the rule of the house."""

    statutory: str | None
    basis: Basis


@dataclass(frozen=True)
class Country:
    country: str
    name: str
    currency: str
    checked_on: date
    business: Kind
    consumer: Kind
    early_payment: EarlyPayment
    allocation: Allocation
    working_day_shift: WorkingDayShift
    registered_small_business: Kind | None = None
    """India: a supplier registered as a micro or small enterprise."""
    coming: str = ""
    """A change of the law that is announced but not in force."""
