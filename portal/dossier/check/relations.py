"""What records say of each other: joint requests, loans, units, offers taken up, redirects, earmarks."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portal.dossier.check.view import View, day_of, parts
from portal.dossier.problems import Step, quote
from portal.dossier.read import Record

STANDARD_PSC_RATE = Decimal(13)
"""Per cent of programme support costs under which the rule that allows it must be named (rule 3)."""

EARMARKS = {"soft": ("theme", "region", "state"), "tight": ("need",), "unearmarked": ()}
"""What each degree of earmarking may name (rule 13)."""

Stored = Mapping[str, Any]


def check(view: View) -> None:
    """Note records that contradict each other."""
    for index, request in view.each("requests"):
        _joint(view, index, request)
    for index, pledge in view.each("pledges"):
        _pledge(view, index, pledge)
        _taken_from_offer(view, index, pledge)
        _redirected(view, index, pledge)
    for index, contribution in view.each("contributions"):
        _contribution(view, index, contribution)
    for index, assessment in view.each("assessments"):
        _assessment(view, index, assessment)


def _joint(view: View, index: int, request: Record) -> None:
    lead = request.get("state")
    for place, state in parts(request, "co_requesters"):
        if state == lead:
            reason = _("%(state)s is the lead State of the request already") % {"state": state}
            view.note(("requests", index, "co_requesters", place), reason)
    if lead is None:
        return
    states = {lead, *(request.get("co_requesters") or ())}
    for place, need in parts(request, "needs"):
        if need.get("state") is not None and need["state"] not in states:
            reason = _("%(state)s is not one of the States of this request") % {"state": quote(need["state"])}
            view.note(("requests", index, "needs", place, "state"), reason)


def _pledge(view: View, index: int, pledge: Record) -> None:
    steps: tuple[Step, ...] = ("pledges", index)
    if pledge.get("finance") == "loan" and pledge.get("kind") == "in-kind":
        view.note((*steps, "finance"), _("a loan is cash; this pledge is in kind"))
    for place, donor in parts(pledge, "joint_donors"):
        if donor == pledge.get("donor"):
            reason = _("%(donor)s is the donor of the pledge already") % {"donor": quote(donor)}
            view.note((*steps, "joint_donors", place), reason)
    found = view.find_need(pledge.get("need"))
    if found is None:
        return
    need, request = found
    both_known = {pledge.get("unit"), need.get("unit")} <= view.known.units
    if both_known and pledge["unit"] != need["unit"]:
        words = {"unit": quote(pledge["unit"]), "other": quote(need["unit"])}
        reason = _("the pledge counts in %(unit)s, its need in %(other)s; a pledge counts in its need's unit")
        view.note((*steps, "unit"), reason % words)
    states = {request.get("state"), *(request.get("co_requesters") or ())}
    if "state" in pledge and "state" in request and pledge["state"] not in states:
        reason = _("%(state)s is not one of the States of the pledge's need") % {
            "state": quote(pledge["state"])
        }
        view.note((*steps, "state"), reason)


def _taken_from_offer(view: View, index: int, pledge: Record) -> None:
    offer = view.find("offers", pledge.get("offer"))
    if offer is None:
        return
    if {"donor"} <= pledge.keys() & offer.keys() and pledge["donor"] != offer["donor"]:
        words = {"donor": quote(offer["donor"])}
        view.note(("pledges", index, "donor"), _("the pledge's offer is of another donor, %(donor)s") % words)
    day = day_of((pledge.get("dates") or {}).get("offered", ""))
    start = day_of(offer.get("valid_from", ""))
    end = day_of(offer.get("valid_until", ""))
    steps = ("pledges", index, "dates", "offered")
    if day is not None and start is not None and day < start:
        words = {"day": day.isoformat(), "start": start.isoformat()}
        view.note(steps, _("%(day)s is before the pledge's offer is valid, from %(start)s") % words)
    if day is not None and end is not None and day > end:
        words = {"day": day.isoformat(), "end": end.isoformat()}
        view.note(steps, _("%(day)s is after the pledge's offer is valid, until %(end)s") % words)


def _redirected(view: View, index: int, pledge: Record) -> None:
    steps: tuple[Step, ...] = ("pledges", index)
    source = view.find("pledges", pledge.get("redirected_from"))
    if source is None:
        return
    if pledge.get("ref") == pledge["redirected_from"]:
        view.note((*steps, "redirected_from"), _("a pledge cannot be redirected from itself"))
        return
    if {"donor"} <= pledge.keys() & source.keys() and pledge["donor"] != source["donor"]:
        words = {"donor": quote(source["donor"])}
        reason = _("a redirected pledge keeps its donor; the one it came from is of %(donor)s") % words
        view.note((*steps, "donor"), reason)
    if "need" not in pledge:
        if not _damaged(view, "pledges", index):
            view.note((*steps, "need"), _("is missing; a redirected pledge names the need that it goes to"))
    elif pledge["need"] == source.get("need"):
        view.note((*steps, "need"), _("a redirected pledge goes to another need than the one it came from"))
    if "dates" not in source:
        return
    if "cancelled" not in source["dates"]:
        reason = _(
            "the pledge %(ref)s was not cancelled; only what is left of a cancelled pledge is redirected"
        )
        view.note((*steps, "redirected_from"), reason % {"ref": quote(pledge["redirected_from"])})
        return
    offered = day_of((pledge.get("dates") or {}).get("offered", ""))
    cancelled = day_of(source["dates"]["cancelled"])
    if offered is not None and cancelled is not None and offered < cancelled:
        words = {"day": offered.isoformat(), "cancelled": cancelled.isoformat()}
        reason = _("%(day)s is before the pledge that it came from was cancelled, %(cancelled)s")
        view.note((*steps, "dates", "offered"), reason % words)


def _damaged(view: View, collection: str, index: int) -> bool:
    return (collection, index) in view.dossier.damaged


def _contribution(view: View, index: int, contribution: Record) -> None:
    steps: tuple[Step, ...] = ("contributions", index)
    rate = contribution.get("psc_rate")
    if (
        rate is not None
        and Decimal(rate) < STANDARD_PSC_RATE
        and not contribution.get("psc_rule", "").strip()
    ):
        reason = _(
            "is missing; a programme support cost rate under 13 per cent names the rule that allows it"
        )
        view.note((*steps, "psc_rule"), reason)
    degree, earmark = contribution.get("earmarking"), contribution.get("earmarked_for")
    if degree is None or earmark is None:
        return
    kind = earmark.partition(":")[0]
    if not EARMARKS[degree]:
        view.note((*steps, "earmarked_for"), _("an unearmarked contribution is earmarked for nothing"))
    elif kind not in EARMARKS[degree]:
        words = {"degree": degree, "kinds": ", ".join(EARMARKS[degree]), "kind": kind}
        reason = _("an earmark that is %(degree)s names one of: %(kinds)s; this one names a %(kind)s")
        view.note((*steps, "earmarked_for"), reason % words)


def _assessment(view: View, index: int, assessment: Record) -> None:
    """What was never submitted can have no assessment."""
    request = view.find("requests", assessment.get("request"))
    submitted = day_of(assessment.get("submitted", ""))
    if request is None or submitted is None:
        return
    asked = day_of((request.get("dates") or {}).get("submitted", ""))
    if asked is not None and submitted < asked:
        words = {"day": submitted.isoformat(), "asked": asked.isoformat()}
        reason = _("%(day)s is before the request was submitted, %(asked)s") % words
        view.note(("assessments", index, "submitted"), reason)
