"""What the shell of every page shows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext_lazy as _

from portal.core.actor import PUBLIC
from portal.policy.actions import A
from portal.policy.engine import holds
from portal.policy.roles import STAFF_ROLES, R
from portal.web import language
from portal.web.pages import place

if TYPE_CHECKING:
    from django.utils.functional import Promise

STAFF = frozenset({*STAFF_ROLES, R.ADMINISTRATOR})
SECTIONS: tuple[tuple[str, "str | Promise", A], ...] = (
    ("requests:desk", _("Desk"), A.REQUEST_HANDLE),
    ("requests:requests", _("Requests"), A.REQUEST_VIEW),
    ("requests:needs", _("Needs"), A.REQUEST_VIEW),
    ("donors:offers", _("Offers"), A.OFFER_VIEW),
    ("donors:pledges", _("Pledges"), A.PLEDGE_VIEW),
    ("donors:contributions", _("Contributions"), A.CONTRIBUTION_VIEW),
    ("donors:deliveries", _("Deliveries"), A.DELIVERY_VIEW),
    ("requests:assessments", _("Assessments"), A.ASSESSMENT_VIEW),
    ("reports:sessions", _("Reports"), A.EDITION_VIEW),
    ("accounts:people", _("People"), A.PEOPLE_VIEW),
)


@dataclass(frozen=True)
class Section:
    """A line of the navigation."""

    url: str
    label: "str | Promise"
    here: bool


def sections(request: HttpRequest) -> list[Section]:
    """The lists in which the actor's roles could find anything."""
    actor = getattr(request, "actor", PUBLIC)
    home = place("web:front")
    found = [Section(home, _("Home"), request.path == home)] if actor.user else []
    for name, label, action in SECTIONS:
        if holds(actor, action):
            url = place(name)
            found.append(Section(url, label, request.path.startswith(url)))
    return found


def shell(request: HttpRequest) -> dict[str, Any]:
    code = get_language() or settings.LANGUAGE_CODE
    return {
        "sample": settings.SAMPLE,
        "actor": getattr(request, "actor", PUBLIC),
        "staff": bool(STAFF & getattr(request, "actor", PUBLIC).roles),
        "unread": getattr(request, "unread", 0),
        "session_ends": getattr(request, "session_ends", None),
        "navigation": sections(request),
        "inbox_here": request.path == place("notifications:inbox"),
        "languages": language.links(request, code),
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
