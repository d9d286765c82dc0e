# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paying on the customer's page: by each provider, all or a part, twice in a hurry, in trouble; and by hand."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from purring.core.errors import Trouble
from purring.language.pages import Pages
from tests.support.providers.all import SHOPS
from tests.support.providers.shop import Shop

if TYPE_CHECKING:
    from tests.doors.desk.cast import House
    from tests.doors.portal.payer import Payer

pytestmark = pytest.mark.django_db
NB = Pages("nb", "NO")


def says(key: str, **values: object) -> str:
    return NB.say(key, **values).replace("\u00a0", " ")


@pytest.fixture
def payer(house: House) -> Payer:
    """Owes 1 250.00 since four days and 500.00 since one."""
    from tests.doors.portal.payer import Payer, entity_of

    entity_of(house)
    customer = house.customer()
    house.invoice(customer, number="26-1")
    house.invoice(customer, 50_000, late=1, number="26-2")
    return Payer(house, customer)


@pytest.fixture
def shop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Shop:
    from tests.doors.portal.payer import installed

    name = getattr(request, "param", "stripe")
    made = SHOPS[name](random.Random(1))
    installed(monkeypatch, **{name: made})
    return made


@pytest.fixture
def account(house: House, shop: Shop) -> Any:
    from tests.doors.portal.payer import connected

    return connected(house, shop.name, title="Kort")


class TestByProvider:
    @pytest.mark.parametrize("shop", SHOPS, indirect=True)
    def test_paid_is_silent_at_once(self, payer: Payer, shop: Shop, account: Any) -> None:
        from tests.doors.portal.payer import pays_there
        from tests.doors.portal.visitor import decided

        assert decided(payer.house, payer.customer).contact
        attempt = payer.is_led(account)
        assert attempt.amount == 175_000
        assert shop.sale(attempt.ref).units == 175_000
        pays_there(shop, attempt.ref)
        assert says("payment_received", amount="1 750,00 kr") in payer.comes_back(attempt)
        assert payer.balances() == [0, 0]
        assert not decided(payer.house, payer.customer).contact
        page = payer.comes_back(attempt)
        assert says("payment_received", amount="1 750,00 kr") in page
        assert payer.balances() == [0, 0], "coming back again changes nothing"
        assert payer.opens(payer.pay_page).status_code == 303, "there is nothing left to pay"

    def test_a_part_fills_the_oldest_first(self, payer: Payer, shop: Shop, account: Any) -> None:
        attempt = payer.is_led(account, what="part", amount="1 300,50")
        assert attempt.amount == 130_050
        shop.pays(attempt.ref)
        payer.comes_back(attempt)
        assert payer.balances() == [0, 44_950]

    def test_chosen_invoices(self, payer: Payer, shop: Shop, account: Any) -> None:
        second = payer.customer.invoices.get(number="26-2")
        attempt = payer.is_led(account, what="chosen", invoice=[second.pk])
        shop.pays(attempt.ref)
        payer.comes_back(attempt)
        assert payer.balances() == [125_000, 0]

    @pytest.mark.parametrize(
        "text", ["", "0", "-5", "12x", "1e3", "1750,01", "99999999999999999999", "1,2,3", "12 EUR"]
    )
    def test_an_amount_that_cannot_be_is_told_beside_its_field(self, text: str, payer: Payer, account: Any) -> None:
        from tests.doors.portal.payer import words

        response = payer.presses(f"account-{account.pk}", what="part", amount=text)
        assert response.status_code == 422
        assert says("bad_amount", amount="1 750,00 kr") in words(response)
        assert 'aria-describedby="amount-error"' in words(response)
        assert f'value="{text}"' in words(response), "nothing that was written is lost"
        assert payer.attempts() == []

    @pytest.mark.parametrize(
        ("language", "text", "minor"),
        [
            ("en", "1,000.50", 100_050),
            ("de", "1.000,50", 100_050),
            ("fr", "1 000,5", 100_050),
            ("nb", "kr 1000", 100_000),
        ],
    )
    def test_amounts_as_the_reader_writes_them(
        self, language: str, text: str, minor: int, payer: Payer, account: Any
    ) -> None:
        payer.language = language
        payer.customer.country = {"en": "GB", "de": "DE", "fr": "FR", "nb": "NO"}[language]
        payer.customer.save()
        assert payer.is_led(account, what="part", amount=text).amount == minor

    def test_a_double_press_and_two_tabs_are_one_attempt(self, payer: Payer, shop: Shop, account: Any) -> None:
        one, two = payer.form(), payer.form()
        pages = {payer.presses(f"account-{account.pk}", form=form)["Location"] for form in (one, one, two, one)}
        assert len(pages) == 1
        assert len(payer.attempts()) == len(shop.sales) == 1

    def test_stopped_closes_the_page_there(self, payer: Payer, shop: Shop, account: Any) -> None:
        attempt = payer.is_led(account)
        page = payer.turns_back(attempt)
        assert says("payment_stopped") in page
        assert shop.sale(attempt.ref).stage == "ended"
        assert payer.is_led(account).pk != attempt.pk
        assert payer.balances() == [125_000, 50_000]

    def test_the_same_form_once_more_says_something_else(self, payer: Payer, shop: Shop, account: Any) -> None:
        form, key = payer.form(), f"account-{account.pk}"
        first = payer.presses(key, form=form, what="part", amount="900")["Location"]
        second = payer.presses(key, form=form, what="part", amount="800")["Location"]
        assert first != second
        assert [one.amount for one in payer.attempts()] == [90_000, 80_000]
        payer.turns_back(payer.attempts()[0])
        assert payer.presses(key, form=form, what="part", amount="900")["Location"] not in (first, second)

    def test_turned_back_but_paid_in_another_tab(self, payer: Payer, shop: Shop, account: Any) -> None:
        attempt = payer.is_led(account)
        shop.pays(attempt.ref)
        assert says("payment_received", amount="1 750,00 kr") in payer.turns_back(attempt)

    def test_declined_and_paid_after_all(self, payer: Payer, shop: Shop, account: Any) -> None:
        attempt = payer.is_led(account)
        shop.declines(attempt.ref)
        page = payer.comes_back(attempt)
        assert page.count(says("payment_failed")) == 1 or says("payment_asking") in page
        shop.pays(attempt.ref)
        assert says("payment_received", amount="1 750,00 kr") in payer.comes_back(attempt)

    def test_who_reloads_and_reloads_does_not_keep_the_provider_busy(
        self, payer: Payer, account: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from purring.facts.checkout.looking import look_at_attempt

        asked: list[str] = []

        def look(attempt: Any, *others: Any) -> Any:
            asked.append(attempt.key)
            return look_at_attempt(attempt, *others)

        monkeypatch.setattr("purring.doors.portal.returning.look_at_attempt", look)
        attempt = payer.is_led(account)
        for _ in range(12):
            assert says("payment_asking") in payer.comes_back(attempt)
        assert 1 <= len(asked) <= 8

    def test_money_on_its_way_is_asked_for_no_second_time(
        self, payer: Payer, shop: Shop, account: Any, later: Callable[..., None]
    ) -> None:
        from tests.doors.portal.visitor import decided

        form = payer.form()
        attempt = payer.is_led(account)
        shop.promises(attempt.ref)
        assert says("payment_started") in payer.comes_back(attempt)
        assert not decided(payer.house, payer.customer).contact
        assert payer.opens(payer.pay_page).status_code == 303
        again = payer.presses(f"account-{account.pk}", form=form)
        assert (again.status_code, len(payer.attempts())) == (303, 1)
        assert again["Location"] == payer.home
        shop.bounces(attempt.ref)
        later(minutes=10)
        assert says("payment_failed") in payer.comes_back(attempt)
        assert payer.opens(payer.pay_page).status_code == 200

    def test_paid_elsewhere_while_the_page_was_open(self, payer: Payer, account: Any) -> None:
        from purring.facts.payments.actions import record_payment
        from tests.doors.portal.payer import words

        form = payer.form()
        first = payer.customer.invoices.get(number="26-1")
        record_payment(payer.customer, 125_000, "NOK", on=payer.house.today, invoice=first, **payer.house.told)
        response = payer.presses(f"account-{account.pk}", form=form, what="part", amount="900")
        assert response.status_code == 422
        assert says("bad_amount", amount="500,00 kr") in words(response)


class TestMoreAndLess:
    """Charges beside an invoice, and what is taken off for paying early."""

    def test_charges_are_paid_along_where_they_are_asked(self, payer: Payer, shop: Shop, account: Any) -> None:
        from tests.apps.facts.test_charge_order import ask, beside

        first = payer.customer.invoices.get(number="26-1")
        ask(first, on=payer.house.today, fee=3_500)
        page = payer.reads(payer.pay_page)
        assert "1 785,00 kr" in page
        assert f'{says("charge_fee")}: <span class="amount">35,00 kr</span>' in page
        attempt = payer.is_led(account)
        assert attempt.amount == 178_500
        shop.pays(attempt.ref)
        assert says("payment_received", amount="1 785,00 kr") in payer.comes_back(attempt)
        assert payer.balances() == [0, 0]
        assert beside(first) == 3_500

    def test_charges_that_fall_away_in_time_are_not_asked_for(self, payer: Payer, account: Any) -> None:
        from tests.apps.facts.test_charge_order import ask

        later = payer.house.today + timedelta(days=7)
        ask(payer.customer.invoices.get(number="26-1"), on=payer.house.today, waived_by=later, fee=3_500)
        assert payer.is_led(account).amount == 175_000

    def test_paid_early_costs_less_and_settles(self, house: House, payer: Payer, shop: Shop, account: Any) -> None:
        from purring.facts.offers.terms import keep_terms
        from tests.doors.portal.payer import Payer as Another

        terms: dict[str, Any] = {
            "whom": "all", "plan_most": 1, "plan_first_percent": 0, "plan_first_days": 14, "plan_last_days": 0,
            "plan_smallest": "10", "plan_rhythms": [], "deferral_days": 0, "ladder": [[200, 10]],
            "instalments_at_start": False, "autopay": False, "autopay_at_start": False,
        }  # fmt: skip
        keep_terms(house.organization, terms, on=house.today - timedelta(90), **house.told)
        other = Another(house, house.customer("Bakeren"))
        invoice = house.invoice(other.customer, 100_000, late=-10, issued=house.today, number="26-9")
        page = other.reads(other.pay_page)
        assert "980,00 kr" in page
        attempt = other.is_led(account)
        assert attempt.amount == 98_000
        shop.pays(attempt.ref)
        other.comes_back(attempt)
        invoice.refresh_from_db()
        assert invoice.balance == 0


def offers_autopay(house: House) -> None:
    from purring.facts.offers.terms import KEPT, keep_terms

    nothing: dict[str, Any] = {
        **dict.fromkeys(KEPT, 0), "whom": "all", "plan_smallest": "10", "plan_rhythms": [], "ladder": []
    }  # fmt: skip
    keep_terms(house.organization, {**nothing, "autopay": True}, on=house.today, **house.told)


class TestAutopay:
    def test_agreed_on_the_page_and_ended_there(self, house: House, payer: Payer, shop: Shop, account: Any) -> None:
        from purring.facts.checkout.mandates import mandate_of

        consent = says("autopay_consent", organization="Snekker Solberg")
        assert consent not in payer.reads(payer.pay_page), "not before the business offers it"
        offers_autopay(house)
        assert consent in payer.reads(payer.pay_page)
        attempt = payer.is_led(account, keep="yes")
        assert attempt.keep
        shop.pays(attempt.ref)
        payer.comes_back(attempt)
        mandate = mandate_of(payer.customer)
        assert mandate
        assert mandate.text.replace("\u00a0", " ") == f"{consent} {says('autopay_text')} {says('autopay_plan')}"
        assert mandate.instalments
        assert mandate.language == "nb"
        house.invoice(payer.customer, number="26-3")
        assert consent not in payer.reads(payer.pay_page), "agreed already"
        assert says("autopay_on") in payer.reads(payer.home)
        page = payer.opens(f"{payer.home}autopay/")
        import re

        form = re.search(r'name="form" value="([^"]+)"', page.content.decode())
        assert form
        assert payer.client.post(f"{payer.home}autopay/", {"form": "x"}).status_code == 422
        assert mandate_of(payer.customer)
        for _ in range(2):
            response = payer.client.post(f"{payer.home}autopay/", {"form": form[1]})
            assert response.status_code == 303
        assert says("autopay_ended") in payer.reads(response["Location"])
        assert mandate_of(payer.customer) is None
        assert payer.opens(f"{payer.home}autopay/").status_code == 303

    def test_a_form_that_came_back_into_view_keeps_the_way_only_if_it_says_so_now(
        self, house: House, payer: Payer, account: Any
    ) -> None:
        offers_autopay(house)
        form = payer.form()
        kept = payer.is_led(account, form=form, keep="yes")
        plain = payer.is_led(account, form=form)
        assert (kept.keep, plain.keep) == (True, False)
        assert kept.url != plain.url, "they took it back before they paid"
        again = payer.presses(f"account-{account.pk}", form=form, keep="yes")
        assert again["Location"] == kept.url

    def test_not_where_it_is_not_offered(self, payer: Payer, account: Any) -> None:
        assert not payer.is_led(account, keep="yes").keep, "a form that says so all the same agrees to nothing"

    def test_not_where_nothing_can_be_kept(
        self, house: House, payer: Payer, shop: Shop, account: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        offers_autopay(house)
        monkeypatch.setattr("purring.doors.portal.paying.can_keep", lambda _: False)
        assert says("autopay_consent", organization="Snekker Solberg") not in payer.reads(payer.pay_page)
        assert not payer.is_led(account, keep="yes").keep


class TestTrouble:
    def test_no_page_now_keeps_what_was_chosen_and_shows_the_other_ways(
        self, payer: Payer, shop: Shop, account: Any
    ) -> None:
        from tests.doors.portal.payer import words

        form = payer.form()
        shop.moods.extend(["lost", "broken"])
        for _ in range(2):
            response = payer.presses(f"account-{account.pk}", form=form, what="part", amount="900")
            assert response.status_code == 503
            page = words(response)
            assert says("try_later") in page
            assert 'value="900"' in page
            assert 'value="transfer"' in page
        response = payer.presses(f"account-{account.pk}", form=form, what="part", amount="900")
        assert response.status_code == 303
        assert len(payer.attempts()) == len(shop.sales) == 1, "the lost answer's page is found again"

    def test_not_knowing_is_said_as_not_knowing(
        self, payer: Payer, shop: Shop, account: Any, later: Callable[..., None]
    ) -> None:
        attempt = payer.is_led(account)
        shop.pays(attempt.ref)
        shop.moods.append("broken")
        page = payer.comes_back(attempt)
        assert says("payment_asking") in page
        assert says("look_again") in page
        shop.moods.append("deaf")
        assert says("payment_asking") in payer.turns_back(attempt)
        later(minutes=1)
        assert says("payment_received", amount="1 750,00 kr") in payer.comes_back(attempt)

    def test_a_provider_that_is_not_installed_any_more_is_not_offered(
        self, payer: Payer, account: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("purring.plugins.payment.registry.plugins", dict)
        account.title = ""
        account.save()
        assert f"account-{account.pk}" not in payer.reads(payer.pay_page)

    def test_a_provider_that_refuses_is_trouble_of_ours(
        self, payer: Payer, account: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise Trouble("this account is closed", permanent=True)

        monkeypatch.setattr("purring.doors.portal.paying.open_page", refuse)
        assert payer.presses(f"account-{account.pk}").status_code == 503


class TestForms:
    def test_a_form_of_another_page_is_refused(self, house: House, payer: Payer, account: Any) -> None:
        from tests.doors.portal.payer import Payer as Another

        other = Another(house, house.customer("Bakeren"))
        house.invoice(other.customer)
        for form in ("", "x", other.form(), payer.form()[:-2] + "AA"):
            response = payer.client.post(
                payer.pay_page, {"form": form, "what": "all", "method": f"account-{account.pk}"}
            )
            assert response.status_code == 422
        assert payer.attempts() == []

    def test_another_customer_s_attempt_is_no_page_here(self, house: House, payer: Payer, account: Any) -> None:
        from tests.doors.portal.payer import Payer as Another

        attempt = payer.is_led(account)
        other = Another(house, house.customer("Bakeren"))
        for page in ("paid", "stopped"):
            assert other.opens(f"{other.home}{page}/{attempt.key}/").status_code == 404
            assert payer.opens(f"{payer.home}{page}/{'0' * 32}/").status_code == 404

    def test_a_link_pays_what_it_shows(self, house: House, payer: Payer, account: Any) -> None:
        from purring.facts.access.actions import make_link
        from purring.facts.access.tokens import new_token

        first = payer.customer.invoices.get(number="26-1")
        other = payer.customer.invoices.get(number="26-2")
        token = new_token()
        make_link(payer.customer, token, invoices=[first], **house.told)
        path = payer.pay_page.replace(payer.home, f"/pay/{token}/")
        page = payer.reads(path)
        assert "26-2" not in page
        import re

        form = re.search(r'name="form" value="([^"]+)"', page)
        assert form
        said = {"form": form[1], "what": "chosen", "invoice": [first.pk, other.pk], "method": f"account-{account.pk}"}
        assert payer.client.post(path, said).status_code == 303
        assert [part.invoice_id for part in payer.attempts()[-1].parts.all()] == [first.pk]

    def test_pages_open_nothing_by_themselves(self, payer: Payer, account: Any) -> None:
        for path in (payer.pay_page, payer.home):
            payer.opens(path)
            payer.client.head(path)
        assert payer.attempts() == []

    def test_many_invoices_cost_no_more_questions(
        self, house: House, payer: Payer, account: Any, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(30):
            house.invoice(payer.customer, 1_000)
        form = payer.form()
        with django_assert_max_num_queries(25):
            payer.opens(payer.pay_page)
        with django_assert_max_num_queries(40):
            assert payer.presses("transfer", form=form).status_code == 303

    def test_the_policy_lets_the_form_lead_on_and_nothing_else_in(self, payer: Payer, account: Any) -> None:
        response = payer.opens(payer.pay_page)
        assert "form-action 'self' https:" in response["Content-Security-Policy"]
        assert "script-src" not in response["Content-Security-Policy"]
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"


class TestOffered:
    def ways(self, payer: Payer) -> list[str]:
        import re

        return re.findall(r'name="method" value="([^"]+)"', payer.opens(payer.pay_page).content.decode())

    def test_by_currency_legal_entity_limits_and_habit(self, house: House, payer: Payer, shop: Shop) -> None:
        from purring.facts.checkout.ways import keep_way
        from purring.facts.organizations.models import LegalEntity
        from tests.doors.portal.payer import connected, entity_of

        entity = entity_of(house, phone="+47 22 11 00 00")
        other = LegalEntity(organization=house.organization, name="Another AS", country="NO")
        other.save()
        good = connected(house, "stripe", entity=entity, currencies=["NOK", "EUR"])
        connected(house, "stripe", entity=other)
        connected(house, "stripe", currencies=["EUR"])
        small = connected(house, "stripe")
        small.limits = {"NOK": [None, 60_000]}
        small.save()
        keep_way(entity, "phone", enabled=True, **house.told)
        assert self.ways(payer) == [f"account-{good.pk}", "transfer", "phone"]
        payer.customer.preferred_method = "transfer"
        payer.customer.save()
        assert self.ways(payer) == ["transfer", f"account-{good.pk}", "phone"]
        assert payer.presses(f"account-{small.pk}").status_code == 422
        assert payer.is_led(small, what="part", amount="600").amount == 60_000
        assert "NO93 8601" in payer.reads(payer.home)
        keep_way(entity, "transfer", enabled=False, **house.told)
        assert "NO93 8601" not in payer.reads(payer.home), "not offered, so not shown"
        good.enabled = False
        good.save()
        assert self.ways(payer) == ["phone"]

    def test_each_currency_and_legal_entity_is_a_page_of_its_own(self, house: House, payer: Payer) -> None:
        from purring.doors.portal.opening import Visit, Words
        from purring.doors.portal.paying import pay_offer
        from purring.doors.portal.statement import statement
        from purring.facts.organizations.models import LegalEntity

        other = LegalEntity(organization=house.organization, name="Another AS", country="NO")
        other.save()
        house.invoice(payer.customer, 1_000, currency="EUR")
        house.invoice(payer.customer, 2_000, entity=other)
        owed = statement(payer.customer, house.today, "nb")
        now = timezone.now()
        found = Visit("t", house.organization, payer.customer, now, house.today, Words("nb", "NO"), "")
        offers = pay_offer(found, owed).offers
        assert {(one.block.currency, one.block.entity.name, one.block.total) for one in offers} == {
            ("NOK", "Snekker Solberg", 175_000),
            ("EUR", "Snekker Solberg", 1_000),
            ("NOK", "Another AS", 2_000),
        }


class TestByHand:
    def leads_to(self, payer: Payer, kind: str, **said: Any) -> str:
        response = payer.presses(kind, **said)
        assert response.status_code == 303
        return payer.reads(response["Location"])

    def test_a_transfer_names_account_reference_and_amount(self, payer: Payer) -> None:
        page = self.leads_to(payer, "transfer", what="part", amount="1300")
        for words in ("NO93 8601 1117 947", "DABANO22", "26-1", "26-2", "1 300,00 kr", says("howto_transfer")):
            assert words in page
        assert says("several") in page
        page = self.leads_to(payer, "transfer", what="part", amount="1250")
        assert "26-2" not in page, "a part that the oldest takes whole"

    @pytest.mark.parametrize(
        ("country", "account", "currency", "beginning"),
        [
            ("DE", {"scheme": "iban", "number": "DE89370400440532013000"}, "EUR", "BCD\n002\n1\nSCT"),
            ("CH", {"scheme": "iban", "number": "CH9300762011623852957"}, "CHF", "SPC\n0200\n1"),
            ("CZ", {"scheme": "iban", "number": "CZ6508000000192000145399"}, "CZK", "SPD*1.0*"),
            ("BR", {"scheme": "pix", "number": "pagar@loja.example", "city": "Recife"}, "BRL", "000201"),
            ("IN", {"scheme": "upi", "number": "shop@bank"}, "INR", "upi://pay?"),
        ],
    )
    def test_the_code_of_the_country_asks_for_just_this_amount(
        self, country: str, account: dict[str, str], currency: str, beginning: str, house: House, payer: Payer
    ) -> None:
        from purring.papers.qr import qr_for
        from tests.doors.portal.payer import entity_of

        entity_of(house, country=country, accounts=[account], postcode="8000", city="Town", address_lines="Road 1")
        payer.customer.country, payer.currency = country, currency
        payer.customer.save()
        house.invoice(payer.customer, 12_345, currency=currency, number="77")
        seen: list[str] = []
        with pytest.MonkeyPatch.context() as patch:

            def watched(facts: Any) -> Any:
                code = qr_for(facts)
                seen.append(code.payload if code else "")
                return code

            patch.setattr("purring.doors.portal.transferring.qr_for", watched)
            page = self.leads_to(payer, "transfer", what="part", amount="100")
        assert "<svg" in page
        assert seen[-1].startswith(beginning)
        assert "100.00" in seen[-1]
        assert "123.45" not in seen[-1]
        if currency == "BRL":
            assert seen[-1] in page, "to be pasted"
        if currency == "INR":
            assert 'href="upi://pay?' in page

    def test_cash_cheque_phone_and_app_say_where_and_when(self, house: House, payer: Payer) -> None:
        from purring.core.errors import Refused
        from purring.facts.checkout.ways import keep_way
        from tests.doors.portal.payer import entity_of, words

        entity = entity_of(house, phone="+47 22 11 00 00", address_lines="Storgata 1", postcode="0155", city="Oslo")
        assert words(payer.presses("cash")).count(says("bad_method")) == 1, "not offered"
        with pytest.raises(Refused, match="number"):
            keep_way(entity, "mobile", enabled=True, **house.told)
        for kind in ("cash", "cheque", "phone"):
            keep_way(entity, kind, enabled=True, text="Hverdager 9–15", **house.told)
        keep_way(entity, "mobile", enabled=True, number="12345", **house.told)
        for kind, told in {
            "cash": "Storgata 1", "cheque": "0155 Oslo", "phone": "tel:+4722110000", "mobile": "12345",
        }.items():  # fmt: skip
            page = self.leads_to(payer, kind)
            assert told in page
            assert says(f"howto_{kind}", organization="Snekker Solberg") in page
            assert ("Hverdager 9–15" in page) == (kind != "mobile")
            assert "1 750,00 kr" in page

    def test_what_stands_in_the_address_changes_no_more_than_the_page(self, house: House, payer: Payer) -> None:
        stranger = house.invoice(house.customer("Bakeren"), number="X-9")
        page = payer.pay_page + "transfer/?"
        for query in (
            f"invoice={stranger.pk}",
            "invoice=-1&amount=0",
            "amount=999999999999",
            "amount=%00",
            "amount=1e9",
        ):
            said = payer.reads(page + query)
            assert "1 750,00 kr" in said
            assert "X-9" not in said
        assert payer.opens(payer.pay_page + "nothing/").status_code == 303
        assert payer.opens(payer.pay_page + "cash/").status_code == 303
