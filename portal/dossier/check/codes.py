"""Codes that the portal holds as data: States, regions, forms, themes, units, currencies, paragraphs."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _

from portal.dossier.check.view import View, parts
from portal.dossier.problems import Step, quote
from portal.dossier.read import Record

NEED_PARAGRAPHS = 9
"""A need serves operative paragraphs 1 to 9 of the resolution."""
PARAGRAPHS = 11
LARGEST_COUNT = 2_147_483_647

Steps = tuple[Step, ...]


def check(view: View) -> None:
    """Note codes that the portal does not know and numbers beyond what it holds."""
    for collection, look in _LOOK.items():
        for index, record in view.each(collection):
            look(view, (collection, index), record)


def _organisation(view: View, steps: Steps, organisation: Record) -> None:
    kind, state = organisation.get("kind"), organisation.get("state")
    if kind == "government" and state is None:
        view.note((*steps, "state"), _("is missing; a Government needs its State"))
    elif kind not in (None, "government") and state is not None:
        view.note((*steps, "state"), _("only a Government has a State"))
    _state(view, (*steps, "state"), state)


def _request(view: View, steps: Steps, request: Record) -> None:
    _state(view, (*steps, "state"), request.get("state"))
    _states(view, (*steps, "co_requesters"), request.get("co_requesters"))
    for place, need in parts(request, "needs"):
        here = (*steps, "needs", place)
        _listed_codes(view, here, need)
        _state(view, (*here, "state"), need.get("state"))
        _currency(view, (*here, "unit_cost", "currency"), (need.get("unit_cost") or {}).get("currency"))
        _counts(view, (*here, "beneficiaries"), need.get("beneficiaries"))
        for position, paragraph in parts(need, "paragraphs"):
            if paragraph > NEED_PARAGRAPHS:
                reason = _("a need serves paragraphs 1 to %(last)d of the resolution")
                view.note((*here, "paragraphs", position), reason % {"last": NEED_PARAGRAPHS})


def _offer(view: View, steps: Steps, offer: Record) -> None:
    _listed_codes(view, steps, offer)
    _states(view, (*steps, "states"), offer.get("states"))
    for place, region in parts(offer, "regions"):
        _region(view, (*steps, "regions", place), region)


def _listed_codes(view: View, steps: Steps, record: Record) -> None:
    for name, known, reason in (
        ("form", view.known.forms, _("there is no form of assistance %(code)s")),
        ("theme", view.known.themes, _("there is no thematic area %(code)s")),
        ("unit", view.known.units, _("there is no unit %(code)s")),
    ):
        code = record.get(name)
        if code is not None and code not in known:
            view.note((*steps, name), reason % {"code": quote(code)} + _near(code, known))


def _near(code: str, known: Iterable[str]) -> str:
    near = get_close_matches(code, sorted(known), n=1)
    return _("; did you mean “%(near)s”?") % {"near": near[0]} if near else ""


def _states(view: View, steps: Steps, codes: Iterable[str | None] | None) -> None:
    for place, code in enumerate(codes or ()):
        _state(view, (*steps, place), code)


def _state(view: View, steps: Steps, code: str | None) -> None:
    if code is None or code in view.known.states:
        return
    if code in view.known.areas:
        reason = _("%(code)s is a territory or area, not a Member or observer State of the United Nations")
    else:
        reason = _("there is no State with the code %(code)s")
    view.note(steps, reason % {"code": quote(code)})


def _region(view: View, steps: Steps, code: str) -> None:
    if code not in view.known.regions:
        view.note(steps, _("there is no M49 region or sub-region %(code)s") % {"code": quote(code)})


def _currency(view: View, steps: Steps, code: str | None) -> None:
    if code is not None and code not in view.known.currencies:
        view.note(steps, _("there is no currency %(code)s in ISO 4217") % {"code": quote(code)})


def _earmark(view: View, steps: Steps, earmark: str | None) -> None:
    kind, _colon, code = (earmark or "").partition(":")
    if kind == "state":
        _state(view, steps, code)
    elif kind == "region":
        _region(view, steps, code)
    elif kind == "theme" and code not in view.known.themes:
        reason = _("there is no thematic area %(code)s") % {"code": quote(code)}
        view.note(steps, reason + _near(code, view.known.themes))


def _counts(view: View, steps: Steps, counts: Record | None) -> None:
    for name, count in (counts or {}).items():
        if count is not None and count > LARGEST_COUNT:
            view.note((*steps, name), _("must be at most %(most)d") % {"most": LARGEST_COUNT})


def _rate(view: View, steps: Steps, rate: Record) -> None:
    _currency(view, (*steps, "currency"), rate.get("currency"))


def _value(view: View, steps: Steps, record: Record) -> None:
    _currency(view, (*steps, "value", "currency"), (record.get("value") or {}).get("currency"))


def _pledge(view: View, steps: Steps, pledge: Record) -> None:
    _listed_codes(view, steps, pledge)
    _state(view, (*steps, "state"), pledge.get("state"))
    _value(view, steps, pledge)


def _contribution(view: View, steps: Steps, contribution: Record) -> None:
    _currency(view, (*steps, "currency"), contribution.get("currency"))
    _earmark(view, (*steps, "earmarked_for"), contribution.get("earmarked_for"))


def _delivery(view: View, steps: Steps, delivery: Record) -> None:
    _value(view, steps, delivery)
    _counts(view, (*steps, "participants"), delivery.get("participants"))


def _session(view: View, steps: Steps, session: Record) -> None:
    _counts(view, steps, {"number": session.get("number")})


def _narrative(view: View, steps: Steps, narrative: Record) -> None:
    _state(view, (*steps, "state"), narrative.get("state"))
    if narrative.get("paragraph", 1) > PARAGRAPHS:
        reason = _("the resolution has paragraphs 1 to %(last)d")
        view.note((*steps, "paragraph"), reason % {"last": PARAGRAPHS})


_LOOK: dict[str, Callable[[View, Steps, Record], None]] = {
    "organisations": _organisation,
    "exchange_rates": _rate,
    "requests": _request,
    "offers": _offer,
    "pledges": _pledge,
    "contributions": _contribution,
    "deliveries": _delivery,
    "sessions": _session,
    "narratives": _narrative,
}
