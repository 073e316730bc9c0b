"""What must be true of a document: in whose hands its record is, how much fits, and why a file is not taken."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.actor import Actor
from portal.core.errors import Refusal
from portal.core.guards import Facts
from portal.core.unit import Unit
from portal.core.workflow import Verdict
from portal.documents.enums import LARGEST_FILE, LARGEST_SUM, MIB, MOST_FILES, MOST_VERSIONS, Kind
from portal.policy import engine
from portal.policy.actions import A
from requests_app.enums import RequestStatus as S
from requests_app.models import AssistanceRequest

# who may attach to a request while it is in a state: whoever may write there
HANDS: dict[str, A] = {
    S.DRAFT: A.REQUEST_DRAFT,
    S.APPROVAL: A.REQUEST_SIGN,
    S.SUBMITTED: A.REQUEST_ANSWER,
    S.UNDER_REVIEW: A.REQUEST_ANSWER,
    S.CLARIFICATION: A.REQUEST_ANSWER,
    S.OPEN: A.REQUEST_ANSWER,
}


def hands(request: AssistanceRequest, actor: Actor) -> Refusal | None:
    """Why an actor cannot attach to a request now; None where the actor can."""
    right = HANDS.get(request.status)
    if right is None:
        return Refusal(_("the request is closed: nothing is attached to it any more"))
    if not engine.can(actor, right, request):
        if request.status == S.APPROVAL:
            return Refusal(_("the request is with the approver, who alone can attach to it now"))
        return Refusal(_("a draft is written by a focal point"))
    return None


def in_hand(document: Any, facts: Facts, *, actor: Actor, **_context: Any) -> Verdict:
    """The request is with those who attach: a draft with the focal point, then the approver, until it is closed."""
    return hands(document.request, actor)


def in_a_draft(document: Any, facts: Facts, **_context: Any) -> Verdict:
    """Nobody outside the State has seen it."""
    if document.request.status != S.DRAFT:
        return Refusal(_("a document is removed in a draft alone; attach a newer version instead"))
    return None


def fits(document: Any, facts: Facts, *, unit: Unit, **_context: Any) -> list[Verdict]:
    """No more documents, versions and bytes than a request has room for."""
    found: list[Verdict] = []
    others = [row for row in unit.related(document.request, "documents") if row.status != "removed"]
    files = [version for row in others for version in unit.related(row, "versions")]
    if document.pk is None and len(others) >= MOST_FILES:
        found.append(
            Refusal(
                ngettext(
                    "a request has no more than %(number)d document",
                    "a request has no more than %(number)d documents",
                    MOST_FILES,
                )
                % {"number": MOST_FILES},
                "file",
            )
        )
    if sum(1 for version in files if version.document_id == document.pk) >= MOST_VERSIONS:
        found.append(Refusal(_("this document has too many versions; attach another document"), "file"))
    left = LARGEST_SUM - sum(version.size for version in files)
    if facts["size"] > left:
        reason = _("all files of a request together have no more than %(most)d MB; %(left)s MB are left")
        found.append(Refusal(reason % {"most": LARGEST_SUM // MIB, "left": f"{left / MIB:.1f}"}, "file"))
    return found


def note_is_private(document: Any, facts: Facts, **_context: Any) -> Verdict:
    """A note verbale is seen by its State and UNODC alone."""
    if document.kind == Kind.NOTE_VERBALE and document.donors_may_see:
        return Refusal(_("a note verbale is never shown to donors"), "donors_may_see")
    return None


def why_not_taken(code: str) -> str:
    """Why an inspection did not take a file, in words and with what to do."""
    return {
        "empty": _("the file is empty"),
        "too_large": _("the file is larger than %(most)d MB") % {"most": LARGEST_FILE // MIB},
        "unknown": _(
            "the file is not a PDF, Word, Excel, OpenDocument, JPEG or PNG file, whatever its name says"
        ),
        "name": _("the ending of the file's name does not agree with what the file is"),
        "encrypted": _("the file is protected by a password; attach it without"),
        "damaged": _("the file is damaged and cannot be read; make it again"),
        "explosive": _("the file unpacks to far more than it should; save it as PDF"),
        "nested": _("the file holds another packed file; attach that one by itself"),
        "embedded": _("the file holds another file inside; save it as PDF or attach that one by itself"),
        "active": _("the file holds a macro, a script or a program; save it without, or as PDF"),
        "entities": _("the file holds definitions that no office program writes; save it anew"),
        "external": _("the file fetches a template, a picture or data from elsewhere; save it as PDF"),
        "mixed": _("the file is two things at once, or something is hidden in it; save it anew"),
        "pixels": _("the picture has too many points; make it smaller"),
        "infected": _("a virus was found in the file; nothing was kept"),
    }[code]
