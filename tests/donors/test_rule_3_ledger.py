"""Rules 3, 4 and 13: a contribution's ledger closes at every moment, in its currency, inside its earmark."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from donors import selectors as given_read
from donors import services as giving
from donors.models import Contribution, EntryProposal, LedgerEntry
from donors.rules.contributions import balances
from portal.audit.verify import findings
from portal.core import clock
from portal.core.actor import IMPORT
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.languages import long_day
from tests import cast
from tests.past import refused, sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(who):
    return cast.request_in(who, "open").needs.get()


def test_of_a_total_the_support_costs_leave_so_much(who, need):
    contribution = cast.contribution_in(who, "received", amount="1130")
    with pytest.raises(Refused, match="more would be allocated than the support cost rate leaves"):
        cast.entry(who, contribution, "allocate", "1000.01", need=need)
    cast.entry(who, contribution, "allocate", "1000", need=need)
    cast.entry(who, contribution, "charge_psc", "130")
    for move, columns in (("allocate", {"need": need}), ("charge_psc", {}), ("refund", {})):
        with pytest.raises(Refused, match="below zero"):
            cast.entry(who, contribution, move, "0.01", **columns)


def test_a_lower_rate_names_its_rule(who):
    for rate, rule in (("7", ""), ("12.99", " ")):
        contribution = Contribution(
            donor=who.nor_officer.organisation, amount=Decimal(10), currency="USD", earmarking="unearmarked",
            psc_rate=Decimal(rate), psc_rule=rule,
        )  # fmt: skip
        with pytest.raises(Refused, match="names the rule"):
            giving.announce_contribution(contribution, actor=who.finance_officer)
    contribution = cast.contribution_in(
        who, "announced", psc_rate=Decimal(7), psc_rule="reduced for Governments in need"
    )
    Contribution.objects.filter(pk=contribution.pk).update(psc_rule=" ")
    with pytest.raises(Refused, match="names the rule"):
        giving.move_contribution(contribution, "agree", actor=who.finance_officer)
    refused(
        "contribution_reduced_rate_names_its_rule",
        "UPDATE donors_contribution SET psc_rule = '' WHERE id = %s", contribution.pk,
    )  # fmt: skip


def test_every_moment_counts_not_only_the_end(who, need):
    """An entry dated before the money came is refused, though the sum at the end would close."""
    contribution = cast.contribution_in(who, "received")
    before = clock.now() - timedelta(days=3)
    for move, columns in (("allocate", {"need": need}), ("refund", {}), ("charge_psc", {})):
        with pytest.raises(Refused, match=f"on {long_day(before.date())} the balance would fall below zero"):
            cast.entry(who, contribution, move, "1", at=before, **columns)


def test_within_a_day_receipts_come_first(who):
    at = datetime(2020, 5, 5, tzinfo=UTC)
    lines = [
        LedgerEntry(kind="refund", amount=Decimal(10), date=at.replace(hour=1)),
        LedgerEntry(kind="receipt", amount=Decimal(10), date=at.replace(hour=23)),
    ]
    assert list(balances(lines, Decimal(13))) == []
    lines[1].date += timedelta(hours=1)
    assert [day.isoformat() for day, _reason in balances(lines, Decimal(13))] == ["2020-05-05"]


def test_a_ledger_reads_in_the_order_in_which_it_counts(who, need):
    """What is spent in the morning stands after what came in the evening: no balance shown is below zero."""
    contribution = cast.contribution_in(who, "agreed")
    day = clock.now() - timedelta(days=2)
    evening, morning = day.replace(hour=20), day.replace(hour=6)
    Contribution.objects.filter(pk=contribution.pk).update(
        announced_at=day - timedelta(days=2), agreed_at=day - timedelta(days=2)
    )
    receipt = cast.entry(who, contribution, "receive", "1130", at=evening)
    refund = cast.entry(who, contribution, "refund", "100", at=morning)
    cast.reversal(who, refund, at=morning)
    cast.entry(who, contribution, "charge_psc", "130", at=evening)
    lines = given_read.ledger(who.finance_officer, contribution)
    assert [(line.entry.kind, line.balance) for line in lines] == [
        ("receipt", 1130), ("psc", 1000), ("refund", 900), ("refund", 1000),
    ]  # fmt: skip
    assert lines[0].entry == receipt and lines[-1].entry.reverses == refund


def test_what_is_mistyped_is_refused_to_who_proposes_it(who):
    """Not only to the second officer: nothing waits that could never be approved."""
    contribution = cast.contribution_in(who, "received")
    old = datetime(1902, 3, 4, tzinfo=UTC)
    for move in ("charge_psc", "refund"):
        entry = LedgerEntry(kind=cast.KIND_OF[move], amount=Decimal(1), date=old)
        with pytest.raises(Refused, match="4 March 1902 is before"):
            giving.propose_entry(contribution, move, entry, actor=who.finance_officer)
    assert not EntryProposal.objects.exists()


def test_a_receipt_taken_back_can_be_entered_again(who, need):
    contribution = cast.contribution_in(who, "received")
    receipt = contribution.entries.get()
    spent = cast.entry(who, contribution, "allocate", "1", need=need)
    with pytest.raises(Refused, match="below zero"):
        cast.reversal(who, receipt)
    cast.reversal(who, spent)
    cast.reversal(who, receipt)
    contribution.refresh_from_db()
    assert contribution.status == "receiving"
    cast.entry(who, contribution, "receive", "1130")
    contribution.refresh_from_db()
    assert contribution.status == "received"
    with pytest.raises(Refused, match="reversed before"):
        cast.reversal(who, receipt)


def test_a_reversal_is_of_one_whole_entry_of_the_same_ledger(who):
    contribution, other = cast.contribution_in(who, "received"), cast.contribution_in(who, "received")
    receipt, elsewhere = contribution.entries.get(), other.entries.get()
    for columns in (
        {"reverses": receipt, "amount": Decimal(1129)},
        {"reverses": receipt, "kind": "refund"},
        {"reverses": elsewhere},
        {"reverses": None},
    ):
        entry = LedgerEntry(
            **{
                "kind": "receipt",
                "amount": Decimal(1130),
                "reason": "twice",
            }
            | columns
        )
        with pytest.raises(Refused, match=r"name the entry|a reversal has the kind"):
            giving.propose_entry(contribution, "reverse", entry, actor=who.finance_officer)
    for move in ("receive", "charge_psc", "refund"):
        entry = LedgerEntry(kind=cast.KIND_OF[move], amount=Decimal(1130), reverses=receipt)
        make = giving.enter if move == "receive" else giving.propose_entry
        with pytest.raises(Refused, match="only a reversal names"):
            make(cast.contribution_in(who, "receiving"), move, entry, actor=who.finance_officer)


def test_a_second_finance_officer_approves(who):
    contribution = cast.contribution_in(who, "received")
    first = who.finance_officer
    proposal = cast.proposed(who, contribution, "refund", "1")
    with pytest.raises(Refused, match="who proposes an entry does not approve it"):
        giving.approve_entry(proposal, actor=first)
    for person in ("case_officer", "nor_approver", "afg_approver", "auditor"):
        with pytest.raises(NotAllowed):
            giving.approve_entry(proposal, actor=getattr(who, person))
        with pytest.raises(NotAllowed):
            giving.refuse_entry(proposal, reason="No", actor=getattr(who, person))
    assert contribution.entries.count() == 1
    entry = giving.approve_entry(proposal, actor=who.second_finance_officer)
    assert entry.approved_by == who.second_finance_officer.user.pk
    with pytest.raises(Conflict, match="decided on before"):
        giving.approve_entry(proposal, actor=who.second_finance_officer)
    assert contribution.entries.count() == 2
    assert list(findings()) == []


def test_nobody_enters_alone_what_leaves_a_contribution(who, need):
    contribution = cast.contribution_in(who, "received")
    for move, columns in (("refund", {}), ("charge_psc", {}), ("allocate", {"need": need})):
        line = LedgerEntry(
            kind=cast.KIND_OF[move],
            amount=Decimal(1),
            approved_by=who.second_finance_officer.user.pk,
            **columns,
        )
        with pytest.raises(Refused, match="one finance officer proposes"):
            giving.enter(contribution, move, line, actor=who.finance_officer)


def test_who_left_has_proposed_nothing_that_can_be_approved(who):
    contribution = cast.contribution_in(who, "received")
    proposal = cast.proposed(who, contribution, "refund", "1")
    EntryProposal.objects.filter(pk=proposal.pk).update(proposed_by=who.case_officer.user.pk)
    with pytest.raises(Refused, match="no finance officer today"):
        giving.approve_entry(proposal, actor=who.second_finance_officer)


def test_a_proposed_entry_is_in_no_balance_and_a_refused_one_never_is(who):
    contribution = cast.contribution_in(who, "received")
    proposal = cast.proposed(who, contribution, "refund", "1000")
    again = cast.proposed(who, contribution, "refund", "1000")
    assert given_read.contributions(who.finance_officer).get(pk=contribution.pk).balance == 1130
    giving.approve_entry(proposal, actor=who.second_finance_officer)
    with pytest.raises(Refused, match="below zero"):
        giving.approve_entry(again, actor=who.second_finance_officer)
    with pytest.raises(Refused, match="give the reason"):
        giving.refuse_entry(again, reason=" ", actor=who.second_finance_officer)
    giving.refuse_entry(again, reason="The money is gone", actor=who.second_finance_officer)
    with pytest.raises(Conflict, match="decided on before"):
        giving.approve_entry(again, actor=who.second_finance_officer)
    assert given_read.contributions(who.finance_officer).get(pk=contribution.pk).balance == 130
    refused(
        "proposal_approved_by_another",
        "UPDATE donors_entryproposal SET decided_by = proposed_by WHERE id = %s", proposal.pk,
    )  # fmt: skip
    refused(
        "proposal_approved_is_entered",
        "UPDATE donors_entryproposal SET entry_id = NULL WHERE id = %s",
        proposal.pk,
    )


@pytest.mark.parametrize(
    ("currency", "amount", "words"),
    [("JPY", "1.5", "fewer decimals"), ("USD", "0.001", "fewer decimals"), ("XXY", "1", "no currency"),
     ("", "1", "no currency"), ("usd", "1", "no currency"), ("USD", "-1", "not below zero"),
     ("USD", "NaN", "not a number"), ("KWD", "0.00001", "more than 4 decimals")],
)  # fmt: skip
def test_amounts_are_money(who, currency, amount, words):
    contribution = Contribution(
        donor=who.nor_officer.organisation,
        amount=Decimal(amount),
        currency=currency,
        earmarking="unearmarked",
    )
    with pytest.raises(Refused, match=words):
        giving.announce_contribution(contribution, actor=who.finance_officer)


def test_the_rate_of_the_day_is_kept_and_a_missing_one_named(who):
    contribution = cast.contribution_in(who, "agreed", currency="EUR")
    kept = cast.entry(who, contribution, "receive", "10")
    assert LedgerEntry.objects.get(pk=kept.pk).rate == Decimal("0.9")
    kuwait = cast.contribution_in(who, "agreed", currency="CHF")
    with pytest.raises(Refused, match="CHF"):
        cast.entry(who, kuwait, "receive", "10")
    pledge = cast.pledge_in(who, "draft", value_amount=Decimal(5), value_currency="CHF")
    with pytest.raises(Refused, match="CHF"):
        giving.move_pledge(pledge, "offer", actor=who.nor_approver)
    assert list(LedgerEntry.objects.filter(contribution=kuwait)) == []


EARMARKS = [
    ({"earmarked_theme_id": "forensics"}, False), ({"earmarked_theme_id": "border-management"}, True),
    ({"earmarked_region": "019"}, False), ({"earmarked_region": "142"}, True), ({"earmarked_region": "034"}, True),
    ({"earmarked_state_id": "KEN"}, False), ({"earmarked_state_id": "AFG"}, True),
    ({"earmarked_theme_id": "border-management", "earmarked_state_id": "KEN"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("earmark", "inside"), EARMARKS)
def test_outside_the_earmark_only_with_the_donor_s_consent(who, need, earmark, inside):
    contribution = cast.contribution_in(who, "received", earmarking="soft", **earmark)
    if not inside:
        for consent in ("", " "):
            with pytest.raises(Refused, match="record the donor's consent"):
                cast.entry(who, contribution, "allocate", "1", need=need, consent=consent)
    cast.entry(who, contribution, "allocate", "1", need=need, consent="" if inside else "letter of 3 May")


def test_a_tight_earmark_is_one_need_and_a_need_s_own_state_counts(who, need):
    other = cast.request_in(who, "open", need={"state_id": "TJK"}).needs.get()
    tight = cast.contribution_in(who, "received", earmarking="tight", earmarked_need=other)
    with pytest.raises(Refused, match="consent"):
        cast.entry(who, tight, "allocate", "1", need=need)
    cast.entry(who, tight, "allocate", "1", need=other)
    tajik = cast.contribution_in(who, "received", earmarking="soft", earmarked_state_id="TJK")
    cast.entry(who, tajik, "allocate", "1", need=other)
    refused(
        "contribution_need_is_tight",
        "UPDATE donors_contribution SET earmarking = 'soft' WHERE id = %s",
        tight.pk,
    )


def test_money_goes_to_a_need_that_is_open(who):
    contribution = cast.contribution_in(who, "received")
    for status in ("submitted", "under_review", "closed", "withdrawn"):
        with pytest.raises(Refused, match="not open on that day"):
            cast.entry(who, contribution, "allocate", "1", need=cast.request_in(who, status).needs.get())
    with pytest.raises(Refused, match="name the need"):
        cast.entry(who, contribution, "allocate", "1")


def test_cash_through_unodc_opens_a_contribution(who):
    pledge = cast.pledge_in(
        who, "agreed", kind="cash", channel="through-unodc", value_amount=Decimal(500), value_currency="EUR"
    )
    (contribution,) = pledge.contributions.all()
    assert (contribution.amount, contribution.currency, contribution.status) == (500, "EUR", "announced")
    assert contribution.earmarked_need_id == pledge.need_id
    assert not cast.pledge_in(
        who, "agreed", kind="cash", value_amount=Decimal(5), value_currency="EUR"
    ).contributions.all()


def insert(contribution, **columns):
    row = {
        "contribution_id": contribution.pk, "kind": "receipt", "date": clock.now(), "amount": 1, "rate": 1, "need_id": None,
        "consent": "", "deposit_reference": "", "reason": "", "as_given": "{}", "reverses_id": None,
    } | columns  # fmt: skip
    return (
        f"INSERT INTO donors_ledgerentry ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
        *row.values(),
    )


def test_past_the_services(who, need):
    contribution = cast.contribution_in(who, "received")
    receipt = contribution.entries.get()
    closes = "a_ledger_closes_at_every_moment"
    refused(closes, *insert(contribution, kind="refund", amount="1130.01"))
    refused(closes, *insert(contribution, kind="psc", amount="1130.01"))
    refused(closes, *insert(contribution, kind="allocation", amount="1000.01", need_id=need.pk))
    refused(closes, *insert(contribution, kind="refund", amount=1, date=clock.now() - timedelta(days=1)))
    refused("entry_allocation_names_its_need", *insert(contribution, kind="allocation"))
    refused("entry_allocation_names_its_need", *insert(contribution, need_id=need.pk))
    refused("entry_amount", *insert(contribution, amount=-1))
    refused("entry_amount", *insert(contribution, amount="NaN"))
    refused("entry_kind", *insert(contribution, kind="gift"))
    refused("entry_rate", *insert(contribution, rate=0))
    money = "money_is_in_its_currency_and_its_minor_units"
    refused(money, *insert(contribution, amount="0.001"))
    matches = "a_reversal_matches_what_it_reverses"
    refused(matches, *insert(contribution, reverses_id=receipt.pk, amount=1129))
    refused(matches, *insert(contribution, reverses_id=receipt.pk, kind="psc", amount=1130))
    refused(matches, *insert(cast.contribution_in(who, "received"), reverses_id=receipt.pk, amount=1130))
    cast.reversal(who, receipt)
    with pytest.raises(IntegrityError, match="reverses_id"):
        sql(*insert(contribution, reverses_id=receipt.pk, amount=1130))
    cast.entry(who, contribution, "receive", "1130")
    cast.entry(who, contribution, "allocate", "1000", need=need)
    refused(closes, "UPDATE donors_contribution SET psc_rate = 13.01 WHERE id = %s", contribution.pk)
    refused(money, "UPDATE donors_contribution SET currency = 'XXY' WHERE id = %s", contribution.pk)
    refused(
        "contribution_amount", "UPDATE donors_contribution SET amount = 'NaN' WHERE id = %s", contribution.pk
    )


@pytest.mark.parametrize("statement", [
    "UPDATE donors_ledgerentry SET amount = amount + 1",
    "UPDATE donors_ledgerentry SET reason = 'x' WHERE id = (SELECT min(id) FROM donors_ledgerentry)",
    "DELETE FROM donors_ledgerentry",
    "TRUNCATE donors_ledgerentry CASCADE",
    "TRUNCATE donors_contribution CASCADE",
])  # fmt: skip
def test_an_entry_is_never_edited_not_even_by_the_portal_s_own_role(who, statement):
    cast.contribution_in(who, "received")
    sql("SELECT 1")
    refused("append-only", statement)


def test_values_of_pledges_deliveries_and_needs_are_money_in_the_database_too(who):
    delivery = cast.delivery_in(who, "recorded")
    money = "money_is_in_its_currency_and_its_minor_units"
    for table, pk in (("donors_pledge", delivery.pledge_id), ("donors_delivery", delivery.pk)):
        for amount, code in ((1, "XXY"), ("1.5", "JPY"), ("0.001", "EUR")):
            refused(
                money,
                f"UPDATE {table} SET value_amount = %s, value_currency = %s WHERE id = %s",
                amount,
                code,
                pk,
            )
        thing = table.removeprefix("donors_")
        refused(f"{thing}_value_whole", f"UPDATE {table} SET value_currency = 'EUR' WHERE id = %s", pk)
        for amount in (-1, "NaN"):
            refused(
                f"{thing}_value_whole",
                f"UPDATE {table} SET value_amount = %s, value_currency = 'EUR' WHERE id = %s", amount, pk,
            )  # fmt: skip
    refused(
        money, "UPDATE requests_app_need SET unit_cost_amount = 1.5, unit_cost_currency = 'JPY' WHERE id = %s",
        delivery.pledge.need_id,
    )  # fmt: skip


def test_import_takes_the_size_of_support_costs_as_given(who, need):
    """They may precede the expenditure; the balance and the bound on allocations hold nevertheless."""
    contribution = cast.contribution_in(who, "received")
    giving.enter(contribution, "charge_psc", LedgerEntry(kind="psc", amount=Decimal(200)), actor=IMPORT)
    giving.enter(
        contribution, "allocate", LedgerEntry(kind="allocation", amount=Decimal(930), need=need), actor=IMPORT
    )
    with pytest.raises(Refused, match="below zero"):
        giving.enter(
            contribution,
            "allocate",
            LedgerEntry(kind="allocation", amount=Decimal("0.01"), need=need),
            actor=IMPORT,
        )


def test_an_earmark_says_what_it_is_for(who):
    need = cast.request_in(who, "open").needs.get()
    for earmark, field in (
        ({"earmarking": "soft"}, "theme"),
        ({"earmarking": "tight"}, "need"),
        ({"earmarking": "soft", "earmarked_need": need}, "need"),
        ({"earmarking": "unearmarked", "earmarked_need": need}, "earmarking"),
        ({"earmarking": "unearmarked", "earmarked_state_id": "AFG"}, "earmarking"),
    ):
        with pytest.raises(Refused) as error:
            cast.contribution_in(who, "announced", **earmark)
        assert [refusal.field for refusal in error.value.refusals] == [field]
    silent = Contribution(
        donor=who.nor_officer.organisation, amount=Decimal(5), currency="USD", earmarking="soft"
    )
    assert giving.announce_contribution(silent, actor=IMPORT, at=clock.now()).status == "announced"
    plain = cast.contribution_in(who, "announced")
    for column, value in (
        ("earmarked_region", "142"),
        ("earmarked_state_id", "AFG"),
    ):
        refused(
            "contribution_unearmarked_names_nothing",
            f"UPDATE donors_contribution SET {column} = %s WHERE id = %s", value, plain.pk,
        )  # fmt: skip


def test_money_received_is_entered_late_on_its_own_day(who):
    """Announced when its pledge was agreed, agreed upon on the day of the later signature, entered weeks after."""
    day = datetime(2026, 3, 1, tzinfo=UTC)
    with clock.frozen(day):
        pledge = cast.pledge_in(
            who, "accepted", kind="cash", channel="through-unodc", value_amount=Decimal(500), value_currency="USD",
            agreement_signed=day + timedelta(days=2),
        )  # fmt: skip
    with clock.frozen(day + timedelta(days=20)):
        giving.move_pledge(pledge, "agree", actor=who.nor_approver)
        money = Contribution.objects.get(pledge=pledge)
        assert money.announced_at == day + timedelta(days=2)
        facts = {"agreement_reference": "C-4", "agreement_signed": day + timedelta(days=4)}
        money = giving.move_contribution(money, "agree", actor=who.finance_officer, facts=facts)
        assert money.agreed_at == day + timedelta(days=4)
        with pytest.raises(Refused, match="3 March 2026 is before 5 March 2026") as error:
            cast.entry(who, money, "receive", "500", at=day + timedelta(days=2))
        assert [refusal.field for refusal in error.value.refusals] == ["date"]
        cast.entry(who, money, "receive", "500", at=day + timedelta(days=5))
    with pytest.raises(Refused, match="this is missing"):
        giving.move_contribution(money, "allocate", actor=who.finance_officer)
