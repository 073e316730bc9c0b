"""What may be read of sessions, editions and their documents."""

from django.db.models import Q, QuerySet

from portal.accounts import selectors as people
from portal.audit.selectors import known
from portal.core.actor import Actor
from portal.directory.models import Organisation
from portal.policy.actions import A
from portal.policy.engine import visible_to
from reports.enums import JobStatus, RenditionStatus
from reports.models import Input, InputRequest, Rendition, ReportEdition, ReportJob, Session

# whole records: for those alone who may see the complete figures
COMPLETE = ("figures", "snapshot")


def sessions() -> QuerySet[Session]:
    """Sessions and their periods are public."""
    return Session.objects.select_related("resolution").order_by("-number")


def editions(actor: Actor) -> QuerySet[ReportEdition]:
    return visible_to(actor, A.EDITION_VIEW, ReportEdition.objects.select_related("session"))


def jobs(actor: Actor) -> QuerySet[ReportJob]:
    """Jobs of the editions that an actor may see, newest first; drafts for those alone who work on them."""
    works = visible_to(actor, A.EDITION_WORK, ReportEdition.objects.all())
    seen = Q(edition__in=works.values("pk")) | Q(
        edition__in=editions(actor).values("pk"), released_at__isnull=False
    )
    return ReportJob.objects.filter(seen).order_by("-pk")


def input_requests(actor: Actor) -> QuerySet[InputRequest]:
    """Who was asked for an input, as far as the actor may know; the latest session first."""
    rows = InputRequest.objects.select_related("session__resolution", "organisation")
    return visible_to(actor, A.INPUT_VIEW, rows).order_by("-session__number", "organisation")


def inputs_of(row: InputRequest) -> QuerySet[Input]:
    """What an organisation has written for a session; one that was asked for it may see it."""
    return Input.objects.filter(session=row.session, organisation=row.organisation).order_by(
        "paragraph", "pk"
    )


def renditions(actor: Actor) -> QuerySet[Rendition]:
    """Documents of the editions that an actor may see; the complete figures for those alone who may."""
    rows = Rendition.objects.filter(job__in=jobs(actor).values("pk")).order_by("pk")
    full = visible_to(actor, A.FIGURES_COMPLETE, ReportEdition.objects.all())
    return rows.exclude(format__in=COMPLETE) | rows.filter(job__edition__in=full.values("pk"))


def latest_files(actor: Actor, edition: ReportEdition) -> QuerySet[Rendition]:
    """Documents of an edition's last completed making that the actor may have."""
    latest = jobs(actor).filter(edition=edition, status=JobStatus.DONE).values("pk")[:1]
    return renditions(actor).filter(job__in=latest, status=RenditionStatus.DONE)


def events_known(actor: Actor) -> Q:
    """Which events of editions the actor may know."""
    return known(actor, A.EDITION_VIEW, "edition")


def organisations_to_ask() -> list[Organisation]:
    """Organisations for which someone acts in the portal today: those who can be asked and can answer."""
    members = people.current().values("organisation")
    return list(Organisation.objects.filter(pk__in=members).exclude(kind="secretariat").order_by("names__en"))


def edition_page(actor: Actor, pk: int) -> QuerySet[ReportEdition]:
    """The edition of an id, for those who work on it."""
    rows = ReportEdition.objects.select_related("session__resolution")
    return visible_to(actor, A.EDITION_WORK, rows).filter(pk=pk)
