"""What waits for those who invite people."""

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import ngettext

from portal.accounts import selectors
from portal.web.waiting import Waiting

register = template.Library()


@register.simple_tag(takes_context=True)
def people_waiting(context: Context) -> list[Waiting]:
    """One line for the invitations that nobody has accepted and that end soon or have ended."""
    number = selectors.ending_invitations(context["actor"])
    if not number:
        return []
    words = ngettext(
        "%(number)d invitation was not accepted and ends: send it again or revoke it",
        "%(number)d invitations were not accepted and end: send them again or revoke them",
        number,
    )
    return [Waiting(words % {"number": number}, reverse("accounts:invitations"))]
