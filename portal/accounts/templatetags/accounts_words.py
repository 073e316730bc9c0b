"""What happened to a membership, in words."""

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.selectors import role_labels
from portal.core.languages import listed

if TYPE_CHECKING:
    from django.utils.functional import Promise

register = template.Library()

WORDS: dict[str, "str | Promise"] = {
    "join": gettext_lazy("became a member"),
    "change": gettext_lazy("roles changed"),
    "end": gettext_lazy("membership ended"),
    "issue_token": gettext_lazy("a token was made"),
    "revoke_token": gettext_lazy("a token was revoked"),
    "clear_second_factor": gettext_lazy("the second factor was cleared"),
}


@register.filter
def membership_event(event: Any) -> str:
    """One event of a membership; with the roles that it gave."""
    words = str(WORDS.get(event.move, event.move))
    roles = event.facts.get("roles")
    return (
        _("%(event)s: %(details)s") % {"event": words, "details": listed(role_labels(roles))}
        if roles
        else words
    )
