"""What may be read of sessions, editions and their documents."""

from django.db.models import QuerySet

from portal.core.actor import Actor
from portal.policy.actions import A
from portal.policy.engine import visible_to
from reports.models import Rendition, ReportEdition, ReportJob, Session

# whole records: for those alone who may see the complete figures
COMPLETE = ("figures", "snapshot")


def sessions() -> QuerySet[Session]:
    """Sessions and their periods are public."""
    return Session.objects.select_related("resolution").order_by("-number")


def editions(actor: Actor) -> QuerySet[ReportEdition]:
    return visible_to(actor, A.EDITION_VIEW, ReportEdition.objects.select_related("session"))


def jobs(actor: Actor) -> QuerySet[ReportJob]:
    """Jobs of the editions that an actor may see, newest first."""
    return ReportJob.objects.filter(edition__in=editions(actor).values("pk")).order_by("-pk")


def renditions(actor: Actor) -> QuerySet[Rendition]:
    """Documents of the editions that an actor may see; the complete figures for those alone who may."""
    rows = Rendition.objects.filter(job__in=jobs(actor).values("pk")).order_by("pk")
    full = visible_to(actor, A.FIGURES_COMPLETE, ReportEdition.objects.all())
    return rows.exclude(format__in=COMPLETE) | rows.filter(job__edition__in=full.values("pk"))
