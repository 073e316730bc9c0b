"""The sample: what it holds, that it says what it is, and that it loads."""

import csv
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from donors.models import Contribution, Delivery, Offer, Pledge
from portal.audit.models import CaseEvent
from portal.core.clock import frozen
from portal.core.working_days import is_working_day, working_days
from portal.directory.selectors import holidays as holidays_of_portal
from portal.dossier.sample import LIVE, PEOPLE, SAMPLE
from portal.dossier.sample.relative import resolve
from portal.policy.roles import R
from requests_app.models import AssistanceRequest, ImpactAssessment

DATA = Path(__file__).parents[2] / "portal" / "directory" / "data"
SAMPLE_WORDS = {
    "en": "(sample record)",
    "fr": "(fiche fictive)",
    "es": "(registro ficticio)",
    "ar": "(سجل تجريبي)",
    "ru": "(вымышленная запись)",
}
INVENTED = "Invented sample record; not an act of any State or organization."
SOURCED = ("requests", "pledges", "contributions", "deliveries")
FROM, TO = "2017-03-18", "2018-12-31"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def document(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sample():
    return document(SAMPLE)


@pytest.fixture(scope="module")
def live():
    return document(LIVE)


@pytest.fixture(scope="module")
def holidays():
    return frozenset(date.fromisoformat(row["date"]) for row in rows("holidays.csv"))


def submitted_in_period(dossier):
    return [r for r in dossier["requests"] if FROM <= r["dates"].get("submitted", "")[:10] <= TO]


# what it says of itself


def test_every_record_says_whether_it_is_illustrative_or_invented(sample, live):
    for dossier in (sample, live):
        for collection in SOURCED:
            for record in dossier.get(collection, ()):
                if record["ref"].startswith("REAL-"):
                    assert record["source"].startswith("Illustrative: "), record["ref"]
                    assert "assumption" in record["source"], record["ref"]
                else:
                    assert record["source"] == INVENTED, record["ref"]


def test_invented_requests_say_so_in_their_title(sample, live):
    for request in (*sample["requests"], *live["requests"]):
        marked = request["title"].endswith(SAMPLE_WORDS.get(request.get("language"), "()"))
        assert marked is not request["ref"].startswith("REAL-"), request["ref"]


def test_what_has_no_source_line_says_it_in_its_text(sample, live):
    texts = [a["findings"] for a in sample["assessments"]]
    texts += [n["text"] for n in sample["narratives"]]
    texts += [o["description"] for o in (*sample["offers"], *live["offers"])]
    words = ("nvented sample", "ictif", "ictive", "icticio", "ымышленн", "تجريبي", "虚构")
    assert [text for text in texts if not any(word in text for word in words)] == []


def test_providers_are_governments_named_in_cases_or_called_samples(sample):
    real = {"org:unodc", "org:eu", "org:worldbank", "org:idb"}
    for organisation in sample["organisations"]:
        if organisation["kind"] != "government" and organisation["ref"] not in real:
            assert organisation["names"]["en"].startswith("Sample "), organisation["ref"]


def test_nothing_real_counts_as_requested_or_pledged_in_the_period(sample):
    assert [r["ref"] for r in submitted_in_period(sample) if r["ref"].startswith("REAL-")] == []
    offered = [p for p in sample["pledges"] if FROM <= p["dates"].get("offered", "")[:10] <= TO]
    assert [p["ref"] for p in offered if p["ref"].startswith("REAL-")] == []


def test_people_are_named_for_their_roles():
    people = document(PEOPLE)["people"]
    held = {role for person in people for role in person["roles"]}
    assert held == {role.value for role in R} - {R.PUBLIC.value}
    assert all(person["name"].startswith("Sample ") for person in people)
    assert all(person["email"].endswith("@example.org") for person in people)
    assert len({person["email"] for person in people}) == len(people)


def test_people_belong_to_organisations_of_the_sample(sample):
    known = {organisation["ref"] for organisation in sample["organisations"]}
    assert {person["organisation"] for person in document(PEOPLE)["people"]} <= known


# what it holds


def test_an_ordinary_year(sample):
    requests = submitted_in_period(sample)
    asking = {state for r in requests for state in (r["state"], *r.get("co_requesters", ()))}
    status = {row["iso3"]: row for row in rows("states.csv")}
    needs = [need for request in requests for need in request["needs"]]
    assert len(requests) >= 40
    assert len(asking) >= 25
    assert {status[state]["region"] for state in asking} == {"002", "009", "019", "142", "150"}
    assert any(status[state]["lldc"] == "yes" for state in asking)
    assert any(status[state]["sids"] == "yes" for state in asking)
    assert len(needs) >= 90
    assert {need["form"] for need in needs} == {row["code"] for row in rows("forms.csv")}
    assert {need["theme"] for need in needs} == {row["code"] for row in rows("themes.csv")}
    assert {number for need in needs for number in need["paragraphs"]} == set(range(1, 10))
    assert {r.get("language") for r in requests} >= {"ar", "en", "es", "fr", "ru"}
    assert any(r.get("co_requesters") for r in requests)
    assert {r["visibility"] for r in requests} == {"unodc", "selected-donors", "all-donors", "public"}
    assert any(r.get("named_in_report") is False for r in requests)


def test_pledges_of_every_kind_and_end(sample):
    kinds = {organisation["ref"]: organisation["kind"] for organisation in sample["organisations"]}
    pledges = [p for p in sample["pledges"] if FROM <= p["dates"].get("offered", "")[:10] <= TO]
    assert len(pledges) >= 60
    assert len({p["donor"] for p in pledges}) >= 15
    assert {kinds[p["donor"]] for p in pledges} == {
        "government", "secretariat", "un-entity", "intergovernmental", "financial-institution",
        "civil-society", "private",
    }  # fmt: skip
    ends = Counter(move for p in sample["pledges"] for move, day in p["dates"].items() if day <= TO)
    assert set(ends) == {
        "announced", "offered", "accepted", "declined", "agreed", "withdrawn", "cancelled", "acknowledged",
        "lapsed",
    }  # fmt: skip
    for key in ("joint_donors", "anonymous", "redirected_from", "state", "offer", "claims"):
        assert any(p.get(key) for p in sample["pledges"]), key
    assert any(p.get("finance") == "loan" for p in pledges)
    assert any(p.get("channel") == "through-unodc" for p in pledges)
    assert any("need" not in p for p in pledges)


def test_deliveries_contributions_and_assessments(sample):
    deliveries = [d for d in sample["deliveries"] if FROM <= d["date"] <= TO]
    assert any("disputed" in d for d in deliveries)
    assert any(d.get("confirmed", "9999") > TO for d in deliveries)
    assert any(d.get("participants") for d in deliveries)
    uses = {f["status"] for d in sample["deliveries"] for f in d.get("follow_ups", ())}
    assert uses == {"in-use", "partly-in-use", "not-in-use", "lost", "staff-moved"}
    contributions = sample["contributions"]
    assert {c["currency"] for c in contributions} == {"USD", "EUR", "JPY", "NOK"}
    assert {c["earmarking"] for c in contributions} == {"unearmarked", "soft", "tight"}
    assert any(c.get("psc_rule") for c in contributions)
    assert any(c.get("refunds") for c in contributions)
    assert any(a.get("consent") for c in contributions for a in c.get("allocations", ()))
    assert sum(FROM <= a["submitted"] <= TO for a in sample["assessments"]) >= 10
    assert {n["paragraph"] for n in sample["narratives"]} == set(range(1, 12))


# days told from the day of loading


@pytest.mark.parametrize(
    ("token", "day"),
    [
        ("today", "2018-12-31"),
        ("today-12", "2018-12-19"),
        ("today+30", "2019-01-30"),
        ("today-1wd", "2018-12-28"),
        ("today-3wd", "2018-12-24"),  # 25 and 26 December are official holidays
        ("today+1wd", "2019-01-02"),
        ("a text about today-12", "a text about today-12"),
        ("today-12 ", "today-12 "),
    ],
)
def test_tokens(token, day, holidays):
    assert resolve({"a": [token]}, today=date(2018, 12, 31), holidays=holidays) == {"a": [day]}


@given(st.dates(date(2016, 6, 1), date(2027, 12, 31)), st.integers(0, 40))
def test_a_clock_shows_the_same_count_whenever_the_sample_is_loaded(today, count):
    off = frozenset(date.fromisoformat(row["date"]) for row in rows("holidays.csv"))
    found = date.fromisoformat(resolve(f"today-{count}wd", today=today, holidays=off))
    assert is_working_day(found, off)
    assert working_days(found, today, off) >= count
    after = found + timedelta(days=1)
    while after <= today and not is_working_day(after, off):
        after += timedelta(days=1)
    assert after > today or working_days(after, today, off) < count


# loading


def stored():
    return {
        "requests": AssistanceRequest.objects.count(),
        "pledges": Pledge.objects.count(),
        "contributions": Contribution.objects.count(),
        "deliveries": Delivery.objects.count(),
        "offers": Offer.objects.count(),
        "assessments": ImpactAssessment.objects.count(),
    }


def load():
    call_command("load_sample", verbosity=0)


# a Sunday between holidays, a leap day, an ordinary working day
@pytest.mark.django_db
@pytest.mark.parametrize("today", [date(2026, 12, 27), date(2028, 2, 29), date(2026, 11, 24)])
def test_everything_is_stored_and_the_desk_has_work(today, sample, live):
    with frozen(datetime(today.year, today.month, today.day, 9, tzinfo=UTC)):
        load()
        assert stored() == {name: len(sample[name]) + len(live.get(name, ())) for name in stored()}
        current = dict(AssistanceRequest.objects.filter(ref__startswith="LIVE-").values_list("ref", "status"))
        assert current == {
            "LIVE-01": "submitted",
            "LIVE-02": "submitted",
            "LIVE-03": "clarification",
            "LIVE-04": "under_review",
            "LIVE-05": "open",
            "LIVE-06": "open",
            "LIVE-07": "open",
            "LIVE-08": "under_review",
            "LIVE-09": "draft",
        }
        off = holidays_of_portal()
        late = [
            request.ref
            for request in AssistanceRequest.objects.filter(status="submitted", ref__startswith="LIVE-")
            if working_days(request.submitted_at.date(), today, off) > 5
        ]
        assert late == ["LIVE-02"]
        waiting = Pledge.objects.filter(status="offered", ref__startswith="LIVE-").values_list(
            "ref", flat=True
        )
        assert set(waiting) == {"LIVE-P1", "LIVE-P2", "LIVE-P3"}
        unanswered = Delivery.objects.filter(ref__startswith="LIVE-").exclude(status="confirmed")
        assert dict(unanswered.values_list("ref", "status")) == {
            "LIVE-D1": "recorded",
            "LIVE-D2": "recorded",
            "LIVE-D4": "disputed",
        }


@pytest.mark.django_db
def test_a_second_load_on_a_later_day_changes_nothing():
    with frozen(datetime(2026, 11, 24, 9, tzinfo=UTC)):
        load()
    before = stored(), CaseEvent.objects.count()
    dates = set(AssistanceRequest.objects.values_list("ref", "submitted_at", "acknowledged_at"))
    with frozen(datetime(2026, 12, 8, 9, tzinfo=UTC)):
        load()
    assert (stored(), CaseEvent.objects.count()) == before
    assert set(AssistanceRequest.objects.values_list("ref", "submitted_at", "acknowledged_at")) == dates


# the export reads at one moment and so opens a transaction of its own
@pytest.mark.django_db(transaction=True)
def test_the_sample_comes_out_as_it_went_in(sample, tmp_path):
    call_command("import_dossier", str(SAMPLE), verbosity=0)
    out = tmp_path / "out.json"
    call_command("export_dossier", "-o", str(out), verbosity=0)
    assert document(out) == sample
