"""The list of what happened to a record."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

register = template.Library()

MOVES = {
    "draft": lambda: pgettext("what happened", "Drafted"),
    "send_for_approval": lambda: pgettext("what happened", "Sent to the approver"),
    "return": lambda: pgettext("what happened", "Returned for changes"),
    "submit": lambda: pgettext("what happened", "Submitted"),
    "acknowledge": lambda: pgettext("what happened", "Acknowledged"),
    "decline": lambda: pgettext("what happened", "Declined"),
    "ask_for_clarification": lambda: pgettext("what happened", "Clarification asked"),
    "answer": lambda: pgettext("what happened", "Question answered"),
    "circulate": lambda: pgettext("what happened", "Circulated to donors"),
    "change_consent": lambda: pgettext("what happened", "Consent changed"),
    "close": lambda: pgettext("what happened", "Closed"),
    "lapse": lambda: pgettext("what happened", "Lapsed"),
    "withdraw": lambda: pgettext("what happened", "Withdrawn"),
    "reopen": lambda: pgettext("what happened", "Reopened"),
    "publish": lambda: pgettext("what happened", "Published"),
    "take_up": lambda: pgettext("what happened", "Taken up by a pledge"),
    "give_back": lambda: pgettext("what happened", "Given back by a pledge"),
    "expire": lambda: pgettext("what happened", "Expired"),
    "announce": lambda: pgettext("what happened", "Announced"),
    "offer": lambda: pgettext("what happened", "Offered"),
    "accept": lambda: pgettext("what happened", "Accepted"),
    "agree": lambda: pgettext("what happened", "Agreed"),
    "start_delivery": lambda: pgettext("what happened", "Delivery begun"),
    "record_delivery": lambda: pgettext("what happened", "Delivery recorded"),
    "complete": lambda: pgettext("what happened", "Delivered"),
    "resume": lambda: pgettext("what happened", "In delivery again"),
    "cancel": lambda: pgettext("what happened", "Cancelled"),
    "record": lambda: pgettext("what happened", "Recorded"),
    "confirm": lambda: pgettext("what happened", "Confirmed"),
    "dispute": lambda: pgettext("what happened", "Disputed"),
    "correct": lambda: pgettext("what happened", "Corrected"),
    "void": lambda: pgettext("what happened", "Declared void"),
    "follow_up": lambda: pgettext("what happened", "Follow-up answered"),
    "receive": lambda: pgettext("what happened", "Money received"),
    "allocate": lambda: pgettext("what happened", "Money allocated"),
    "charge_psc": lambda: pgettext("what happened", "Programme support costs charged"),
    "refund": lambda: pgettext("what happened", "Money refunded"),
    "reverse": lambda: pgettext("what happened", "Entry reversed"),
    "propose_entry": lambda: pgettext("what happened", "Entry proposed"),
    "approve_entry": lambda: pgettext("what happened", "Proposed entry approved"),
    "refuse_entry": lambda: pgettext("what happened", "Proposed entry refused"),
    "request": lambda: pgettext("what happened", "Assessment requested"),
    "start": lambda: pgettext("what happened", "Begun"),
    "show_to": lambda: pgettext("what happened", "Shown to chosen donors"),
    "hide_from": lambda: pgettext("what happened", "No longer shown to donors"),
    "confirm_joint": lambda: pgettext("what happened", "Confirmed by a State of the joint request"),
    "leave_joint": lambda: pgettext("what happened", "A State left the joint request"),
    "accept_surplus": lambda: pgettext("what happened", "Surplus accepted"),
    "consent": lambda: pgettext("what happened", "Consent given"),
    "amend": lambda: pgettext("what happened", "Amended"),
    "add_need": lambda: pgettext("what happened", "Need added"),
    "change_need": lambda: pgettext("what happened", "Need changed"),
    "remove_need": lambda: pgettext("what happened", "Need removed"),
    "no_documents": lambda: pgettext("what happened", "No other documents attached"),
    "infected_file_refused": lambda: pgettext("what happened", "File with a virus refused"),
    "reminded": lambda: pgettext("what happened", "Reminder sent"),
    "revised": lambda: pgettext("what happened", "Text changed"),
    "redirect": lambda: pgettext("what happened", "Turned to another need"),
    "plan": lambda: pgettext("what happened", "Planned"),
    "invite_inputs": lambda: pgettext("what happened", "Inputs asked for"),
    "ask": lambda: pgettext("what happened", "Input asked for"),
    "freeze": lambda: pgettext("what happened", "Records frozen"),
    "send_to_clearance": lambda: pgettext("what happened", "Sent to clearance"),
    "clear_sections": lambda: pgettext("what happened", "Sections cleared"),
    "return_section": lambda: pgettext("what happened", "Section returned"),
    "clear": lambda: pgettext("what happened", "Cleared"),
    "issue": lambda: pgettext("what happened", "Issued"),
}


def _what(move: str) -> str:
    """A move in words; one that has none yet by its own name."""
    words = MOVES.get(move)
    return words() if words else move.replace("_", " ").capitalize()


def _by(event: Any) -> str:
    """For whom it was done, never by whom: persons are not shown."""
    return {"import": _("entered from records"), "system": _("the portal")}.get(event.actor_kind, "")


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """What happened to a record: events that were already chosen for their reader."""
    return {"steps": [{"event": event, "what": _what(event.move), "by": _by(event)} for event in events]}
