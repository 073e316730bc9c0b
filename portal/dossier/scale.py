"""Invented records in great number, to measure with: written by the database itself, set by set.

Every constraint and trigger of the tables holds as for records of people. What is drawn hangs on the seed alone,
so the same call gives the same rows. Each case has a chain of events, whole in itself; of a request all its moves,
of every other record the last one. The digests of the heads stay empty, so `verify_audit` says of each of these
records that it came about outside the portal's services: it did.
"""

# ruff: noqa: S608 - whole statements are composed here, of this file's own words and of whole numbers

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection, models, transaction

from portal.core.actor import SYSTEM
from portal.core.unit import DIRECT
from portal.directory.rules import RateEntry
from portal.directory.services import set_rates

Told = Callable[[str, int, int], None]
PARTS = 10
WORKING = (
    "seed_donor", "seed_state", "seed_request", "seed_need", "seed_asked", "seed_pledge", "seed_delivery", "seed_offer",
    "seed_contribution", "seed_assessment", "seed_event",
)  # fmt: skip

FIRST, LAST = "2017-01-02", "2024-12-31"
TITLES = (
    "Training at land borders", "Control of containers in ports", "Care for people who use drugs",
    "Équipement des laboratoires", "Formation des douanes", "Capacitación de fiscales",
    "Centros de tratamiento", "Обучение пограничной службы", "Лаборатории судебной экспертизы",
    "تدريب حرس الحدود", "معدات الكشف عن المخدرات", "边境执法培训", "戒毒康复设施",
)  # fmt: skip

# how often each state is drawn, in the order in which the thresholds rise
REQUEST_STATES = {
    "draft": 3, "approval": 2, "submitted": 5, "under_review": 6, "clarification": 3, "open": 40, "closed": 30,
    "declined": 6, "withdrawn": 5,
}  # fmt: skip
OPEN_PLEDGES = {
    "draft": 5, "announced": 3, "offered": 10, "accepted": 8, "agreed": 8, "delivering": 10, "delivered": 10,
    "acknowledged": 20, "declined": 8, "withdrawn": 5, "cancelled": 8, "lapsed": 5,
}  # fmt: skip
CLOSED_PLEDGES = {"acknowledged": 55, "declined": 12, "withdrawn": 8, "cancelled": 15, "lapsed": 10}
DELIVERY_STATES = {"recorded": 30, "confirmed": 45, "disputed": 15, "corrected": 10}
ASSESSMENT_STATES = {"requested": 10, "draft": 10, "approval": 10, "submitted": 30, "published": 40}
OFFER_STATES = {
    "draft": 10,
    "published": 40,
    "partly_taken": 20,
    "exhausted": 10,
    "withdrawn": 10,
    "expired": 10,
}
CONTRIBUTION_STATES = {"announced": 20, "agreed": 15, "receiving": 20, "received": 35, "cancelled": 10}

LAST_MOVE = {
    "pledge": {
        "draft": "draft", "announced": "announce", "offered": "offer", "accepted": "accept", "agreed": "agree",
        "delivering": "start_delivery", "delivered": "complete", "acknowledged": "acknowledge", "declined": "decline",
        "withdrawn": "withdraw", "cancelled": "cancel", "lapsed": "lapse",
    },
    "delivery": {"recorded": "record", "confirmed": "confirm", "disputed": "dispute", "corrected": "correct"},
    "assessment": {
        "requested": "request", "draft": "start", "approval": "send_for_approval", "submitted": "submit",
        "published": "publish",
    },
    "offer": {
        "draft": "draft", "published": "publish", "partly_taken": "take_up", "exhausted": "take_up",
        "withdrawn": "withdraw", "expired": "expire",
    },
    "contribution": {
        "announced": "announce", "agreed": "agree", "receiving": "receive", "received": "receive",
        "cancelled": "cancel",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How much: the rest is in proportion."""

    requests: int
    pledges: int

    @property
    def offers(self) -> int:
        return max(6, self.requests // 20)

    @property
    def contributions(self) -> int:
        return max(5, self.pledges // 100)


def count_records() -> int:
    """Requests, offers, pledges and contributions that stand in the portal."""
    return sum(
        _model(name).objects.count()
        for name in ("requests_app.AssistanceRequest", "donors.Offer", "donors.Pledge", "donors.Contribution")
    )


def seed(size: Size, *, seed: int, told: Told) -> dict[str, int]:
    """Writes the records, all or nothing; how many of each kind. `told` hears how far it has come.

    Raises IntegrityError where the database refuses a row, and then nothing is stored.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        set_rates([RateEntry("EUR", date(2000, 1, 1), Decimal("0.9"))], actor=SYSTEM, unit=DIRECT)
        cursor.execute("SET LOCAL synchronous_commit = off; SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL jit = off")
        _Seed(cursor, size, seed, told).run()
    with connection.cursor() as cursor:
        told("statistics", 0, 1)
        cursor.execute("ANALYZE")
    names = {
        "requests": "requests_app.AssistanceRequest", "needs": "requests_app.Need", "pledges": "donors.Pledge",
        "deliveries": "donors.Delivery", "offers": "donors.Offer", "contributions": "donors.Contribution",
        "assessments": "requests_app.ImpactAssessment",
    }  # fmt: skip
    return {name: _model(label).objects.count() for name, label in names.items()}


def _model(name: str) -> Any:
    return apps.get_model(name)


def _drawn(chance: str, weights: Mapping[str, int]) -> str:
    """SQL: a value drawn by its weight."""
    total, reached, lines = sum(weights.values()), 0, []
    for value, weight in weights.items():
        reached += weight
        lines.append(f"WHEN {chance} < {reached / total:.6f} THEN '{value}'")
    return f"CASE {' '.join(lines)} ELSE '{list(weights)[-1]}' END"


def _one_of(chance: str, values: tuple[str, ...]) -> str:
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"(ARRAY[{listed}])[1 + floor({chance} * {len(values)})::int]"


def _mapped(column: str, values: Mapping[str, str]) -> str:
    return f"CASE {column} " + " ".join(f"WHEN '{k}' THEN '{v}'" for k, v in values.items()) + " END"


class _Seed:
    """The steps, in the order in which rows stand on rows."""

    def __init__(self, cursor: Any, size: Size, seed: int, told: Told) -> None:
        self.sql = cursor.execute
        self.cursor = cursor
        self.size = size
        self.seed = seed
        self.told = told

    def run(self) -> None:
        self._prepare()
        steps = (
            ("requests", self._requests), ("needs", self._needs), ("pledges", self._pledges),
            ("deliveries", self._deliveries), ("offers", self._offers), ("contributions", self._contributions),
            ("assessments", self._assessments), ("events", self._events),
        )  # fmt: skip
        for name, step in steps:
            self.told(name, 0, 1)
            step()
        self._tidy()

    def _prepare(self) -> None:
        self.sql(
            "CREATE OR REPLACE FUNCTION pg_temp.chance(i bigint, salt int) RETURNS double precision IMMUTABLE LANGUAGE sql AS "
            f"'SELECT (hashint8extended(i, {self.seed} * 1000::bigint + salt) & 4503599627370495) / 4503599627370496.0'"
        )
        # a moment after another, but none after the last day: the order of days holds all the same
        self.sql(
            "CREATE OR REPLACE FUNCTION pg_temp.later(start timestamptz, days double precision) RETURNS timestamptz IMMUTABLE "
            f"LANGUAGE sql AS $$SELECT least(date_trunc('second', start + days * interval '1 day'), '{LAST}T12:00:00Z')$$"
        )
        self.sql("""
            CREATE TEMP TABLE seed_donor ON COMMIT DROP AS
            SELECT (row_number() OVER (ORDER BY state_id <> 'NOR', id) - 1)::int AS n, id FROM directory_organisation
            WHERE state_id IN (SELECT iso3 FROM directory_state WHERE region IN ('150', '019') AND un = 'member')
        """)
        self.sql("""
            CREATE TEMP TABLE seed_state ON COMMIT DROP AS
            SELECT (row_number() OVER (ORDER BY iso3) - 1)::int AS n, iso3 FROM directory_state WHERE un = 'member'
        """)
        for table in ("seed_donor", "seed_state"):
            self.sql(f"CREATE UNIQUE INDEX ON {table} (n)")
            self.sql(f"ANALYZE {table}")

    def _base(self, model: str) -> int:
        table = _model(model)._meta.db_table  # noqa: SLF001
        self.sql(f"SELECT coalesce(max(id), 0) FROM {table}")
        return int(self.cursor.fetchone()[0])

    def _insert(self, model: str, source: str, /, **columns: str) -> None:
        """Rows of a model from a query; columns that are not named get what the model says, as SQL."""
        meta = _model(model)._meta  # noqa: SLF001
        assert columns.keys() <= {field.attname for field in meta.concrete_fields}, columns
        names, values = [], []
        params: list[Any] = []
        for field in meta.concrete_fields:
            if field.generated:
                continue
            names.append(f'"{field.column}"')
            if field.attname in columns:
                values.append(columns[field.attname].replace("%", "%%"))
            else:
                values.append("%s")
                default = None if field.null else field.get_default()
                params.append(field.get_db_prep_save(default, connection))
        self.sql(
            f"INSERT INTO {meta.db_table} ({', '.join(names)}) SELECT {', '.join(values)} {source.replace('%', '%%')}",
            params,
        )
        if isinstance(meta.pk, models.AutoField):
            self.sql(
                f"SELECT setval(pg_get_serial_sequence('{meta.db_table}', 'id'), (SELECT max(id) FROM {meta.db_table}))"
            )

    @contextmanager
    def _checked(self, *tables: str) -> Iterator[None]:
        """The deferred rules are looked at now, with statistics by which their queries find an index."""
        yield
        for table in tables:
            self.sql(f"ANALYZE {table}")
        self.sql("SET LOCAL enable_seqscan = off")
        self.sql("SET CONSTRAINTS ALL IMMEDIATE")
        self.sql("SET CONSTRAINTS ALL DEFERRED")
        self.sql("SET LOCAL enable_seqscan = on")

    # requests

    def _requests(self) -> None:
        base = self._base("requests_app.AssistanceRequest")
        count = self.size.requests
        chance = "pg_temp.chance"
        self.sql(f"""
            CREATE TEMP TABLE seed_request ON COMMIT DROP AS
            WITH drawn AS (
                SELECT {base} + i AS id, i, {_drawn(f"{chance}(i, 1)", REQUEST_STATES)} AS status,
                    floor((SELECT count(*) FROM seed_state) * power({chance}(i, 2), 1.25))::int AS state_n,
                    pg_temp.later('{FIRST}T09:00:00Z', ('{LAST}'::date - '{FIRST}'::date) * (i - {chance}(i, 3)) / {count}) AS at
                FROM generate_series(1::bigint, {count}) i
            ), stamped AS (
                SELECT d.*, s.iso3 AS state_id,
                    CASE WHEN status NOT IN ('draft', 'approval') THEN at END AS submitted_at,
                    CASE WHEN status IN ('under_review', 'clarification', 'open', 'closed')
                        THEN pg_temp.later(at, 1 + 9 * {chance}(i, 4)) END AS acknowledged_at,
                    CASE WHEN status IN ('open', 'closed') THEN pg_temp.later(at, 11 + 60 * {chance}(i, 5)) END AS circulated_at
                FROM drawn d JOIN seed_state s ON s.n = d.state_n
            ), numbered AS (
                SELECT *, extract(year FROM submitted_at AT TIME ZONE 'UTC')::int AS year,
                    pg_temp.later(circulated_at, 200 + 700 * {chance}(i, 6)) AS ended_at,
                    row_number() OVER (PARTITION BY submitted_at IS NULL, state_id,
                        extract(year FROM submitted_at AT TIME ZONE 'UTC') ORDER BY submitted_at, i) AS n
                FROM stamped
            )
            SELECT r.*, format('TA-%s-%s', year, state_id) AS series,
                n + coalesce((SELECT last FROM core_counter WHERE key = format('TA-%s-%s', year, state_id)), 0) AS number
            FROM numbered r
        """)
        self.sql("ANALYZE seed_request")
        digits = "'23456789ABCDEFGHJKMNPQRSTVWXYZ'"
        opaque = "((id * 32452843 + 49979687) % 729000000)"
        letters = " || ".join(
            f"substr({digits}, ({opaque} / {30**place} % 30)::int + 1, 1)" for place in range(6)
        )
        stamp = "CASE WHEN status = '{0}' THEN pg_temp.later(at, 3 + 20 * pg_temp.chance(i, 7)) END"
        with self._checked("requests_app_assistancerequest"):
            self._insert(
                "requests_app.AssistanceRequest",
                "FROM seed_request ORDER BY id",
                id="id",
                public_id=f"'D-' || {letters}",
                reference="CASE WHEN submitted_at IS NOT NULL THEN series || '-' || lpad(number::text, "
                "greatest(4, length(number::text)), '0') END",
                state_id="state_id",
                language="'en'",
                title=f"{_one_of(f'{chance}(i, 8)', TITLES)} || ' – sample ' || i",
                situation="'Sample text: opiates pass through the northern provinces.'",
                authority="'Sample authority'",
                urgency=_one_of(f"{chance}(i, 9)", ("routine", "routine", "urgent", "emergency")),
                visibility=_drawn(
                    f"{chance}(i, 10)", {"unodc": 20, "selected-donors": 20, "all-donors": 35, "public": 25}
                ),
                note_verbale_number="'NV-' || i",
                note_verbale_date="at",
                created_at="at - interval '5 days'",
                status="status",
                submitted_at="submitted_at",
                acknowledged_at="acknowledged_at",
                circulated_at="circulated_at",
                closed_at="CASE WHEN status = 'closed' THEN ended_at END",
                declined_at=stamp.format("declined"),
                withdrawn_at=stamp.format("withdrawn"),
                reason="CASE WHEN status IN ('declined', 'withdrawn') THEN 'Sample reason' ELSE '' END",
            )
        self.sql(
            "INSERT INTO core_counter (key, last) SELECT series, max(number) FROM seed_request "
            "WHERE submitted_at IS NOT NULL GROUP BY series ON CONFLICT (key) DO UPDATE SET last = EXCLUDED.last"
        )
        self._joint_and_shown(chance)

    def _joint_and_shown(self, chance: str) -> None:
        """One request in thirty is joint; what is for selected donors is shown to two of them."""
        base = self._base("requests_app.CoRequester")
        self._insert(
            "requests_app.CoRequester",
            f"FROM seed_request r JOIN seed_state s ON s.n = (state_n + 1 + floor(20 * {chance}(i, 11))::int) "
            f"% (SELECT count(*) FROM seed_state) WHERE {chance}(i, 12) < 0.033 AND s.iso3 <> r.state_id",
            id=f"{base} + row_number() OVER (ORDER BY r.id)",
            request_id="r.id",
            state_id="s.iso3",
            confirmed_at="submitted_at",
            note_verbale_number="'NV-J' || i",
        )
        self.sql("SELECT id FROM seed_donor")
        for (pk,) in self.cursor.fetchall():
            Group.objects.get_or_create(name=f"organisation:{pk}")
        base = self._base("requests_app.RequestGrant")
        self._insert(
            "requests_app.RequestGrant",
            "FROM seed_request r JOIN requests_app_assistancerequest a ON a.id = r.id AND a.visibility = 'selected-donors' "
            "AND a.circulated_at IS NOT NULL CROSS JOIN (VALUES (0), (7)) k(shift) JOIN seed_donor d ON d.n = "
            f"(floor((SELECT count(*) FROM seed_donor) * power({chance}(i, 13), 1.5))::int + shift) "
            "% (SELECT count(*) FROM seed_donor) JOIN auth_group g ON g.name = 'organisation:' || d.id "
            "CROSS JOIN (SELECT p.id FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id "
            "WHERE p.codename = 'view_assistancerequest' AND c.app_label = 'requests_app') p",
            id=f"{base} + row_number() OVER (ORDER BY r.id, shift)",
            content_object_id="r.id",
            group_id="g.id",
            permission_id="p.id",
        )

    def _needs(self) -> None:
        base = self._base("requests_app.Need")
        chance = "pg_temp.chance"
        self.sql(f"""
            CREATE TEMP TABLE seed_need ON COMMIT DROP AS
            SELECT {base} + row_number() OVER (ORDER BY r.id, k) AS id, r.id * 3 + k AS i, r.id AS request_id, k AS number,
                f.code AS form_id, f.units[1] AS unit_id, t.code AS theme_id, t.paragraphs,
                (10 * (1 + floor(200 * {chance}(r.id * 3 + k, 20))))::numeric(19, 4) AS quantity,
                r.status, r.state_id, r.circulated_at, r.ended_at, r.at
            FROM seed_request r CROSS JOIN generate_series(1, 3) k
            JOIN (SELECT *, row_number() OVER (ORDER BY "order") AS n, count(*) OVER () AS of FROM directory_form) f
                ON f.n = 1 + floor(f.of * {chance}(r.id * 3 + k, 21))
            JOIN (SELECT *, row_number() OVER (ORDER BY "order") AS n, count(*) OVER () AS of FROM directory_theme) t
                ON t.n = 1 + floor(t.of * {chance}(r.id * 3 + k, 22))
        """)
        self.sql("ANALYZE seed_need")
        with self._checked("requests_app_need"):
            self._insert(
                "requests_app.Need",
                "FROM seed_need ORDER BY id",
                id="id",
                request_id="request_id",
                number="number",
                form_id="form_id",
                unit_id="unit_id",
                theme_id="theme_id",
                paragraphs="paragraphs",
                description=f"{_one_of(f'{chance}(i, 23)', TITLES)} || ', sample need ' || i",
                quantity="quantity",
                unit_cost_amount="CASE WHEN i % 3 = 0 THEN 100 + i % 900 END",
                unit_cost_currency="CASE WHEN i % 3 = 0 THEN 'USD' ELSE '' END",
                needed_by="CASE WHEN i % 4 <> 0 THEN at + interval '1 year' END",
                priority=_one_of(f"{chance}(i, 24)", ("high", "medium", "low")),
            )

    # pledges

    def _pledges(self) -> None:
        base, count = self._base("donors.Pledge"), self.size.pledges
        chance = "pg_temp.chance"
        self.sql("""
            CREATE TEMP TABLE seed_asked ON COMMIT DROP AS
            SELECT row_number() OVER (ORDER BY id) AS n, * FROM seed_need WHERE circulated_at IS NOT NULL
        """)
        self.sql("CREATE UNIQUE INDEX ON seed_asked (n)")
        self.sql("ANALYZE seed_asked")
        # one in twenty is to a State, without a need
        self.sql(f"""
            CREATE TEMP TABLE seed_pledge ON COMMIT DROP AS
            WITH drawn AS (
                SELECT {base} + i AS id, i, CASE WHEN {chance}(i, 30) >= 0.05 THEN
                    1 + floor((SELECT count(*) FROM seed_asked) * power({chance}(i, 31), 1.2))::bigint END AS asked_n,
                    floor((SELECT count(*) FROM seed_donor) * power({chance}(i, 32), 1.5))::int AS donor_n,
                    floor((SELECT count(*) FROM seed_state) * power({chance}(i, 33), 1.25))::int AS state_n
                FROM generate_series(1::bigint, {count}) i
            ), placed AS (
                SELECT d.*, n.id AS need_id, n.status AS request_status, g.id AS donor_id,
                    CASE WHEN n.id IS NULL THEN s.iso3 END AS state_id,
                    coalesce(n.form_id, 'training') AS form_id, coalesce(n.unit_id, 'places') AS unit_id,
                    trunc(coalesce(n.quantity, 50) / CASE WHEN n.id IS NULL THEN 1 ELSE count(*) OVER (PARTITION BY n.id) END, 2)
                        AS quantity,
                    pg_temp.later(coalesce(n.circulated_at,
                            '{FIRST}T10:00:00Z'::timestamptz + d.i * (interval '2800 days' / {count})),
                        1 + 150 * {chance}(d.i, 34)) AS opens,
                    coalesce(CASE WHEN n.status = 'closed' THEN n.ended_at END, '{LAST}T12:00:00Z') AS ends,
                    CASE WHEN n.status = 'closed' THEN {_drawn(f"{chance}(d.i, 35)", CLOSED_PLEDGES)}
                        ELSE {_drawn(f"{chance}(d.i, 35)", OPEN_PLEDGES)} END AS status
                FROM drawn d LEFT JOIN seed_asked n ON n.n = d.asked_n JOIN seed_donor g ON g.n = d.donor_n
                JOIN seed_state s ON s.n = d.state_n
            ), stamped AS (
                SELECT p.*, CASE WHEN status = 'announced' THEN least(opens, ends) END AS announced_at,
                    CASE WHEN status NOT IN ('announced', 'draft') THEN least(opens, ends) END AS offered_at,
                    CASE WHEN status IN ('accepted', 'agreed', 'delivering', 'delivered', 'acknowledged', 'cancelled')
                        THEN least(pg_temp.later(opens, 5 + 20 * {chance}(i, 36)), ends) END AS accepted_at,
                    CASE WHEN status IN ('agreed', 'delivering', 'delivered', 'acknowledged')
                        OR status = 'cancelled' AND {chance}(i, 37) < 0.5
                        THEN least(pg_temp.later(opens, 26 + 30 * {chance}(i, 38)), ends) END AS agreed_at,
                    least(pg_temp.later(opens, 60 + 200 * {chance}(i, 39)), ends) AS last_at
                FROM placed p
            )
            SELECT *, row_number() OVER (PARTITION BY coalesce(announced_at, offered_at) IS NULL,
                extract(year FROM coalesce(announced_at, offered_at) AT TIME ZONE 'UTC')
                ORDER BY coalesce(announced_at, offered_at), id) AS n,
                'PL-' || extract(year FROM coalesce(announced_at, offered_at) AT TIME ZONE 'UTC') AS series
            FROM stamped
        """)
        self.sql("CREATE INDEX ON seed_pledge (id)")
        self.sql("ANALYZE seed_pledge")
        step = max(1, -(-count // PARTS))
        for part, start in enumerate(range(0, count, step)):
            self.told("pledges", part, PARTS)
            self._some_pledges(base + start, base + start + step)
        self._count("seed_pledge")
        joint = self._base("donors.JointDonor")
        self._insert(
            "donors.JointDonor",
            "FROM seed_pledge p JOIN seed_donor d ON d.n = (donor_n + 3) % (SELECT count(*) FROM seed_donor) "
            f"WHERE {chance}(i, 40) < 0.01",
            id=f"{joint} + row_number() OVER (ORDER BY p.id)",
            pledge_id="p.id",
            organisation_id="d.id",
        )

    def _count(self, table: str) -> None:
        """The numbers given are remembered, for those that come after."""
        self.sql(
            f"INSERT INTO core_counter (key, last) SELECT series, max(n) FROM {table} WHERE series IS NOT NULL "
            "GROUP BY series ON CONFLICT (key) DO UPDATE SET last = core_counter.last + EXCLUDED.last"
        )

    @staticmethod
    def _reference(given: str) -> str:
        """A number of its series and year, after those given before."""
        number = "(n + coalesce((SELECT last FROM core_counter WHERE key = series), 0))::text"
        return (
            f"CASE WHEN {given} THEN series || '-' || lpad({number}, greatest(4, length({number})), '0') END"
        )

    def _some_pledges(self, after: int, until: int) -> None:
        chance = "pg_temp.chance"
        at = "CASE WHEN status = '{0}' THEN last_at END"
        with self._checked("donors_pledge"):
            self._insert(
                "donors.Pledge",
                f"FROM seed_pledge WHERE id > {after} AND id <= {until} ORDER BY id",
                id="id",
                reference=self._reference("coalesce(announced_at, offered_at) IS NOT NULL"),
                donor_id="donor_id",
                need_id="need_id",
                state_id="state_id",
                kind=f"CASE WHEN {chance}(i, 41) < 0.2 THEN 'cash' ELSE 'in-kind' END",
                finance=f"CASE WHEN {chance}(i, 41) < 0.01 THEN 'loan' ELSE 'grant' END",
                form_id="form_id",
                unit_id="unit_id",
                description=f"{_one_of(f'{chance}(i, 42)', TITLES)} || ', sample pledge ' || i",
                quantity="quantity",
                value_amount=f"CASE WHEN {chance}(i, 43) < 0.6 THEN 1000 + i % 90000 END",
                value_currency=f"CASE WHEN {chance}(i, 43) >= 0.6 THEN '' WHEN i % 2 = 0 THEN 'USD' ELSE 'EUR' END",
                rate=f"CASE WHEN {chance}(i, 43) >= 0.6 OR offered_at IS NULL THEN NULL WHEN i % 2 = 0 THEN 1 ELSE 0.9 END",
                anonymous=f"{chance}(i, 44) < 0.05",
                source="CASE WHEN status = 'announced' THEN 'a public statement (sample)' ELSE '' END",
                reason="CASE WHEN status IN ('declined', 'cancelled') THEN 'Sample reason' ELSE '' END",
                agreement_reference="CASE WHEN agreed_at IS NOT NULL THEN 'A-' || i ELSE '' END",
                agreement_signed="agreed_at",
                status="status",
                announced_at="announced_at",
                offered_at="offered_at",
                accepted_at="accepted_at",
                agreed_at="agreed_at",
                declined_at=at.format("declined"),
                withdrawn_at=at.format("withdrawn"),
                cancelled_at=at.format("cancelled"),
                lapsed_at=at.format("lapsed"),
                delivered_at="CASE WHEN status IN ('delivered', 'acknowledged') THEN last_at END",
                acknowledged_at=at.format("acknowledged"),
            )

    def _deliveries(self) -> None:
        base = self._base("donors.Delivery")
        chance = "pg_temp.chance"
        self.sql(f"""
            CREATE TEMP TABLE seed_delivery ON COMMIT DROP AS
            WITH drawn AS (
                SELECT {base} + row_number() OVER (ORDER BY id) AS id, id AS pledge_id, i, quantity AS pledged,
                    date_trunc('day', last_at) AS day, last_at,
                    CASE WHEN p.status = 'acknowledged' THEN 'confirmed'
                        WHEN {chance}(i, 50) < 0.02 AND p.status = 'delivering' THEN 'void'
                        ELSE {_drawn(f"{chance}(i, 51)", DELIVERY_STATES)} END AS status,
                    CASE WHEN p.status IN ('delivered', 'acknowledged') THEN quantity ELSE trunc(quantity / 2, 4) END AS quantity
                FROM seed_pledge p WHERE p.status IN ('delivering', 'delivered', 'acknowledged')
                    OR p.status = 'cancelled' AND agreed_at IS NOT NULL AND {chance}(i, 52) < 0.3
            )
            SELECT *, 'DE-' || extract(year FROM day AT TIME ZONE 'UTC') AS series,
                row_number() OVER (PARTITION BY extract(year FROM day AT TIME ZONE 'UTC') ORDER BY day, id) AS n
            FROM drawn
        """)
        self.sql("ANALYZE seed_delivery")
        self.sql("SELECT coalesce(max(id), 0) FROM seed_delivery")
        step = max(1, -(-(self.cursor.fetchone()[0] - base) // PARTS))
        for part in range(PARTS):
            self.told("deliveries", part, PARTS)
            with self._checked("donors_delivery"):
                self._insert(
                    "donors.Delivery",
                    f"FROM seed_delivery WHERE id > {base + part * step} AND id <= {base + (part + 1) * step} ORDER BY id",
                    id="id",
                    reference=self._reference("true"),
                    pledge_id="pledge_id",
                    date="day",
                    description="'Sample delivery ' || i",
                    quantity="quantity",
                    value_amount=f"CASE WHEN {chance}(i, 53) < 0.5 THEN 500 + i % 40000 END",
                    value_currency=f"CASE WHEN {chance}(i, 53) < 0.5 THEN 'USD' ELSE '' END",
                    rate=f"CASE WHEN {chance}(i, 53) < 0.5 THEN 1 END",
                    status="status",
                    confirmed_at="CASE WHEN status = 'confirmed' THEN last_at END",
                    disputed_at="CASE WHEN status IN ('disputed', 'corrected') THEN last_at END",
                    dispute_reason="CASE WHEN status IN ('disputed', 'corrected') THEN 'Sample reason' ELSE '' END",
                    void_at="CASE WHEN status = 'void' THEN last_at END",
                )
        self._count("seed_delivery")

    # offers, contributions, assessments

    def _offers(self) -> None:
        base = self._base("donors.Offer")
        chance = "pg_temp.chance"
        self.sql(f"""
            CREATE TEMP TABLE seed_offer ON COMMIT DROP AS
            WITH drawn AS (
                SELECT {base} + i AS id, i, {_drawn(f"{chance}(i, 60)", OFFER_STATES)} AS status,
                    pg_temp.later('{FIRST}T09:00:00Z', 2800.0 * i / {self.size.offers}) AS at, d.id AS donor_id,
                    t.code AS theme_id, f.code AS form_id, f.units[1] AS unit_id
                FROM generate_series(1::bigint, {self.size.offers}) i
                JOIN seed_donor d ON d.n = floor((SELECT count(*) FROM seed_donor) * power({chance}(i, 61), 1.5))::int
                JOIN (SELECT *, row_number() OVER (ORDER BY "order") AS n, count(*) OVER () AS of FROM directory_form) f
                    ON f.n = 1 + floor(f.of * {chance}(i, 62))
                JOIN (SELECT *, row_number() OVER (ORDER BY "order") AS n, count(*) OVER () AS of FROM directory_theme) t
                    ON t.n = 1 + floor(t.of * {chance}(i, 63))
            )
            SELECT *, CASE WHEN status <> 'draft' THEN 'OF-' || extract(year FROM at AT TIME ZONE 'UTC') END AS series,
                row_number() OVER (PARTITION BY status = 'draft', extract(year FROM at AT TIME ZONE 'UTC') ORDER BY id) AS n
            FROM drawn
        """)
        self._insert(
            "donors.Offer",
            "FROM seed_offer ORDER BY id",
            id="id",
            reference=self._reference("series IS NOT NULL"),
            donor_id="donor_id",
            form_id="form_id",
            theme_id="theme_id",
            unit_id="unit_id",
            description=f"{_one_of(f'{chance}(i, 64)', TITLES)} || ', sample offer ' || i",
            quantity="10 + i % 400",
            valid_from="date_trunc('day', at)",
            valid_until="CASE WHEN i % 3 = 0 THEN date_trunc('day', at) + interval '2 years' END",
            status="status",
            published_at="CASE WHEN status <> 'draft' THEN at END",
        )
        self._count("seed_offer")

    def _contributions(self) -> None:
        base = self._base("donors.Contribution")
        chance = "pg_temp.chance"
        self.sql(f"""
            CREATE TEMP TABLE seed_contribution ON COMMIT DROP AS
            WITH drawn AS (
                SELECT {base} + i AS id, i, {_drawn(f"{chance}(i, 70)", CONTRIBUTION_STATES)} AS status, d.id AS donor_id,
                    pg_temp.later('{FIRST}T09:00:00Z', 2700.0 * i / {self.size.contributions}) AS at,
                    (1000 * (1 + floor(500 * {chance}(i, 72))))::numeric AS amount,
                    (SELECT id FROM seed_asked WHERE status = 'open' AND seed_asked.n >= 1 + floor(
                        (SELECT count(*) FROM seed_asked) * 0.9 * {chance}(i, 73)) ORDER BY n LIMIT 1) AS need_id
                FROM generate_series(1::bigint, {self.size.contributions}) i
                JOIN seed_donor d ON d.n = floor((SELECT count(*) FROM seed_donor) * power({chance}(i, 71), 1.5))::int
            )
            SELECT *, 'CO-' || extract(year FROM at AT TIME ZONE 'UTC') AS series,
                row_number() OVER (PARTITION BY extract(year FROM at AT TIME ZONE 'UTC') ORDER BY id) AS n
            FROM drawn
        """)
        self.sql("ANALYZE seed_contribution")
        self._insert(
            "donors.Contribution",
            "FROM seed_contribution ORDER BY id",
            id="id",
            reference=self._reference("true"),
            donor_id="donor_id",
            amount="amount",
            currency="'USD'",
            earmarking=_one_of(f"{chance}(i, 74)", ("unearmarked", "soft")),
            agreement_reference="CASE WHEN status NOT IN ('announced', 'cancelled') THEN 'C-' || i ELSE '' END",
            agreement_signed="CASE WHEN status NOT IN ('announced', 'cancelled') THEN pg_temp.later(at, 20) END",
            reason="CASE WHEN status = 'cancelled' THEN 'Sample reason' ELSE '' END",
            status="status",
            announced_at="at",
            agreed_at="CASE WHEN status NOT IN ('announced', 'cancelled') THEN pg_temp.later(at, 20) END",
            cancelled_at="CASE WHEN status = 'cancelled' THEN pg_temp.later(at, 20) END",
        )
        self._count("seed_contribution")
        entries = self._base("donors.LedgerEntry")
        received = "CASE WHEN status = 'receiving' THEN trunc(amount / 2, 2) ELSE amount END"
        spent = f"trunc(({received}) / 1.13 * 0.8, 2)"
        amount = f"CASE kind WHEN 'receipt' THEN {received} WHEN 'allocation' THEN {spent} ELSE round({spent} * 0.13, 2) END"
        with self._checked("donors_ledgerentry"):
            self._insert(
                "donors.LedgerEntry",
                "FROM seed_contribution CROSS JOIN (VALUES (1, 'receipt'), (2, 'allocation'), (3, 'psc')) k(step, kind) "
                "WHERE status IN ('receiving', 'received') AND (step = 1 OR i % 2 = 0 AND need_id IS NOT NULL)",
                id=f"{entries} + row_number() OVER (ORDER BY id, step)",
                contribution_id="id",
                kind="kind",
                date="date_trunc('day', pg_temp.later(at, 20 + 10 * step))",
                amount=amount,
                rate="1",
                need_id="CASE WHEN kind = 'allocation' THEN need_id END",
            )

    def _assessments(self) -> None:
        base = self._base("requests_app.ImpactAssessment")
        chance = "pg_temp.chance"
        self.sql(f"""
            CREATE TEMP TABLE seed_assessment ON COMMIT DROP AS
            WITH delivered AS (
                SELECT n.request_id, max(d.last_at) AS at FROM seed_delivery d JOIN seed_pledge p ON p.id = d.pledge_id
                JOIN seed_asked n ON n.id = p.need_id WHERE d.status = 'confirmed' GROUP BY n.request_id
            ), drawn AS (
                SELECT {base} + row_number() OVER (ORDER BY request_id) AS id, request_id, request_id AS i, at,
                    {_drawn(f"{chance}(request_id, 81)", ASSESSMENT_STATES)} AS status
                FROM delivered WHERE {chance}(request_id, 80) < 0.2
            )
            SELECT *, CASE WHEN status IN ('submitted', 'published')
                    THEN 'IA-' || extract(year FROM at AT TIME ZONE 'UTC') END AS series,
                row_number() OVER (PARTITION BY status IN ('submitted', 'published'),
                    extract(year FROM at AT TIME ZONE 'UTC') ORDER BY id) AS n
            FROM drawn
        """)
        self._insert(
            "requests_app.ImpactAssessment",
            "FROM seed_assessment ORDER BY id",
            id="id",
            reference=self._reference("series IS NOT NULL"),
            request_id="request_id",
            findings="CASE WHEN status = 'requested' THEN '' ELSE 'Sample findings ' || i END",
            ratings="""CASE WHEN i % 2 = 0 THEN '{"impact": 3}' ELSE '{}' END::jsonb""",
            status="status",
            submitted_at="CASE WHEN series IS NOT NULL THEN at END",
            published_at="CASE WHEN status = 'published' THEN at END",
        )
        self._count("seed_assessment")

    # events

    def _events(self) -> None:
        """All moves of a request; of other records their last."""
        self.sql("""
            CREATE TEMP TABLE seed_event (case_type text, case_id bigint, sequence int, move text, source text, target text,
                at timestamptz, previous text) ON COMMIT DROP
        """)
        moves = (
            ("draft", "", "draft", "created_at"),
            ("submit", "approval", "submitted", "submitted_at"),
            ("acknowledge", "submitted", "under_review", "acknowledged_at"),
            ("circulate", "under_review", "open", "circulated_at"),
            ("close", "open", "closed", "closed_at"),
            ("decline", "submitted", "declined", "declined_at"),
            ("withdraw", "submitted", "withdrawn", "withdrawn_at"),
        )
        lines = ", ".join(f"({n}, '{m}', '{s}', '{t}', a.{at})" for n, (m, s, t, at) in enumerate(moves))
        self.sql(f"""
            INSERT INTO seed_event SELECT 'request', a.id, row_number() OVER (PARTITION BY a.id ORDER BY k.n), k.move,
                k.source, k.target, date_trunc('second', k.at), ''
            FROM requests_app_assistancerequest a JOIN seed_request USING (id)
            CROSS JOIN LATERAL (VALUES {lines}) k(n, move, source, target, at) WHERE k.at IS NOT NULL
        """)
        for table, kind, at in (
            ("seed_pledge", "pledge", "last_at"),
            ("seed_delivery", "delivery", "last_at"),
            ("seed_assessment", "assessment", "at"),
            ("seed_offer", "offer", "at"),
            ("seed_contribution", "contribution", "at"),
        ):
            move = _mapped("status", {**LAST_MOVE[kind], "void": "void"})
            self.sql(
                f"INSERT INTO seed_event SELECT '{kind}', id, 1, {move}, '', status, date_trunc('second', {at}), '' FROM {table}"
            )
        self.sql("CREATE INDEX ON seed_event (sequence, case_type, case_id)")
        self.sql("ANALYZE seed_event")
        for sequence in range(1, len(moves) + 1):
            self.told("events", sequence - 1, len(moves))
            self._link(sequence)
        heads = self._base("audit.CaseHead")
        self._insert(
            "audit.CaseHead",
            "FROM seed_event e JOIN audit_caseevent a USING (case_type, case_id, sequence) WHERE NOT EXISTS "
            "(SELECT FROM seed_event l WHERE (l.sequence, l.case_type, l.case_id) = (e.sequence + 1, e.case_type, e.case_id))",
            id=f"{heads} + row_number() OVER (ORDER BY a.id)",
            case_type="e.case_type",
            case_id="e.case_id",
            sequence="e.sequence",
            hash="a.hash",
            digest="''",
            recorded_at="a.recorded_at",
        )

    def _link(self, sequence: int) -> None:
        """The events of that number in their chains, each with the hash of the one before."""
        base = self._base("audit.CaseEvent")
        moment = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || '+00:00'"""
        # the canonical JSON of portal.audit.services.event_hash, its keys in order
        text = f"""concat('{{"actor_kind":"system","actor_organisation":null,"actor_user":null,"case_id":', e.case_id,
            ',"case_type":"', e.case_type, '","facts":{{}},"move":"', e.move, '","occurred_at":"', {moment},
            '","outside":[],"previous":"', coalesce(p.hash, ''), '","recorded_at":"', {moment},
            '","request_id":"","sequence":', e.sequence, ',"source":"', e.source, '","target":"', e.target, '"}}')"""
        self._insert(
            "audit.CaseEvent",
            "FROM seed_event e LEFT JOIN audit_caseevent p ON (p.case_type, p.case_id, p.sequence) = "
            f"(e.case_type, e.case_id, e.sequence - 1) WHERE e.sequence = {sequence}",
            id=f"{base} + row_number() OVER (ORDER BY e.at, e.case_type, e.case_id)",
            case_type="e.case_type",
            case_id="e.case_id",
            sequence="e.sequence",
            move="e.move",
            source="e.source",
            target="e.target",
            actor_kind="'system'",
            occurred_at="e.at",
            recorded_at="e.at",
            previous="coalesce(p.hash, '')",
            hash=f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')",
        )

    def _tidy(self) -> None:
        self.sql("SET CONSTRAINTS ALL IMMEDIATE")
        self.sql(f"DROP TABLE {', '.join(WORKING)}")
