"""How long something may still take, in words."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.audit.cases import case_type
from portal.core import clock as time
from portal.core.deadlines import Clock
from portal.core.events import ask

register = template.Library()

NAMES = {
    "acknowledge": gettext_lazy("Acknowledgement by UNODC"),
    "review": gettext_lazy("Review by UNODC"),
    "answer": gettext_lazy("Answer of the State"),
    "assess": gettext_lazy("Impact assessment"),
    "respond": gettext_lazy("Answer of the State"),
    "agree": gettext_lazy("Agreement"),
    "deliver": gettext_lazy("Delivery"),
    "confirm": gettext_lazy("Confirmation by the State"),
    "follow_up": gettext_lazy("Follow-up by the State"),
}


@register.filter
def due_words(clock: Clock) -> str:
    """“due in 3 working days”, “due today”, “2 working days late”."""
    number = abs(clock.left)
    if clock.late:
        words = ngettext("%(number)d working day late", "%(number)d working days late", number)
        return words % {"number": number} if number else _("late")
    if clock.due == time.today():
        return _("due today")
    words = ngettext("due in %(number)d working day", "due in %(number)d working days", number)
    return words % {"number": number} if number else _("due before the next working day")


@register.inclusion_tag("components/clock.html")
def clock(record: Any) -> dict[str, Any]:
    """The clock that runs on a record, for those who see the record; nothing where none runs."""
    found = ask(f"clock.{case_type(record)}", record=record)
    return {"clock": found, "name": NAMES.get(found.name) if found else ""}
