# SPDX-License-Identifier: Apache-2.0
"""Whether an amount, a day, a reference or a telephone number stands in a text, in any spelling people use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from purring.core.money import is_currency
from purring.language.tone.facts import ToneFacts
from purring.language.tone.folding import Folded, fold
from purring.language.tone.parts import Parts, begins_word

_GROUPED = r"\d{1,3}(?:[.,'’\s\u00a0\u202f]\d{2,3})+"
_NUMBER = re.compile(rf"(?<![\d])(?:{_GROUPED}(?:[.,]\d{{1,2}})?|\d+(?:[.,]\d{{1,2}})?)(?!\d)")
_BEFORE_FIRST_FIGURE = "0.,'’ \t\n\u00a0\u202f"
_GROUP_ONLY = re.compile(r"\d{1,3}(?:[.,'’\s\u00a0\u202f]\d{2,3})*[.,'’\s\u00a0\u202f]\d{3}|\d+")
_CENTS_ONLY = re.compile(r"(?<![\w.,/-])(\d[\d.,'’ ]{0,14})[.,](\d{2})(?![\d/%-]|[.,]\d)")
"""A sum without its currency; "12.03" may be a day."""
_NEAR_NUMBER, _ON_NUMBER = re.compile(r"\d\W?$"), re.compile(r"\W?\d")
_CENTS = re.compile(r"[.,](\d{1,2})$")
_SIGN = "[$£¥฿￡￥￦₠-₿]"
_MONEY = re.compile(
    rf"(?:{_SIGN}|(?<!\w)(?:f\s?cf[ap]|cfpf|eur|usd|gbp|chf|cad|aud|nzd|zar|nad|inr|nok|sek|dkk|brl|mxn|ars|clp|cop|pen|aoa|mzn|rs|kr|r\$?|n\$))"
    rf"\.?\s?\d|\d[\d.,'’\s]{{0,20}}(?:,-|[.,]–|-)?\s?(?:[a-z]{{0,2}}{_SIGN}|(?:eur|euro|euros|usd|gbp|chf|nok|sek|dkk|kr|kroner|kronor|pounds|dollars?|francs?|"
    r"f\s?cf[ap]|cfpf|ikr|rands?|reais|real|pesos|meticais|kwanzas|mxn|brl|zar)(?!\w))"
)
_CODE = re.compile(r"(?<![^\W\d_])[A-Z]{3}(?![^\W\d_])")
"""What may be the code of a currency; in capitals only, for "all", "try" and "top" are words."""
_BEFORE_CODE = re.compile(r"(?<![\w.,/-])\d[\d.,'’\s]{0,20}(?:,-|[.,]–)?\s$")
_AFTER_CODE = re.compile(r"\.?\s\d+(?![\w/-]|\.\d)")
_SUM = r"(?:\d{1,3}(?:[.,'’\s]\d{3})+(?:[.,]\d{1,3})?|\d{1,3}(?:[,\s]\d{2})+[,\s]\d{3}|\d{1,12}[.,]\d{2,3})"
_SUM_BEFORE = re.compile(rf"(?<![\w.,/-]){_SUM}(?:,-|[.,]–)?\s?$")
_SUM_AFTER = re.compile(rf"\.?\s?{_SUM}(?![\w/-]|[.,]\d)")
"""A number written as sums are: grouped or with decimals."""
_FAR_BEFORE_CODE = 28
_WORDS_TOO = re.compile(
    "ALL|ANG|ARM|BAD|BAM|BAN|BEL|BOB|BOL|BOP|CLE|COP|CUC|CUP|DOP|ECS|ESA|GEL|GRD|HUF|ILS|LAK|LUC|MAD|MOP|MUR|"
    "NIC|NIO|PAB|PEI|PEN|PES|PHP|PTE|ROL|RON|SAR|SIT|SLE|SOS|STD|SUR|TOP|TRY|VES"
)
"""Codes that are a word in one of our languages; in a line of capitals they need a number that is written as a sum."""
_NO_SUM = frozenset({"CHE", "XXX"})
"""Codes of the list that stand beside other numbers: before that of a Swiss business, and where no code is known."""
_ROW = re.compile(r",(?<=\d,)\s\s?(?P<rest>(?:\S{0,20}\d,\s\s?){2,})")
"""A row of four numbers and more, of which the first and the last say as much as all."""
_NUMERIC_DATE = re.compile(r"(\d(?<!\d\d)\d{0,3})(?:[oº](?=/))?\s?[./-]\s?(\d{1,2})(?:\s?[./-]\s?(\d{2,4}))?(?!\d)")
_FIRST = re.compile(
    r"(?<!\w)(?:le|du|au|ce|die|de|den|el|al|il|dal|em|no|dia|the|on)\s1(?:er|ste|e|a|o|\.o|º|°|st|:a)(?!\w)"
    r"(?=\W*$|[,;:.!?)]|\s(?:and|but|so|for|is|was|en|maar|betaalbaar|verskuldig|verval|et|mais|est|etait|y|pero|e|ma|mas|"
    r"und|og|men|och|already|still|this|of (?:this|the|every|each)|du mois|de (?:cada|este)|van (?:de|elke|hierdie)|i maneden))"
)
"""The first of a month that goes without saying, and nothing else that is first: no "1st of July", no "1st floor"."""
_END = re.compile(
    r"(?<!\w)(?:end|ende|eind|einde|fin|fines|finales|(?:alla|a|la|entro) fine|final d[ae]|finais|slut\w*)(?!\w)"
)
_BEFORE_WEEK = 12
"""What makes a day of a week, and how near it stands: "the end of last week"."""
_DIGITS, _WORD = re.compile(r"\d+"), re.compile(r"\w+")
_DAY_BEHIND = re.compile(r"\W{0,3}(\d{1,2})(?!\d)")
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?:\s?[a-z0-9]{2,4}){3,8}(?!\w)")
_REFERENCE = re.compile(
    r"(?<!\w)(?=[\w./-]{0,40}\d)(?=[\w./-]{0,40}[a-z_/-])[a-z0-9][\w./-]{0,40}\d\w{0,40}|(?<!\w)\d{3,40}(?!\w)"
)
_MONEY_PLAIN = re.compile(
    r"\d+[.,]\d{2}(?!\d)|\d{1,3}(?:[.,'’\s]\d{3})+(?!\d)|[€£$]\s?\d+|\d+\s?(?:€|kr\b|eur\b|kroner\b|euro\b)", re.I
)
_SHORT_REFERENCE = 3
_SEPARATE = re.compile(r"[^\w]+")
_LONG_NUMBER = re.compile(r"(?<![\w.,/-])[+(]?\d[\d /().\u00a0\u202f-]{5,}\d(?!\w)")
_ACCOUNT = re.compile(
    r"(?:(?<!\w)(?:kto|acct|a/c|cta|clabe|nib|bg|pg|ocr|kid|bsb|tak|branch|reg|blz|pix|bic|aba|rib|sort code|account no|postfinance)"
    r"|kont(?:o|oen|ot|onummer\w*|onr)|account|rekening(?:nummer|nr)?|cuenta|conta|conto|compte|giro(?:t|nummer\w*)?|iban"
    r"|bank|fnb|absa|capitec|nedbank|(?<!\d)\d{2}-\d{2}-\d{2})"
    r"(?:\W+\w+){0,2}(?:\W+\d{2}-\d{2}-\d{2})?\W*$"
)
"""What stands before the number of an account."""
_BEFORE_NUMBER = 40
_KEY = re.compile(
    r"(?<!\w)(?:pix|chave|paypal|payid|interac|e-transfer|zelle|upi|venmo|revolut|wero)(?!\w):?[^.,;:?\n]*$"
)
_BEFORE_KEY = 60
"""What stands before an address that money goes to, and how near."""
_FEWEST_OF_ACCOUNT, _FEWEST_OF_PHONE, _FEWEST_OF_UNNAMED = 7, 8, 10
_AHEAD = timedelta(days=19)
"""How long before its due date a message is read as written when that is not known: no round number of days or weeks."""


def without_rows(text: Folded) -> Folded:
    """A text with blanks for those in the middle of a row of numbers, such as of invoices: of what is said of them one number says as
    much as twenty, and twenty weigh twenty times as much."""
    masked = _ROW.sub(lambda row: row[0][: row.start("rest") - row.start()] + " " * len(row["rest"]), text.masked)
    if masked == text.masked:
        return text
    return replace(text, masked=masked, seen=fold(masked))


def has_amount(text: Folded, amount: Decimal | None) -> bool:
    """Whether the amount is said; without one, whether any sum of money is."""
    if amount is None:
        return (
            _MONEY.search(text.plain.lower()) is not None
            or any(
                int(match[2]) > 12 or match[2] == "00" or len(match[1]) > 2
                for match in _CENTS_ONLY.finditer(text.plain)
            )
            or _beside_code(text.plain)
        )
    figures = f"{amount:f}"
    if _stands_as_number(text.plain, figures) or _spaced(text.plain, amount):  # mostly, so that no number need be read
        return True
    first = _first_figure(figures)
    return any(_value(one) == amount for one in _NUMBER.findall(text.plain) if _first_figure(one) == first)


def _first_figure(written: str) -> str:
    return written.lstrip(_BEFORE_FIRST_FIGURE)[:1]


def _beside_code(plain: str) -> bool:
    """Whether a number stands beside the code of a currency: "JPY 124,500", "124.500 KWD"."""
    for match in _CODE.finditer(plain):
        if match[0] in _NO_SUM or not is_currency(match[0]):
            continue
        at, end = match.span()
        before = plain[max(0, at - _FAR_BEFORE_CODE) : at]
        if _SUM_AFTER.match(plain, end) or _SUM_BEFORE.search(before):
            return True
        if not _WORDS_TOO.fullmatch(match[0]) and (_AFTER_CODE.match(plain, end) or _BEFORE_CODE.search(before)):
            return True
    return False


def _stands_as_number(plain: str, figures: str) -> bool:
    """Whether these figures stand there, or with a comma for the point, and are no part of a longer number."""
    for written in (figures, figures.replace(".", ",")):
        at = plain.find(written)
        end = at + len(written)
        if at >= 0 and not (_NEAR_NUMBER.search(plain, max(0, at - 2), at) or _ON_NUMBER.match(plain, end)):
            return True
    return False


def _value(written: str) -> Decimal:
    """A number as people group it: "1.250,50", "1,250.50", "12 500", "1'250", "330,-"."""
    cents = _CENTS.search(written)
    if cents and not (len(cents[1]) == 2 and _GROUP_ONLY.fullmatch(written)):
        whole = "".join(_DIGITS.findall(written[: cents.start()]))
        return Decimal(f"{whole}.{cents[1]}")
    return Decimal("".join(_DIGITS.findall(written)))


def _spaced(plain: str, amount: Decimal) -> bool:
    """The amount between other numbers: "... 2026 1 490,00"."""
    whole, _, cents = f"{amount:.2f}".partition(".")
    if len(whole) < 4:
        return False
    grouped = f"{int(whole):,}"
    for separator in (" ", "\u00a0", "\u202f", ".", ",", "'", "’", ""):
        shown = grouped.replace(",", separator)
        at = plain.find(shown)
        while at >= 0:
            after = plain[at + len(shown) : at + len(shown) + 3]
            ends = after[:1] in (".", ",") and after[1:3] == cents
            bare = cents == "00" and not (after[:1].isdigit() or (after[:1] in (".", ",") and after[1:2].isdigit()))
            if ends or bare:
                return True
            at = plain.find(shown, at + 1)
    return False


def has_due_day(text: Folded, facts: ToneFacts, parts: Parts) -> bool:
    """Whether the due day is said, as a date or in any words people use: "yesterday", "the 23rd", "the end of May"."""
    if has_day(text, facts.due_on, parts):
        return True
    if facts.due_on is None:
        return False
    if facts.due_on.day == 1 and _FIRST.search(text.seen):
        return True
    return _is_named(text.plain, facts.due_on, facts.days_overdue, parts.language)


def _is_named(plain: str, due: date, overdue: int | None, language: str) -> bool:
    from purring.language.when import find_days  # heavier than the rest, and rarely needed

    said_on = due + timedelta(days=overdue) if overdue is not None else due - _AHEAD
    for day in find_days(plain, language, said_on):
        if day.kind == "day_of_month":
            if day.on is not None and day.on.day == due.day:
                return True  # the month goes without saying
        elif day.on == due and not (
            (day.kind == "month" and " " not in plain[day.start : day.end].strip())
            or (day.kind == "week" and not _END.search(fold(plain[max(0, day.start - _BEFORE_WEEK) : day.end])))
        ):
            return True  # "in May" alone is no day, "fin mai" is its last
    return False


def has_day(text: Folded, day: date | None, parts: Parts) -> bool:
    """Whether a day is said, with the month in words or figures; without one, whether any day is."""
    seen = text.seen
    months = parts.months if day is None else (parts.months[day.month - 1],)
    for month in months:
        for match in month.finditer(seen):
            if not begins_word(seen, match.start()):
                continue
            before, after = seen[max(0, match.start() - 16) : match.start()], seen[match.end() : match.end() + 8]
            if day is None and (_DIGITS.search(before) or _DIGITS.search(after)):
                return True
            if day is not None and _is_day(before, after, day.day, parts.first):
                return True
    for numeric in _NUMERIC_DATE.finditer(seen):
        first, second, third = int(numeric[1]), int(numeric[2]), numeric[3]
        if len(numeric[1]) > 2:
            first, second = second, int(third) if third and len(third) <= 2 else 0
        if day is None and 1 <= first <= 31 and 1 <= second <= 31 and (third or first <= 12 or second <= 12):
            return True
        if day is not None and sorted((first, second)) == sorted((day.day, day.month)):
            return True
    return False


def _is_day(before: str, after: str, day: int, first: frozenset[str]) -> bool:
    if any(int(one) == day for one in _DIGITS.findall(before) if len(one) <= 2):
        return True
    following = _DAY_BEHIND.match(after)
    if following and int(following[1]) == day:
        return True
    return day == 1 and not first.isdisjoint(_WORD.findall(before))


def has_reference(text: Folded, subject: str, invoice: str) -> bool:
    """Whether the invoice is named; without a number, whether anything looks like one."""
    if invoice and _stands(subject, invoice):
        return True
    said = text.unlinked
    if not invoice:
        lower = _IBAN.sub(" ", fold(f"{subject}\n{said}"))
        return any(not _NUMERIC_DATE.fullmatch(match[0]) for match in _REFERENCE.finditer(lower))
    if invoice.isdecimal() and len(invoice) <= _SHORT_REFERENCE:
        said = _without_numbers(said)
    if _stands(said, invoice):  # mostly as it is written, so that nothing need be folded
        return True
    return any(_stands(_close(where), _close(invoice)) for where in (subject, said))


def _without_numbers(plain: str) -> str:
    """The text without days, telephone numbers and sums, in which a short number of an invoice may stand by chance."""
    for figures in (_LONG_NUMBER, _NUMERIC_DATE, _MONEY_PLAIN):
        plain = figures.sub(lambda match: match[0] if match[0].isdecimal() else " ", plain)
    return plain


def _close(text: str) -> str:
    """Lower case with every run of separators as one space, so that "TB 061" is "TB-061"."""
    return _SEPARATE.sub(" ", fold(text))


def _stands(said: str, wanted: str) -> bool:
    wanted = wanted.strip()
    at = said.find(wanted)
    while wanted and at >= 0:
        if not (said[at - 1 : at].isalnum() or said[at + len(wanted) : at + len(wanted) + 1].isalnum()):
            return True
        at = said.find(wanted, at + 1)
    return False


def has_way_to_pay(text: Folded, facts: ToneFacts, named: Callable[[], bool]) -> bool:
    """A link, an account number or a way that is named. named: whether words of one stand there."""
    if (facts.pay_link and facts.pay_link in text.plain) or "://" in text.plain:
        return True
    if named():
        return True
    return _IBAN.search(text.plain.lower()) is not None or any(account for _, account in _long_numbers(text, facts))


def _long_numbers(text: Folded, facts: ToneFacts) -> Iterator[tuple[str, bool]]:
    """Each number long enough to be somebody's, as digits, and whether it is that of an account: words before it say so,
    or it is no telephone number."""
    phone = "".join(_DIGITS.findall(facts.phone))
    plain = _IBAN.sub(lambda match: " " * len(match[0]), text.unlinked.lower())
    for match in _LONG_NUMBER.finditer(plain):
        digits = "".join(_DIGITS.findall(match[0]))
        if len(digits) < _FEWEST_OF_ACCOUNT or digits == "".join(_DIGITS.findall(facts.invoice)):
            continue
        said = _ACCOUNT.search(fold(plain[max(0, match.start() - _BEFORE_NUMBER) : match.start()])) is not None
        dialled = match[0][0] in "+(0" or len(digits) < _FEWEST_OF_UNNAMED or digits.endswith(phone[-7:])
        yield digits, said or (len(phone) >= _FEWEST_OF_ACCOUNT and not dialled)


def _has_address(plain: str) -> bool:
    """Whether a mail address stands there that is no key to pay to."""
    lower = plain.lower()
    at = lower.find("@")
    while at >= 0:
        if not _KEY.search(lower, max(0, at - _BEFORE_KEY), at):
            return True
        at = lower.find("@", at + 1)
    return False


def has_contact(text: Folded, facts: ToneFacts, named: Callable[[], bool]) -> bool:
    """A telephone number, a mail address or words such as "just reply". named: whether such words stand there."""
    phone = facts.phone
    if len(phone) >= 5 and phone in text.plain:
        return True
    digits = "".join(_DIGITS.findall(phone))
    plain = text.unlinked
    if len(digits) >= 5 and digits[-7:] in "".join(_DIGITS.findall(plain)):
        return True
    if _has_address(plain) or named():
        return True
    if digits:
        return False
    return any(len(number) >= _FEWEST_OF_PHONE and not account for number, account in _long_numbers(text, facts))
