"""Who and what the portal speaks of: States, organisations, vocabularies, holidays and rates of exchange.

Names and labels are JSON objects keyed by language code. Dated rows hold from `start` (None: always so far)
to `until`, the first day on which they no longer hold (None: still so).
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from portal.directory.enums import (
    IATI_TYPE,
    GroupKind,
    Language,
    OrganisationKind,
    UnStatus,
)

REF_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$"
_SIX = Language.values


def in_language(names: dict[str, str], language: str) -> str:
    """The name in a language, else in English, else in the first language there is."""
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


def _dates_in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(until__gt=F("start")), name=name)


def _no_overlap(name: str, *fields: str) -> ExclusionConstraint:
    """Two rows for the same `fields` never hold on the same day."""
    span = Func(F("start"), F("until"), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[*((field, RangeOperators.EQUAL) for field in fields), (span, RangeOperators.OVERLAPS)],
    )


class Region(models.Model):
    """An M49 region, sub-region or intermediate region."""

    code = models.CharField(max_length=3, primary_key=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    names = models.JSONField()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^\d{3}$"), name="region_code_three_digits"),
            models.CheckConstraint(condition=Q(names__has_keys=_SIX), name="region_names_six_languages"),
        ]

    def __str__(self) -> str:
        return in_language(self.names, "en")


class State(models.Model):
    """A Member State of the United Nations or a non-member observer State.

    `names` are short names as in lists and tables; `in_sentence` the same with the article, or in the order,
    that running text needs.
    """

    iso3 = models.CharField(max_length=3, primary_key=True)
    iso2 = models.CharField(max_length=2, unique=True)
    m49 = models.CharField(max_length=3, unique=True)
    region = models.CharField(max_length=3)
    sub_region = models.CharField(max_length=3)
    intermediate_region = models.CharField(max_length=3, blank=True, default="")
    lldc = models.BooleanField(default=False)
    sids = models.BooleanField(default=False)
    un = models.CharField(max_length=8, choices=UnStatus.choices)
    member_since = models.DateField(null=True)
    member_until = models.DateField(null=True)
    names = models.JSONField()
    in_sentence = models.JSONField()
    formal = models.JSONField()

    class Meta:
        ordering = ["iso3"]
        constraints = [
            models.CheckConstraint(condition=Q(iso3__regex="^[A-Z]{3}$"), name="state_iso3_form"),
            models.CheckConstraint(condition=Q(iso2__regex="^[A-Z]{2}$"), name="state_iso2_form"),
            models.CheckConstraint(condition=Q(m49__regex=r"^\d{3}$"), name="state_m49_form"),
            models.CheckConstraint(
                condition=Q(region__in=["002", "009", "019", "142", "150"]), name="state_region_known"
            ),
            models.CheckConstraint(condition=Q(sub_region__regex=r"^\d{3}$"), name="state_sub_region_form"),
            models.CheckConstraint(
                condition=Q(intermediate_region="") | Q(intermediate_region__regex=r"^\d{3}$"),
                name="state_intermediate_region_form",
            ),
            models.CheckConstraint(condition=Q(un__in=UnStatus.values), name="state_un_known"),
            models.CheckConstraint(
                condition=Q(names__has_keys=_SIX) & Q(in_sentence__has_keys=_SIX) & Q(formal__has_key="en"),
                name="state_names_six_languages",
            ),
            models.CheckConstraint(
                condition=Q(member_until__gt=F("member_since")), name="state_membership_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.names, "en")


class FormerName(models.Model):
    """Names of a State before `until`; a document carries the names valid on its own date (rule 12)."""

    state = models.ForeignKey(State, on_delete=models.CASCADE, related_name="former_names")
    until = models.DateField()
    names = models.JSONField()
    in_sentence = models.JSONField()
    formal = models.JSONField()

    class Meta:
        ordering = ["state", "until"]
        constraints = [
            models.UniqueConstraint(fields=["state", "until"], name="former_name_once_per_day"),
            models.CheckConstraint(
                condition=Q(names__has_keys=_SIX) & Q(in_sentence__has_keys=_SIX) & Q(formal__has_key="en"),
                name="former_name_six_languages",
            ),
        ]

    def __str__(self) -> str:
        return f"{in_language(self.names, 'en')} (until {self.until})"


class LdcPeriod(models.Model):
    """When a State was on the list of least developed countries (rule 12)."""

    state = models.ForeignKey(State, on_delete=models.CASCADE, related_name="ldc_periods")
    start = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        ordering = ["state", F("start").asc(nulls_first=True)]
        constraints = [
            _dates_in_order("ldc_dates_in_order"),
            _no_overlap("ldc_periods_apart", "state"),
        ]

    def __str__(self) -> str:
        return f"{self.state_id} {self.start or ''}–{self.until or ''}"


class Group(models.Model):
    """A grouping of States other than M49: electoral group, UNODC reporting region, route."""

    code = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=12, choices=GroupKind.choices)
    labels = models.JSONField()

    class Meta:
        ordering = ["kind", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=GroupKind.values), name="group_kind_known"),
            models.CheckConstraint(condition=Q(labels__has_keys=_SIX), name="group_labels_six_languages"),
        ]

    def __str__(self) -> str:
        return in_language(self.labels, "en")


class GroupMembership(models.Model):
    """A State's place in a group, with dates; a State can stand on several routes."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    state = models.ForeignKey(State, on_delete=models.CASCADE, related_name="group_memberships")
    start = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        ordering = ["group", "state", F("start").asc(nulls_first=True)]
        constraints = [
            _dates_in_order("group_dates_in_order"),
            _no_overlap("group_memberships_apart", "group", "state"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.state_id}"


class Organisation(models.Model):
    """A Government, the Secretariat, or another body that asks for, gives or channels assistance.

    `ref` is the dossier's. `as_given` keeps what a dossier said, for a faithful export; `imported` tells
    whether a dossier listed the organisation at all: Governments and the Secretariat exist from the start.
    """

    ref = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - unique, so absent is NULL
    kind = models.CharField(max_length=24, choices=OrganisationKind.choices)
    state = models.ForeignKey(State, on_delete=models.PROTECT, null=True, related_name="organisations")
    names = models.JSONField()
    acronym = models.TextField(blank=True, default="")
    iati_identifier = models.TextField(blank=True, default="")
    website = models.URLField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    as_given = models.JSONField(default=dict, blank=True)
    imported = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=OrganisationKind.GOVERNMENT, state__isnull=False)
                | (~Q(kind=OrganisationKind.GOVERNMENT) & Q(state__isnull=True)),
                name="organisation_state_iff_government",
            ),
            models.UniqueConstraint(fields=["state"], name="organisation_one_government_per_state"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind=OrganisationKind.SECRETARIAT),
                name="organisation_one_secretariat",
            ),
            models.CheckConstraint(condition=Q(ref__regex=REF_PATTERN), name="organisation_ref_form"),
            models.CheckConstraint(condition=~Q(names={}), name="organisation_has_a_name"),
        ]

    def __str__(self) -> str:
        return in_language(self.names, "en")

    @property
    def iati_type(self) -> str:
        """Code of the IATI OrganisationType list."""
        return IATI_TYPE[self.kind]


class Vocabulary(models.Model):
    """Base of the lists that are extended without code; `labels` in six languages."""

    code = models.CharField(max_length=40, primary_key=True)
    labels = models.JSONField()
    order = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]{1,39}$"), name="%(class)s_code_form"
            ),
            models.CheckConstraint(condition=Q(labels__has_keys=_SIX), name="%(class)s_labels_six_languages"),
        ]

    def __str__(self) -> str:
        return in_language(self.labels, "en")

    def label(self, language: str) -> str:
        """Label in a language, English where it has none."""
        return in_language(self.labels, language)


class Unit(Vocabulary):
    """What quantities are counted in; of what is countable there are no parts."""

    countable = models.BooleanField(default=False)


class Form(Vocabulary):
    """A form of assistance; `units` are the codes natural to it, the usual one first."""

    units = ArrayField(models.CharField(max_length=40), default=list)


class Theme(Vocabulary):
    """A thematic area.

    `paragraphs` of the resolution that it suggests (a need's own list stands); `ungass_chapters` (1 to 7) of
    the outcome document of the thirtieth special session of the General Assembly; `sectors` are OECD purpose
    codes, the main one first.
    """

    paragraphs = ArrayField(models.PositiveSmallIntegerField(), default=list)
    ungass_chapters = ArrayField(models.PositiveSmallIntegerField(), default=list)
    sectors = ArrayField(models.CharField(max_length=5), default=list)

    class Meta(Vocabulary.Meta):
        constraints = [
            *Vocabulary.Meta.constraints,
            models.CheckConstraint(
                condition=Q(paragraphs__contained_by=list(range(1, 10))) & Q(paragraphs__len__gte=1),
                name="theme_paragraphs_one_to_nine",
            ),
        ]


class Holiday(models.Model):
    """An official holiday of the secretariat; working-day clocks use these (rule 16)."""

    calendar = models.CharField(max_length=20, default="vienna")
    date = models.DateField()
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["calendar", "date"]
        constraints = [models.UniqueConstraint(fields=["calendar", "date"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class Currency(models.Model):
    """A currency of ISO 4217; `withdrawn` is its last year of use where it is no longer legal tender."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=100)
    minor_units = models.PositiveSmallIntegerField()
    withdrawn = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex="^[A-Z]{3}$"), name="currency_code_form"),
            models.CheckConstraint(condition=Q(minor_units__lte=4), name="currency_minor_units_at_most_4"),
        ]

    def __str__(self) -> str:
        return self.code


class ExchangeRate(models.Model):
    """Units of a currency for one United States dollar, in force from a day until the next one entered."""

    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, db_column="currency", related_name="rates"
    )
    date = models.DateField()
    per_usd = models.DecimalField(max_digits=17, decimal_places=8)
    source = models.TextField(blank=True, default="")
    as_given = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "date"], name="exchange_rate_once_per_day"),
            models.CheckConstraint(condition=Q(per_usd__gt=0), name="exchange_rate_positive"),
            models.CheckConstraint(
                condition=~Q(currency="USD") | Q(per_usd=1), name="exchange_rate_of_the_dollar_is_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency_id} {self.date} {self.per_usd}"


class Clock(models.Model):
    """How long a move may take: working days of the secretariat, or calendar months; neither where agreed."""

    code = models.CharField(max_length=40, primary_key=True)
    working_days = models.PositiveSmallIntegerField(null=True)
    months = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(working_days__isnull=True) | Q(months__isnull=True), name="clock_one_measure"
            ),
        ]

    def __str__(self) -> str:
        return self.code
