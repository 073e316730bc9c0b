"""What every collection of one reading shares: the day, and what its records mention of the directory."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta

from portal.core.money import plain
from portal.directory import selectors as directory
from portal.directory.models import ExchangeRate, Form, Organisation, Region, State, Theme, Unit
from reports.compile.written import Json, given, rows
from reports.models import Session


class Frame:
    """One reading: what a record mentions is remembered, so that the directory's part holds just that."""

    def __init__(self, session: Session, cut_off: date) -> None:
        self.session = session
        self.cut_off = cut_off
        self.end = datetime.combine(cut_off + timedelta(days=1), time.min, UTC)
        self.states: set[str] = set()
        self.organisations: set[int] = set()
        self.currencies: set[str] = set()
        self.need_refs: dict[int, str] = {}
        self.refs: dict[tuple[str, int], str] = {}
        self.organisation_refs = {
            row.pk: row.ref or f"org:{(row.state_id or row.acronym or str(row.pk)).lower()}"
            for row in Organisation.objects.all()
        }

    def organisation(self, pk: int) -> str:
        """The reference of an organisation that a record mentions."""
        self.organisations.add(pk)
        return self.organisation_refs[pk]


def reference_data(frame: Frame) -> Json:
    """Reference data as it held on the cut-off day (rule 12)."""
    organisations = list(rows(Organisation.objects.filter(pk__in=frame.organisations)))
    frame.states.update(row.state_id for row in organisations if row.state_id)
    names = directory.state_names_on(frame.cut_off)
    status = directory.state_status_on(frame.cut_off)
    rates: dict[str, list[list[str]]] = defaultdict(list)
    known = ExchangeRate.objects.filter(currency__in=frame.currencies, date__lte=frame.cut_off)
    for currency, day, per_usd in known.order_by("currency", "date").values_list(
        "currency", "date", "per_usd"
    ):
        rates[currency].append([day.isoformat(), plain(per_usd)])
    return {
        "states": {
            row.pk: {
                "m49": row.m49,
                "region": row.region,
                "sub_region": row.sub_region,
                "ldc": status[row.pk].ldc,
                "lldc": status[row.pk].lldc,
                "sids": status[row.pk].sids,
                "names": names[row.pk].names,
                "in_sentence": names[row.pk].in_sentence,
                "formal": names[row.pk].formal,
            }
            for row in State.objects.filter(pk__in=frame.states)
        },
        "regions": {row.pk: {"names": row.names} for row in Region.objects.all()},
        "organisations": [
            {"ref": frame.organisation_refs[row.pk], "kind": row.kind, "names": row.names}
            | given(acronym=row.acronym, state=row.state_id)
            for row in organisations
        ],
        "vocabularies": {
            "forms": [{"code": r.code, "labels": r.labels, "order": r.order} for r in Form.objects.all()],
            "themes": [
                {"code": r.code, "labels": r.labels, "order": r.order, "paragraphs": r.paragraphs}
                for r in Theme.objects.all()
            ],
            "units": [{"code": r.code, "labels": r.labels} for r in Unit.objects.all()],
        },
        "holidays": sorted(d.isoformat() for d in directory.holidays() if d <= frame.cut_off),
        "clocks": {
            code: row.working_days for code, row in directory.clocks().items() if row.working_days is not None
        },
        "rates": dict(rates),
    }
