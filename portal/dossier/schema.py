"""The shape of a dossier, format `assistance-dossier/1`, as data with one rule per kind of value.

A rule takes a value and answers None when it is right, otherwise the list of what is wrong with it, each as
(steps to the place, reason). The verdict is that of the published JSON Schema of the format; the reasons are
meant for the person who typed the file. Patterns are read as JSON Schema reads them: digits are 0 to 9, and
`$` is the very end of the text.
"""

import re
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.dossier.problems import Step, quote

FORMAT = "assistance-dossier/1"

Found = list[tuple[tuple[Step, ...], str]]
Rule = Callable[[Any], Found | None]


def kind_of(value: object) -> str:
    """What a JSON value is, in words: "a number", "a list", "nothing (null)"."""
    if value is None:
        return _("nothing (null)")
    if isinstance(value, bool):
        return _("true or false")
    if isinstance(value, int | float):
        return _("a number")
    if isinstance(value, str):
        return _("a text")
    return _("a list") if isinstance(value, list) else _("an object")


def _wrong_kind(expected: object, value: object) -> Found:
    words = {"expected": expected, "given": kind_of(value)}
    return [((), _("must be %(expected)s; %(given)s is given") % words)]


def text(
    *, pattern: str | None = None, least: int = 0, most: int | None = None, means: object = None
) -> Rule:
    """A text of `least` to `most` characters; with a pattern, one that it describes and `means` explains."""
    described_by = re.compile(pattern, re.ASCII).fullmatch if pattern else None

    def check(value: Any) -> Found | None:
        if type(value) is not str:
            return _wrong_kind(_("a text in quotation marks"), value)
        if described_by is not None and described_by(value) is None:
            return [((), _("%(value)s is not %(means)s") % {"value": quote(value), "means": means})]
        if len(value) < least:
            reason = ngettext(
                "must have at least %(least)d character; it has %(given)d",
                "must have at least %(least)d characters; it has %(given)d",
                least,
            )
            return [((), reason % {"least": least, "given": len(value)})]
        if most is not None and len(value) > most:
            reason = _("must have at most %(most)d characters; it has %(given)d")
            return [((), reason % {"most": most, "given": len(value)})]
        return None

    return check


def choice(*codes: str) -> Rule:
    """One of a few fixed words."""
    allowed = frozenset(codes)

    def check(value: Any) -> Found | None:
        if type(value) is str and value in allowed:
            return None
        if type(value) is not str:
            return _wrong_kind(_("one of: %(codes)s") % {"codes": ", ".join(codes)}, value)
        words = {"value": quote(value), "codes": ", ".join(codes)}
        return [((), _("%(value)s is not one of: %(codes)s") % words)]

    return check


def whole(*, least: int | None = None, most: int | None = None) -> Rule:
    """A whole number (as JSON counts: 3.0 is one), true and false excepted."""

    def check(value: Any) -> Found | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return _wrong_kind(_("a whole number without quotation marks"), value)
        if isinstance(value, float) and not value.is_integer():
            return [((), _("must be a whole number; %(value)s is given") % {"value": value})]
        if least is not None and value < least:
            return [((), _("must be at least %(least)d") % {"least": least})]
        if most is not None and value > most:
            return [((), _("must be at most %(most)d") % {"most": most})]
        return None

    return check


def flag(value: Any) -> Found | None:
    """True or false."""
    return None if isinstance(value, bool) else _wrong_kind(_("true or false"), value)


def listing(rule: Rule, *, unique: bool = False, least: int = 0) -> Rule:
    """A list whose items all satisfy `rule`; where `unique`, none stands twice."""

    def check(value: Any) -> Found | None:
        if not isinstance(value, list):
            return _wrong_kind(_("a list"), value)
        found: Found = []
        if len(value) < least:
            found.append(((), _("must have at least one item; the list is empty")))
        seen: set[object] = set()
        for index, item in enumerate(value):
            wrong = rule(item)
            if wrong:
                found.extend(((index, *steps), reason) for steps, reason in wrong)
            elif unique:
                if item in seen:
                    found.append(((index,), _("stands twice in the list: %(item)s") % {"item": item}))
                seen.add(item)
        return found or None

    check.item = rule  # type: ignore[attr-defined]
    return check


def record(required: Collection[str] = (), /, **fields: Rule) -> Rule:
    """An object with these keys and no others; `required` ones must be there.

    A key that is a Python keyword is written with a trailing underscore (`from_`).
    """
    rules = {name.rstrip("_"): rule for name, rule in fields.items()}
    demanded = tuple(required)

    def check(value: Any) -> Found | None:
        if not isinstance(value, dict):
            return _wrong_kind(_("an object"), value)
        found: Found = []
        for key, item in value.items():
            rule = rules.get(key)
            if rule is None:
                found.append(((key,), _unknown_key(key, rules)))
                continue
            wrong = rule(item)
            if wrong:
                found.extend(((key, *steps), reason) for steps, reason in wrong)
        for key in demanded:
            if key not in value:
                found.append(((key,), _("is missing; it is required")))
        return found or None

    check.rules = rules  # type: ignore[attr-defined]
    check.required = frozenset(demanded)  # type: ignore[attr-defined]
    return check


def _unknown_key(key: str, rules: Mapping[str, Rule]) -> str:
    near = get_close_matches(key[:80], rules, n=1)
    if near:
        return _("there is no such key here; did you mean “%(near)s”?") % {"near": near[0]}
    return _("there is no such key here; the keys are: %(keys)s") % {"keys": ", ".join(rules)}


def names(value: Any) -> Found | None:
    """A name in one or more of the six languages."""
    if not isinstance(value, dict):
        return _wrong_kind(_("an object with a name for each language"), value)
    if not value:
        return [((), _("must have a name in at least one language"))]
    found: Found = []
    for key, item in value.items():
        if key not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            found.append(((key,), _("is not a language of the portal: %(known)s") % {"known": known}))
            continue
        found.extend(((key, *steps), reason) for steps, reason in _NAME(item) or ())
    return found or None


LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")
_NAME = text(least=1)
_WORDS = text()
TEXT = text(most=20_000)
REF = text(
    pattern=r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}",
    means=gettext_lazy(
        "a reference (letters, digits, . _ : -, at most 80, beginning with a letter or digit)"
    ),
)
DATE = text(
    pattern=r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?",
    means=gettext_lazy("a date (2018-12-31, or a UTC time 2018-12-31T23:59:59Z)"),
)
AMOUNT = text(
    pattern=r"\d{1,15}(\.\d{1,4})?",
    means=gettext_lazy("an amount (digits with at most four decimals, such as 1250.50)"),
)
POSITIVE = text(
    pattern=r"(?!0+(\.0+)?\Z)\d{1,15}(\.\d{1,4})?",
    means=gettext_lazy("a quantity above zero (digits with at most four decimals, such as 12 or 2.5)"),
)
ISO3 = text(pattern=r"[A-Z]{3}", means=gettext_lazy("a country code of three capital letters"))
CURRENCY = text(pattern=r"[A-Z]{3}", means=gettext_lazy("a currency code of three capital letters"))
CODE = text(
    pattern=r"[a-z0-9][a-z0-9-]{1,39}",
    means=gettext_lazy("a code (small letters, digits and hyphens, two to forty)"),
)
LANGUAGE = choice(*LANGUAGES)
PARAGRAPH = whole(least=1, most=99)
RATING = whole(least=1, most=5)
COUNT = whole(least=0)
MONEY = record(("amount", "currency"), amount=AMOUNT, currency=CURRENCY)
CLAIM = record(("field", "value", "source"), field=_WORDS, value=_WORDS, source=_WORDS, used=flag, why=_WORDS)
AGREEMENT = record(("reference", "signed"), reference=_WORDS, signed=DATE)
ENTRY = record(("date", "amount"), date=DATE, amount=AMOUNT)

REQUEST_MOVES = ("submitted", "acknowledged", "circulated", "declined", "withdrawn", "closed", "reopened")
PLEDGE_MOVES = (
    "announced",
    "offered",
    "accepted",
    "declined",
    "agreed",
    "withdrawn",
    "cancelled",
    "acknowledged",
    "lapsed",
)

ORGANISATION = record(
    ("ref", "names", "kind"),
    ref=REF,
    names=names,
    acronym=_WORDS,
    kind=choice(
        "government",
        "secretariat",
        "un-entity",
        "intergovernmental",
        "financial-institution",
        "civil-society",
        "private",
    ),
    state=ISO3,
    iati_identifier=_WORDS,
)
RATE = record(
    ("currency", "date", "per_usd"),
    currency=CURRENCY,
    date=DATE,
    per_usd=text(
        pattern=r"(?!0+(\.0+)?\Z)\d{1,9}(\.\d{1,8})?",
        means=gettext_lazy("a rate above zero (at most nine digits and eight decimals, such as 0.912)"),
    ),
    source=_WORDS,
)
NEED = record(
    ("ref", "form", "theme", "description", "quantity", "unit", "paragraphs"),
    ref=REF,
    form=CODE,
    theme=CODE,
    description=TEXT,
    quantity=POSITIVE,
    unit=CODE,
    unit_cost=MONEY,
    needed_by=DATE,
    place=_WORDS,
    paragraphs=listing(PARAGRAPH, unique=True, least=1),
    priority=choice("high", "medium", "low"),
    site_readiness=TEXT,
    running_costs=TEXT,
    recipient_kind=choice(
        "police",
        "customs",
        "border-guard",
        "military",
        "justice",
        "health",
        "education",
        "statistics",
        "other",
    ),
    mainly_for=listing(choice("women", "children"), unique=True),
    beneficiaries=record((), women=COUNT, men=COUNT, children=COUNT),
    state=ISO3,
    direction=choice("inbound", "outbound", "both"),
)
CLARIFICATION = record(("asked", "question"), asked=DATE, question=TEXT, answered=DATE, answer=TEXT)
REQUEST = record(
    ("ref", "state", "title", "situation", "needs", "dates"),
    ref=REF,
    state=ISO3,
    language=LANGUAGE,
    co_requesters=listing(ISO3, unique=True),
    drugs=listing(
        choice(
            "opiates", "cocaine", "cannabis", "amphetamine-type", "new-psychoactive", "precursors", "other"
        ),
        unique=True,
    ),
    title=text(least=3, most=300),
    situation=TEXT,
    objectives=TEXT,
    previous_assistance=TEXT,
    national_contribution=TEXT,
    authority=_WORDS,
    contact=_WORDS,
    channel=choice("any", "bilateral", "multilateral", "organization"),
    urgency=choice("routine", "urgent", "emergency"),
    urgency_reason=TEXT,
    visibility=choice("unodc", "selected-donors", "all-donors", "public"),
    selected_donors=listing(REF),
    evidence=TEXT,
    note_verbale=record(("number", "date"), number=_WORDS, date=DATE),
    needs=listing(NEED, least=1),
    dates=record((), **dict.fromkeys(REQUEST_MOVES, DATE)),
    reason=TEXT,
    clarifications=listing(CLARIFICATION),
    source=_WORDS,
    claims=listing(CLAIM),
    named_in_report=flag,
)
OFFER = record(
    ("ref", "donor", "form", "theme", "description", "quantity", "unit", "valid_from"),
    ref=REF,
    donor=REF,
    form=CODE,
    theme=CODE,
    description=TEXT,
    quantity=POSITIVE,
    unit=CODE,
    regions=listing(text(pattern=r"\d{3}", means=gettext_lazy("an M49 code of three digits"))),
    states=listing(ISO3),
    languages=listing(LANGUAGE),
    valid_from=DATE,
    valid_until=DATE,
    conditions=TEXT,
)
PLEDGE = record(
    ("ref", "donor", "kind", "form", "description", "quantity", "unit", "dates"),
    ref=REF,
    donor=REF,
    joint_donors=listing(REF),
    need=REF,
    offer=REF,
    kind=choice("in-kind", "cash"),
    finance=choice("grant", "loan"),
    form=CODE,
    description=TEXT,
    quantity=POSITIVE,
    unit=CODE,
    value=MONEY,
    anonymous=flag,
    conditions=TEXT,
    window=record((), from_=DATE, until=DATE),
    agreement=AGREEMENT,
    dates=record((), **dict.fromkeys(PLEDGE_MOVES, DATE)),
    reason=TEXT,
    claims=listing(CLAIM),
    source=_WORDS,
    redirected_from=REF,
    state=ISO3,
    channel=choice("direct", "through-unodc"),
)
CONTRIBUTION = record(
    ("ref", "donor", "amount", "currency", "earmarking", "announced"),
    ref=REF,
    donor=REF,
    pledge=REF,
    amount=AMOUNT,
    currency=CURRENCY,
    earmarking=choice("unearmarked", "soft", "tight"),
    earmarked_for=text(
        pattern=r"theme:[a-z0-9-]+|region:\d{3}|state:[A-Z]{3}|need:[^\n\r\u2028\u2029]+",
        means=gettext_lazy("an earmark (theme:…, region:142, state:AFG or need:…)"),
    ),
    psc_rate=text(
        pattern=r"\d{1,2}(\.\d{1,2})?",
        means=gettext_lazy("a rate in per cent (under 100, at most two decimals, such as 13 or 7.5)"),
    ),
    psc_rule=_WORDS,
    announced=DATE,
    agreement=AGREEMENT,
    receipts=listing(ENTRY),
    psc_charges=listing(ENTRY),
    allocations=listing(
        record(("date", "amount", "need"), date=DATE, amount=AMOUNT, need=REF, consent=_WORDS)
    ),
    refunds=listing(ENTRY),
    claims=listing(CLAIM),
    source=_WORDS,
)
FOLLOW_UP = record(
    ("date", "status"),
    date=DATE,
    status=choice("in-use", "partly-in-use", "not-in-use", "lost", "staff-moved"),
    note=TEXT,
)
DELIVERY = record(
    ("ref", "pledge", "date", "quantity"),
    ref=REF,
    pledge=REF,
    date=DATE,
    description=TEXT,
    quantity=POSITIVE,
    value=MONEY,
    place=_WORDS,
    participants=record((), women=COUNT, men=COUNT),
    follow_ups=listing(FOLLOW_UP),
    confirmed=DATE,
    disputed=record(("date", "reason"), date=DATE, reason=TEXT),
    claims=listing(CLAIM),
    source=_WORDS,
)
INDICATOR = record(
    ("name", "unit", "baseline", "current"),
    name=_WORDS,
    unit=_WORDS,
    baseline=_WORDS,
    target=_WORDS,
    current=_WORDS,
)
ASSESSMENT = record(
    ("ref", "request", "submitted", "findings"),
    ref=REF,
    request=REF,
    submitted=DATE,
    published=DATE,
    findings=TEXT,
    lessons=TEXT,
    ratings=record(
        (),
        relevance=RATING,
        coherence=RATING,
        effectiveness=RATING,
        efficiency=RATING,
        impact=RATING,
        sustainability=RATING,
    ),
    indicators=listing(INDICATOR),
)
SESSION = record(
    ("number", "from", "to"),
    body=_WORDS,
    number=whole(least=1),
    venue=_WORDS,
    opens=DATE,
    closes=DATE,
    agenda_item=_WORDS,
    symbol=_WORDS,
    from_=DATE,
    to=DATE,
)
NARRATIVE = record(
    ("session", "paragraph", "language", "text"),
    session=whole(),
    paragraph=whole(least=1),
    organisation=REF,
    state=ISO3,
    language=LANGUAGE,
    text=TEXT,
)

COLLECTIONS: dict[str, Rule] = {
    "organisations": ORGANISATION,
    "exchange_rates": RATE,
    "requests": REQUEST,
    "offers": OFFER,
    "pledges": PLEDGE,
    "contributions": CONTRIBUTION,
    "deliveries": DELIVERY,
    "assessments": ASSESSMENT,
    "sessions": SESSION,
    "narratives": NARRATIVE,
}
HEAD: dict[str, Rule] = {"format": choice(FORMAT), "title": _WORDS}

DOCUMENT = record(("format",), **HEAD, **{name: listing(rule) for name, rule in COLLECTIONS.items()})
"""The rule for a whole dossier at once; `read` applies the rules record by record instead."""


def unknown_root_key(key: str) -> str:
    """The reason given for a key that a dossier does not have at its root."""
    return _unknown_key(key, {**HEAD, **COLLECTIONS})


def missing() -> str:
    """The reason given for a required key that is not there."""
    return _("is missing; it is required")
