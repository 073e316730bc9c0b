"""Editions and inputs that wait for the actor's next step."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.actor import Actor
from portal.core.deadlines import Clock
from portal.policy.actions import A
from portal.policy.engine import holds, visible_to
from portal.web.waiting import Group, Kind
from reports.models import InputRequest, ReportEdition

# state, right, what is to be done
EDITIONS = (
    ("collecting", A.EDITION_HANDLE, _("Freeze the records for the report to session %(reference)s")),
    ("drafting", A.EDITION_HANDLE, _("Send the report to session %(reference)s to clearance")),
    ("clearance", A.EDITION_CLEAR, _("Clear the report to session %(reference)s, section by section")),
    ("cleared", A.EDITION_HANDLE, _("Submit the report to session %(reference)s")),
    ("submitted", A.EDITION_HANDLE, _("Record the issue of the report to session %(reference)s")),
)


def _no_clock(_rows: Iterable[Any]) -> dict[int, Clock]:
    return {}


def groups(actor: Actor) -> list[Group]:
    """What waits for the actor."""
    return [] if actor.user is None else [_editions(actor), _inputs(actor)]


def _editions(actor: Actor) -> Group:
    kinds = [
        Kind(text, visible_to(actor, right, ReportEdition.objects.filter(status=status)),
             _("All reports"), reverse("reports:sessions"))
        for status, right, text in EDITIONS
        if holds(actor, right)
    ]  # fmt: skip
    return Group(
        kinds,
        ReportEdition.objects.select_related("session"),
        page="reports:edition",
        key=lambda row: row.pk,
        about=lambda row: str(row.session),
        due=_no_clock,
    )


def _inputs(actor: Actor) -> Group:
    asked = InputRequest.objects.filter(status="asked", due__gte=clock.today())
    kind = Kind(
        _("Write for the report to session %(reference)s"),
        visible_to(actor, A.INPUT_ANSWER, asked),
        _("All inputs asked for"),
        reverse("reports:inputs"),
    )
    return Group(
        [kind] if holds(actor, A.INPUT_ANSWER) else [],
        InputRequest.objects.select_related("session"),
        page="reports:input",
        key=lambda row: row.pk,
        about=lambda row: str(row.session),
        due=_no_clock,
    )
