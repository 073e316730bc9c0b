"""Entering organisations and rates: what is meant, what is refused, and what the chain says of it."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core.actor import IMPORT, SYSTEM
from portal.core.errors import Refused
from portal.core.unit import Batch, Direct
from portal.directory import selectors, services
from portal.directory.models import ExchangeRate, Organisation
from portal.directory.rules import RateEntry

pytestmark = pytest.mark.django_db


@contextmanager
def direct():
    yield Direct()


@contextmanager
def batch():
    unit = Batch([Organisation, ExchangeRate])
    yield unit
    unit.flush()


UNITS = pytest.mark.parametrize("unit_of_work", [direct, batch])


def upsert(unit, register=None, **facts):
    facts = {"kind": "private", "names": {"en": "Foundation"}} | facts
    return services.upsert_organisation(
        actor=IMPORT, unit=unit, register=register or selectors.Register.load(), **facts
    )


def test_the_first_organisations_stand_in_the_chain():
    assert list(findings()) == []
    assert CaseEvent.objects.filter(case_type="organisation", move="enter").count() == 196
    assert services.list_first_organisations() == 0


@UNITS
def test_a_government_is_found_by_its_state_and_keeps_its_ref(unit_of_work):
    given = {"ref": "org:jpn", "names": {"en": "Government of Japan"}, "kind": "government", "state": "JPN"}
    facts = {"kind": "government", "names": given["names"], "state": "JPN", "as_given": given}
    with unit_of_work() as unit:
        upsert(unit, ref="org:jpn", **facts)
    japan = selectors.government("JPN")
    assert (japan.ref, japan.imported, japan.version) == ("org:jpn", True, 2)
    assert japan.names["fr"] == "Gouvernement du Japon"
    assert selectors.dossier_form(japan, "org:jpn") == given
    # another file may call it otherwise; the ref stays
    with unit_of_work() as unit:
        assert upsert(unit, ref="japan", **facts | {"as_given": None}).ref == "org:jpn"
    assert Organisation.objects.filter(state="JPN").count() == 1
    assert list(findings()) == []


@UNITS
def test_the_secretariat_is_found_by_its_kind(unit_of_work):
    with unit_of_work() as unit:
        upsert(
            unit, ref="org:unodc", kind="secretariat", names={"en": "UNODC"}, as_given={"ref": "org:unodc"}
        )
    assert selectors.secretariat().ref == "org:unodc"
    assert Organisation.objects.filter(kind="secretariat").count() == 1


@UNITS
def test_the_same_again_changes_nothing(unit_of_work):
    facts = {"ref": "f-1", "acronym": "F", "iati_identifier": "XX-1", "as_given": {"ref": "f-1"}}
    with unit_of_work() as unit:
        upsert(unit, **facts)
    events = CaseEvent.objects.count()
    with unit_of_work() as unit:
        upsert(unit, **facts)
    assert CaseEvent.objects.count() == events
    assert Organisation.objects.get(ref="f-1").version == 1


@UNITS
def test_texts_may_change_and_the_chain_says_so(unit_of_work):
    with unit_of_work() as unit:
        upsert(unit, ref="f-1", as_given={"ref": "f-1", "names": {"en": "Foundation"}})
    with unit_of_work() as unit:
        upsert(unit, ref="f-1", names={"fr": "Fondation"}, acronym="F")
    foundation = Organisation.objects.get(ref="f-1")
    assert foundation.names == {"en": "Foundation", "fr": "Fondation"}
    assert foundation.version == 2
    assert selectors.dossier_form(foundation, "f-1") == {
        "ref": "f-1", "names": {"en": "Foundation", "fr": "Fondation"}, "acronym": "F",
    }  # fmt: skip
    moves = CaseEvent.objects.filter(case_type="organisation", case_id=foundation.pk).order_by("sequence")
    assert [event.move for event in moves] == ["enter", "amend"]
    assert moves[1].facts == {"changed": ["acronym", "as_given", "names"]}
    assert list(findings()) == []


def test_one_register_serves_a_whole_file(django_assert_num_queries):
    register, unit = selectors.Register.load(), Batch([Organisation])
    with django_assert_num_queries(0):
        for number in range(20):
            upsert(unit, register, ref=f"f-{number % 10}", as_given={"ref": f"f-{number % 10}"})
    unit.flush()
    assert Organisation.objects.filter(kind="private").count() == 10
    assert register.by_ref("f-3").pk


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "guild"}, "kind"),
        ({"names": {}}, "names"),
        ({"names": {"en": ""}}, "names"),
        ({"names": {"de": "Stiftung"}}, "names"),
        ({"ref": "no good"}, "ref"),
        ({"ref": "x" * 81}, "ref"),
        ({"kind": "government"}, "state"),
        ({"kind": "government", "state": "TWN"}, "state"),
        ({"kind": "government", "state": "GRL"}, "state"),
        ({"state": "FRA"}, "state"),
        ({"ref": "known", "kind": "civil-society"}, "kind"),
        ({"ref": "known", "kind": "secretariat"}, "kind"),
        ({"ref": "org:fra", "kind": "government", "state": "DEU"}, "ref"),
    ],
)
def test_refusals_name_the_fact_and_leave_nothing(facts, field):
    unit = Direct()
    upsert(unit, ref="known")
    upsert(unit, ref="org:fra", kind="government", state="FRA")
    before = (Organisation.objects.count(), CaseEvent.objects.count())
    with pytest.raises(Refused) as refused:
        upsert(unit, **facts)
    assert field in {refusal.field for refusal in refused.value.refusals}
    assert (Organisation.objects.count(), CaseEvent.objects.count()) == before


def test_every_refusal_of_an_organisation_is_given_at_once():
    with pytest.raises(Refused) as refused:
        upsert(Direct(), ref="no good", names={}, state="FRA")
    assert {refusal.field for refusal in refused.value.refusals} == {"ref", "names", "state"}


def test_of_two_governments_with_one_ref_the_second_is_refused():
    register, unit = selectors.Register.load(), Batch([Organisation])
    upsert(unit, register, ref="gov", kind="government", state="FRA")
    with pytest.raises(Refused, match="known as another organisation"):
        upsert(unit, register, ref="gov", kind="government", state="DEU")


def test_an_amendment_that_another_has_made_meanwhile_is_not_made_twice():
    stale = selectors.Register.load()
    upsert(Direct(), ref="org:fra", kind="government", state="FRA", names={"en": "France"})
    upsert(Direct(), stale, ref="org:fra", kind="government", state="FRA", names={"en": "France"})
    assert selectors.government("FRA").version == 2


def test_an_identifier_entered_later_is_exported():
    given = {"ref": "f-1", "names": {"en": "Foundation"}, "kind": "private"}
    upsert(Direct(), ref="f-1", as_given=given)
    upsert(Direct(), ref="f-1", iati_identifier="XX-1")
    foundation = Organisation.objects.get(ref="f-1")
    assert selectors.dossier_form(foundation, "f-1") == given | {"iati_identifier": "XX-1"}


def rate(currency="EUR", day="2018-01-01", per_usd="0.8", source=""):
    return RateEntry(currency, date.fromisoformat(day), Decimal(per_usd), source)


@UNITS
def test_rates_are_entered_in_their_order_once(unit_of_work):
    wanted = [rate(day="2018-02-01"), rate(), rate("JPY", per_usd="112.5", source="Bulletin 1")]
    with unit_of_work() as unit:
        assert len(services.set_rates(wanted, actor=IMPORT, unit=unit)) == 3
    with unit_of_work() as unit:
        assert (
            services.set_rates([*wanted, rate("NOK", per_usd="8")], actor=IMPORT, unit=unit)[0].currency_id
            == "NOK"
        )
    assert [(r.currency_id, str(r.date)) for r in ExchangeRate.objects.order_by("id")] == [
        ("EUR", "2018-02-01"), ("EUR", "2018-01-01"), ("JPY", "2018-01-01"), ("NOK", "2018-01-01"),
    ]  # fmt: skip
    assert CaseEvent.objects.filter(case_type="rate").count() == 4
    assert list(findings()) == []


@UNITS
def test_the_source_of_a_rate_may_change_and_its_value_may_not(unit_of_work):
    with unit_of_work() as unit:
        services.set_rates([rate()], actor=IMPORT, unit=unit)
    with unit_of_work() as unit:
        services.set_rates([rate(source="Bulletin 1")], actor=IMPORT, unit=unit)
    assert ExchangeRate.objects.get().source == "Bulletin 1"
    with pytest.raises(services.FaultyRows, match=r"stands at 0\.8"):
        services.set_rates([rate(per_usd="0.81")], actor=IMPORT, unit=Direct())
    assert ExchangeRate.objects.get().per_usd == Decimal("0.8")
    assert list(findings()) == []


def test_every_fault_of_rates_is_given_at_once_and_nothing_entered():
    wanted = [rate("ZZZ"), rate("USD", per_usd="1.1"), rate(), rate(per_usd="0.9"), rate("JPY", per_usd="0")]
    with pytest.raises(services.FaultyRows) as refused:
        services.set_rates(wanted, actor=IMPORT, unit=Direct())
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [
        (0, "currency"), (1, "per_usd"), (3, "date"), (4, "per_usd"),
    ]  # fmt: skip
    assert not ExchangeRate.objects.exists()


def read(text, **options):
    return services.import_rates_csv(
        text if isinstance(text, bytes) else text.encode(), actor=SYSTEM, **options
    )


GOOD = """currency,date,per_usd,source
EUR,2018-01-01,0.8321,Bulletin 1
USD,2018-01-01,1,
JPY,2018-01-15,112.50,
"""


def test_a_file_of_rates():
    assert read(GOOD, dry_run=True) == services.RatesRead(entered=3, unchanged=0)
    assert not ExchangeRate.objects.exists()
    assert read(GOOD) == services.RatesRead(entered=3, unchanged=0)
    assert read(GOOD) == services.RatesRead(entered=0, unchanged=3)
    assert selectors.rate_on("JPY", date(2018, 2, 1)) == Decimal("112.5")
    assert list(findings()) == []


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        "per_usd,currency,date\n0.8, EUR ,2018-01-01\n\n,,\n",
        'currency,date,per_usd,source\nEUR,2018-01-01,0.8,"Bulletin, first\nof two lines"\n',
    ],
)
def test_forms_of_a_file_that_spreadsheets_write(text):
    assert read(text).entered >= 1


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(1, "currency"), (1, "date"), (1, "per_usd")]),
        ("currency,date\nEUR,2018-01-01\n", [(1, "per_usd")]),
        ("currency,date,per_usd,rate\n", [(1, "rate")]),
        ("currency,date,per_usd,date\n", [(1, "date")]),
        (
            "currency;date;per_usd\n",
            [(1, "currency"), (1, "date"), (1, "per_usd"), (1, "currency;date;per_usd")],
        ),
        (
            "currency,date,per_usd\neur,2018-01-01,0.8\nEUR,01/02/2018,0.8\nEUR,2018-02-30,x\n,,1\n",
            [(2, "currency"), (3, "date"), (4, "date"), (4, "per_usd"), (5, "currency"), (5, "date")],
        ),
        ("currency,date,per_usd\nEUR,2018-01-01,1e3\nEUR,2018-01-02,-1\nEUR,2018-01-03,٣\n",
         [(2, "per_usd"), (3, "per_usd"), (4, "per_usd")]),
        ("currency,date,per_usd\nEUR,2018-01-01,1.123456789\nEUR,2018-01-02,1234567890\nEUR,2018-01-03,NaN\n",
         [(2, "per_usd"), (3, "per_usd"), (4, "per_usd")]),
        ("currency,date,per_usd\nEUR,2018-01-01,0.8\nEUR,2018-01-01,0.8\nUSD,2018-01-01,2\n",
         [(3, "date"), (4, "per_usd")]),
        ("currency,date,per_usd\nEUR,2018-01-01,0.8,more\n", [(2, "")]),
        ("currency,date,per_usd,source\nEUR,2018-01-01,0.8,a\0b\n", [(2, "source")]),
        ('currency,date,per_usd\nEUR,2018-01-01,"0.8', [(2, "")]),
        (b"currency,date,per_usd\nEUR,2018-01-01,\xff\n", [(2, "")]),
        (b"\x89PNG\r\n\x1a\n", [(1, "")]),
    ],
)  # fmt: skip
def test_every_fault_of_a_file_by_line_and_nothing_entered(text, faults):
    with pytest.raises(services.FaultyRows) as refused:
        read(text)
    assert [(fault.row, fault.column) for fault in refused.value.faults] == faults
    assert not ExchangeRate.objects.exists()


def test_a_file_that_contradicts_a_rate_entered_before():
    read(GOOD)
    with pytest.raises(services.FaultyRows, match=r"stands at 0\.8321"):
        read(GOOD.replace("0.8321", "0.83"), dry_run=True)


def test_the_command(tmp_path):
    file = tmp_path / "rates.csv"
    file.write_text(GOOD)
    out = StringIO()
    call_command("import_rates", str(file), "--dry-run", stdout=out)
    assert out.getvalue() == "3 rates would be entered, 0 unchanged\n"
    call_command("import_rates", str(file), stdout=StringIO())
    assert ExchangeRate.objects.count() == 3
    file.write_text("currency,date,per_usd\nEUR,x,y\n")
    with pytest.raises(CommandError) as refused:
        call_command("import_rates", str(file))
    assert len(str(refused.value).splitlines()) == 2
    assert "line 2, date" in str(refused.value)
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_rates", str(tmp_path / "none.csv"))
