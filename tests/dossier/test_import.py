"""What an import stores, what it refuses, and what an import of the same or a later file changes."""

import copy
import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import connection

from donors.models import Contribution, Delivery, LedgerEntry, Offer, Pledge
from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core import clock
from portal.directory.models import ExchangeRate, Organisation
from portal.dossier.exporting import export_dossier
from portal.dossier.importing import Imported, import_dossier
from portal.dossier.models import Heading
from portal.dossier.progress import Progress
from portal.notifications.models import Outbox
from reports.models import Input, Session
from reports.services import session_of
from requests_app.models import AssistanceRequest, ImpactAssessment, Need, RequestGrant
from tests.conftest import empty_tables
from tests.dossier.samples import whole, written
from tests.dossier.test_broken import MEANING, SHAPE, Breaks, _grow, _named, drop, put, several

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day_of_import() -> Iterator[None]:
    with clock.frozen(datetime(2020, 6, 30, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Imported]:
    def loaded(document: Any, **options: Any) -> Imported:
        source = tmp_path / "dossier.json"
        source.write_bytes(document if isinstance(document, bytes) else written(document))
        return import_dossier(source, **options)

    return loaded


def exported() -> str:
    stream = io.StringIO()
    export_dossier(stream)
    return stream.getvalue()


def told(imported: Imported) -> dict[str, str]:
    return dict(imported.problems)


def stored() -> dict[str, int]:
    models = (AssistanceRequest, Need, Pledge, Delivery, Contribution, LedgerEntry, ImpactAssessment, ExchangeRate,
              Input, Session, Heading, Outbox)  # fmt: skip
    counts = {model.__name__: model.objects.count() for model in models}
    return counts | {
        "organisations": Organisation.objects.filter(imported=True).count(),
        "events": CaseEvent.objects.exclude(actor_kind="system").count(),
    }


NOTHING = dict.fromkeys(
    ("AssistanceRequest", "Need", "Pledge", "Delivery", "Contribution", "LedgerEntry", "ImpactAssessment",
     "ExchangeRate", "Input", "Session", "Heading", "Outbox", "organisations", "events"), 0
)  # fmt: skip


def test_export_gives_back_everything_that_was_imported(load: Callable[..., Imported]) -> None:
    document = whole()
    assert told(load(document)) == {}
    assert json.loads(exported()) == document
    assert list(findings()) == []
    assert Outbox.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_export_imported_into_an_empty_portal_exports_the_same_bytes(load: Callable[..., Imported]) -> None:
    document = whole()
    load(document)
    first = exported()
    empty_tables()
    assert stored() == NOTHING
    load(first.encode())
    assert exported() == first


def test_a_second_import_of_the_same_file_changes_nothing(load: Callable[..., Imported]) -> None:
    document = whole()
    load(document)
    before, out = stored(), exported()
    versions = list(Pledge.objects.order_by("pk").values_list("pk", "version", "status", "reference"))
    assert load(document).stored
    assert (stored(), exported()) == (before, out)
    assert load(out.encode()).stored
    assert (stored(), exported()) == (before, out)
    assert list(Pledge.objects.order_by("pk").values_list("pk", "version", "status", "reference")) == versions
    assert list(findings()) == []


@pytest.mark.parametrize(("breaks", "path", "reason"), [*SHAPE, *MEANING], ids=_named)
def test_a_broken_file_stores_nothing(
    load: Callable[..., Imported], breaks: Breaks, path: str, reason: str
) -> None:
    document = _grow(whole())
    breaks(document)
    imported = load(document)
    assert not imported.stored
    assert reason in "; ".join(why for where, why in imported.problems if where == path)
    assert stored() == NOTHING


def _second_pledge(document: dict[str, Any]) -> None:
    document["pledges"].append(
        {
            "ref": "P4",
            "donor": "org:jpn",
            "need": "N1",
            "kind": "in-kind",
            "form": "training",
            "description": "Places",
            "quantity": "9",
            "unit": "places",
            "dates": {"offered": "2018-02-15"},
        }
    )


REPLAYED: list[tuple[Breaks, str, str]] = [
    (put("pledges.0.quantity", "20.0001"), "pledges[0].quantity", "are left"),
    (_second_pledge, "pledges[3].quantity", "8 places are left"),
    (
        # held until withdrawn, though nothing is held at the end
        several(_second_pledge, put("pledges.3.dates", {"offered": "2018-02-15", "withdrawn": "2018-03-01"})),
        "pledges[3].quantity",
        "8 places are left",
    ),
    (put("pledges.1.dates.cancelled", "2018-05-02"), "pledges[2].dates.offered", "cancelled"),
    (put("deliveries.0.quantity", "12.5"), "deliveries[0].quantity", "12 are left to deliver"),
    (
        put("contributions.0.allocations.0.amount", "4672.90"),
        "contributions[0].allocations[0].amount",
        "support cost rate",
    ),
    (put("contributions.0.allocations.0.amount", "4650"), "contributions[0].refunds[0].amount", "balance"),
    (
        several(drop("contributions.0.psc_charges"), put("contributions.0.allocations.0.amount", "4673")),
        "contributions[0].allocations[0].amount",
        "support cost rate",
    ),
    (
        put("contributions.0.psc_charges.0.date", "2018-03-31"),
        "contributions[0].psc_charges[0]",
        "present state",
    ),
    (
        several(
            put("contributions.0.earmarking", "unearmarked"),
            drop("contributions.0.earmarked_for"),
            put("contributions.0.allocations.0.need", "N3"),
            put("contributions.0.allocations.0.date", "2019-06-02"),
        ),
        "contributions[0].allocations[0].need",
        "not open",
    ),
    (
        put("contributions.0.allocations.0.date", "2018-01-31"),
        "contributions[0].allocations[0].date",
        "before",
    ),
    (put("pledges.0.dates.offered", "2018-01-31"), "pledges[0].need", "not open"),
    (put("pledges.2.dates", {"offered": "2018-05-01"}), "requests[1].dates.closed", "still pending: P3"),
    (put("assessments.0.submitted", "2018-04-09"), "assessments[0].submitted", "confirmed"),
    (
        put("deliveries.0.disputed", {"date": "2018-04-11", "reason": "x"}),
        "deliveries[0].confirmed",
        "before disputed",
    ),
]


@pytest.mark.parametrize(("breaks", "path", "reason"), REPLAYED, ids=_named)
def test_what_breaks_a_rule_at_any_moment_is_refused(
    load: Callable[..., Imported], breaks: Breaks, path: str, reason: str
) -> None:
    document = whole()
    breaks(document)
    imported = load(document)
    assert not imported.stored
    found = told(imported)
    assert path in found, found
    assert reason in found[path]
    assert stored() == NOTHING


def test_errors_of_shape_meaning_and_replay_come_together(load: Callable[..., Imported]) -> None:
    document = whole()
    document["requests"][1]["colour"] = "red"
    document["contributions"][0]["refunds"][0]["amount"] = "4000"
    document["assessments"][0]["published"] = "2018-02-30"
    _second_pledge(document)
    assert told(load(document)).keys() == {
        "requests[1].colour",
        "contributions[0].refunds[0].amount",
        "assessments[0].published",
        "pledges[3].quantity",
    }


def test_within_one_day_what_frees_comes_before_what_takes(load: Callable[..., Imported]) -> None:
    """Circulated, offered, accepted, agreed and delivered in a day; released, and offered to another."""
    document = whole()
    _second_pledge(document)
    document["pledges"][3]["quantity"] = "8"
    document["pledges"][3]["dates"] = {"offered": "2018-02-15", "withdrawn": "2018-02-20"}
    document["pledges"].insert(
        0,
        document["pledges"][3]
        | {
            "ref": "P0",
            "dates": {"offered": "2018-02-20", "accepted": "2018-02-20", "agreed": "2018-02-20"},
        },
    )
    document["deliveries"].append({"ref": "D2", "pledge": "P0", "date": "2018-02-20", "quantity": "8"})
    assert told(load(document)) == {}
    assert json.loads(exported()) == document


def test_a_delivery_of_the_day_of_cancellation_counts(load: Callable[..., Imported]) -> None:
    document = whole()
    document["deliveries"].append({"ref": "D2", "pledge": "P2", "date": "2018-05-01", "quantity": "1"})
    assert told(load(document)) == {}
    assert json.loads(exported()) == document


@pytest.mark.parametrize(
    "change",
    [
        put("requests.0.dates.submitted", "2018-01-03T23:59:59Z"),
        put("requests.0.dates.acknowledged", "2018-01-05T00:00:00Z"),
        put("requests.0.clarifications.0.asked", "2018-01-06T12:00Z"),
        put("pledges.0.value.amount", "1200.5000"),
        put("pledges.0.quantity", "12.0"),
        put("pledges.0.channel", "direct"),
        put("pledges.0.finance", "grant"),
        put("pledges.0.anonymous", False),
        put("pledges.0.conditions", ""),
        put("pledges.0.window", {}),
        put("pledges.0.joint_donors", ["org:jpn", "org:jpn"]),
        put("requests.0.selected_donors", ["org:jpn", "org:deu", "org:jpn"]),
        put("requests.0.visibility", "unodc"),
        put("requests.0.named_in_report", False),
        put("requests.0.objectives", ""),
        put("requests.0.drugs", []),
        put("requests.0.needs.0.mainly_for", ["women", "children"]),
        put("requests.0.needs.0.beneficiaries", {}),
        put("requests.0.note_verbale.number", ""),
        put("contributions.0.psc_rate", "13.00"),
        lambda d: d["contributions"][0]["receipts"].insert(0, {"date": "2018-05-01", "amount": "1.10"}),
        put("deliveries.0.participants", {}),
        put("deliveries.0.follow_ups", []),
        put("deliveries.0.disputed", {"date": "2018-04-02", "reason": ""}),
        put("exchange_rates.0", {"currency": "EUR", "date": "2018-01-01T10:00Z", "per_usd": "0.90", "source": ""}),
        put("organisations.0.acronym", ""),
        put("assessments.0.ratings", {}),
        put("assessments.0.indicators.0.target", ""),
        put("sessions.0.body", ""),
        put("sessions.0.opens", "2019-03-14T09:00:00Z"),
        drop("sessions"),
        drop("title"),
        put("title", ""),
        put("title", "\u2028 \U0001f600"),
        several(
            drop("pledges.2"), drop("requests.1.dates.closed"),
            put("requests.1.dates.withdrawn", "2018-02-01"), put("requests.1.dates.reopened", "2018-02-01"),
        ),
        put(
            "requests.0.clarifications",
            [
                {"asked": "2018-01-08", "question": "Second?", "answered": "2018-01-09", "answer": "b"},
                {"asked": "2018-01-06", "question": "First?", "answered": "2018-01-10", "answer": "a"},
            ],
        ),
    ],
)  # fmt: skip
def test_what_is_written_otherwise_is_given_back_as_it_was(
    load: Callable[..., Imported], change: Breaks
) -> None:
    document = whole()
    change(document)
    assert told(load(document)) == {}
    assert json.loads(exported()) == document
    out, before = exported(), stored()
    assert load(out.encode()).stored
    assert (exported(), stored()) == (out, before)
    assert list(findings()) == []


def test_the_file_keeps_its_order(load: Callable[..., Imported]) -> None:
    document = whole()
    for name in ("organisations", "exchange_rates", "requests", "pledges"):
        document[name].reverse()
    assert told(load(document)) == {}
    assert json.loads(exported()) == document


ADDED: list[Breaks] = [
    put("requests.0.title", "Another title"),
    put("requests.0.objectives", "Added"),
    put("requests.0.visibility", "public"),
    put("requests.0.selected_donors", ["org:deu", "org:bank"]),
    put("requests.0.needs.0.description", "Other words"),
    put("requests.0.clarifications.0.answer", "Other words"),
    lambda d: d["requests"][0]["clarifications"].append(
        {"asked": "2018-01-07", "question": "Also?", "answered": "2018-01-20", "answer": "Yes."}
    ),
    lambda d: d["requests"][0]["needs"].append(d["requests"][0]["needs"][1] | {"ref": "N9"}),
    lambda d: (_second_pledge(d), put("pledges.3.quantity", "8")(d)),
    put("pledges.0.dates.acknowledged", "2019-01-01"),
    lambda d: d["deliveries"].append({"ref": "D2", "pledge": "P1", "date": "2018-03-20", "quantity": "6"}),
    lambda d: d["deliveries"][0]["follow_ups"].append({"date": "2019-04-10", "status": "lost"}),
    lambda d: d["contributions"][0]["receipts"].append({"date": "2018-03-05", "amount": "1"}),
    lambda d: d["contributions"][0]["allocations"].insert(
        0, {"date": "2018-04-02", "amount": "5", "need": "N1"}
    ),
    lambda d: d["narratives"].append(d["narratives"][0] | {"paragraph": 4}),
    put("narratives.0.text", "Other words"),
    put("assessments.0.findings", "Other words"),
    lambda d: d["exchange_rates"].append({"currency": "EUR", "date": "2018-02-01", "per_usd": "0.8"}),
    put("sessions.0.venue", "Vienna"),
    put("organisations.1.names", {"en": "Germany", "fr": "Allemagne"}),
    put("title", "Another title"),
]


@pytest.mark.parametrize("change", ADDED)
def test_a_later_file_changes_texts_and_adds(load: Callable[..., Imported], change: Breaks) -> None:
    load(whole())
    document = whole()
    change(document)
    assert told(load(document)) == {}
    assert _sorted(json.loads(exported())) == _sorted(document)
    out, before = exported(), stored()
    assert load(document).stored
    assert (exported(), stored()) == (out, before)
    assert list(findings()) == []


def _sorted(document: dict[str, Any]) -> dict[str, Any]:
    """What was added later stands after what stood before."""
    document = copy.deepcopy(document)
    document["contributions"][0]["allocations"].sort(key=lambda entry: entry["date"])
    return document


ALTERED: list[tuple[Breaks, str, str]] = [
    (put("requests.0.dates.circulated", "2018-02-02"), "requests[0].dates.circulated", "not altered"),
    (drop("requests.1.dates.closed"), "requests[1].dates.closed", "not removed"),
    (put("requests.0.needs.0.quantity", "21"), "requests[0].needs[0].quantity", "not altered"),
    (put("requests.0.state", "NER"), "requests[0].state", "not altered"),
    (drop("requests.0.note_verbale"), "requests[0].note_verbale", "not removed"),
    (put("requests.0.clarifications", []), "requests[0].clarifications", "not removed"),
    (
        several(drop("requests.0.needs.1"), drop("pledges.1"), drop("contributions"), drop("pledges.1")),
        "requests[0].needs",
        "not removed",
    ),
    (put("pledges.0.quantity", "11"), "pledges[0].quantity", "not altered"),
    (put("contributions.0.donor", "org:deu"), "contributions[0].donor", "not altered"),
    (put("pledges.1.dates.cancelled", "2018-04-30"), "pledges[1].dates.cancelled", "not altered"),
    (put("pledges.2.value", {"amount": "5", "currency": "EUR"}), "pledges[2].value", "not given before"),
    (put("contributions.0.receipts.0.amount", "5001"), "contributions[0].receipts[0]", "not altered"),
    (put("contributions.0.receipts.0.date", "2018-03-31"), "contributions[0].receipts[0]", "not altered"),
    (put("contributions.0.refunds", []), "contributions[0].refunds", "not removed"),
    (put("deliveries.0.confirmed", "2018-04-11"), "deliveries[0].confirmed", "not altered"),
    (drop("deliveries.0.confirmed"), "deliveries[0].confirmed", "not removed"),
    (put("exchange_rates.0.per_usd", "0.95"), "exchange_rates[0].per_usd", "not changed"),
    (put("sessions.0.to", "2018-12-30"), "sessions[0].to", "not altered"),
    (put("assessments.0.ratings.relevance", 5), "assessments[0].ratings.relevance", "not altered"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "path", "reason"), ALTERED, ids=_named)
def test_what_happened_is_not_altered_or_removed(
    load: Callable[..., Imported], change: Breaks, path: str, reason: str
) -> None:
    load(whole())
    before, out = stored(), exported()
    document = whole()
    change(document)
    imported = load(document)
    assert not imported.stored
    found = told(imported)
    assert path in found, found
    assert reason in found[path]
    assert (stored(), exported()) == (before, out)


def test_a_later_file_stands_on_records_of_an_earlier_one(load: Callable[..., Imported]) -> None:
    load(whole())
    later = {
        "format": "assistance-dossier/1",
        "pledges": [
            {
                "ref": "P9", "donor": "org:bank", "need": "N1", "kind": "cash", "form": "training",
                "description": "Places", "quantity": "9", "unit": "places", "dates": {"offered": "2018-03-01"},
            }
        ],
        "deliveries": [{"ref": "D9", "pledge": "P1", "date": "2018-05-01", "quantity": "7"}],
    }  # fmt: skip
    assert told(load(later)).keys() == {"pledges[0].quantity", "deliveries[0].quantity"}
    later["pledges"][0]["quantity"], later["deliveries"][0]["quantity"] = "8", "6"
    assert told(load(later)) == {}
    assert Pledge.objects.get(ref="P1").status == "delivered"
    assert list(findings()) == []


def test_a_government_is_known_by_its_state(load: Callable[..., Imported]) -> None:
    load(whole())
    later = {
        "format": "assistance-dossier/1",
        "organisations": [{"ref": "japan", "names": {"en": "Japan"}, "kind": "government", "state": "JPN"}],
        "offers": [whole()["offers"][0] | {"ref": "O2", "donor": "japan"}],
    }
    assert told(load(later)) == {}
    assert Organisation.objects.get(state="JPN").ref == "org:jpn"
    assert [offer["donor"] for offer in json.loads(exported())["offers"]] == ["org:deu", "org:jpn"]


def test_a_dry_run_stores_nothing(load: Callable[..., Imported]) -> None:
    imported = load(whole(), dry_run=True)
    assert (told(imported), imported.stored, stored()) == ({}, False, NOTHING)


def test_chosen_donors_see_the_request(load: Callable[..., Imported]) -> None:
    load(whole())
    germany = Organisation.objects.get(state="DEU")
    assert [grant.group.name for grant in RequestGrant.objects.all()] == [f"organisation:{germany.pk}"]


@pytest.mark.django_db(transaction=True)
def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "in.json", tmp_path / "out.json"
    source.write_bytes(written(whole()))
    call_command("import_dossier", str(source), "--dry-run")
    assert stored() == NOTHING
    call_command("import_dossier", str(source))
    call_command("export_dossier", "-o", str(out))
    assert json.loads(out.read_text()) == whole()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.json", "out.json"]
    capsys.readouterr()
    call_command("export_dossier")
    assert capsys.readouterr().out == out.read_text()
    with pytest.raises(CommandError):
        call_command("export_dossier", "-o", str(tmp_path / "none" / "out.json"))


def test_the_command_names_every_error_on_the_error_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.json"
    document = whole()
    document["requests"][0]["title"] = ""
    document["pledges"][0]["form"] = "\u001b[31m\nx"
    source.write_bytes(written(document))
    with pytest.raises(CommandError, match="nothing was stored") as raised:
        call_command("import_dossier", str(source))
    assert raised.value.returncode == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["requests[0].title", "pledges[0].form"]
    assert all(line.isprintable() for line in lines)
    with pytest.raises(CommandError):
        call_command("import_dossier", str(tmp_path / "none.json"))
    assert capsys.readouterr().err == f"{tmp_path / 'none.json'}: there is no such file\n"


def test_a_request_circulated_with_a_question_open_had_its_answer_outside(
    load: Callable[..., Imported],
) -> None:
    document = whole()
    document["requests"][0]["clarifications"].append({"asked": "2018-01-20", "question": "And this?"})
    assert told(load(document)) == {}
    assert json.loads(exported()) == document


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (put("exchange_rates.0.date", "2018-02-30"), "exchange_rates[0].date"),
        (put("requests.0.needs.0.unit", "placez"), "requests[0].needs[0].unit"),
        (put("organisations.1.kind", "x"), "organisations[1].kind"),
        (put("pledges.0.value.currency", "EURO"), "pledges[0].value.currency"),
        (put("requests", None), "requests"),
        (put("pledges", "none"), "pledges"),
        (put("deliveries.0.quantity", "13"), "deliveries[0].quantity"),
        (put("requests.0.dates.submitted", "2018-01-06"), "requests[0].dates.acknowledged"),
    ],
)
def test_one_mistake_is_told_once(load: Callable[..., Imported], change: Breaks, path: str) -> None:
    document = whole()
    change(document)
    assert list(told(load(document))) == [path]


def test_the_session_that_is_there_from_the_start_takes_the_period_of_the_dossier(
    load: Callable[..., Imported],
) -> None:
    session_of(62)
    document = whole()
    document["sessions"][0]["to"] = "2018-06-30"
    assert told(load(document)) == {}
    assert json.loads(exported()) == document
    assert list(findings()) == []


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_are_one_after_the_other(tmp_path: Path) -> None:
    source = tmp_path / "dossier.json"
    source.write_bytes(written(whole()))

    def run() -> bool:
        try:
            return import_dossier(source).stored
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert [future.result() for future in [pool.submit(run) for _ in range(4)]] == [True] * 4
    assert json.loads(exported()) == whole()
    assert (AssistanceRequest.objects.count(), Pledge.objects.count()) == (2, 3)
    assert list(findings()) == []


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere(load: Callable[..., Imported]) -> None:
    terminal, plain = OutputWrapper(_Terminal()), OutputWrapper(io.StringIO())
    for stream in (terminal, plain):
        with Progress(stream) as progress:
            load(whole(), dry_run=True, told=progress.told)
    assert "█" in terminal.getvalue()
    assert plain.getvalue().splitlines() == ["reading ...", "checking ...", "replaying ...", "storing ..."]


@pytest.mark.django_db(transaction=True)
def test_what_was_born_in_the_portal_is_exported_by_its_own_references(load: Callable[..., Imported]) -> None:
    load(whole())
    for model in (AssistanceRequest, Need, Offer, Pledge, Delivery, Contribution, ImpactAssessment):
        model.objects.update(ref=None)
    out, before = exported(), stored()
    document = json.loads(out)
    assert document["pledges"][0]["ref"] == "PL-2018-0001"
    assert document["pledges"][0]["need"] == "TA-2018-AFG-0001-N1"
    assert load(out.encode()).stored
    assert (exported(), stored()) == (out, before)
    empty_tables()
    assert told(load(out.encode())) == {}
    assert exported() == out
