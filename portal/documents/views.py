"""Pages of documents: the list of a request's, what is asked of one, and the file itself."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.workflow import NEW
from portal.documents import rules, selectors, services
from portal.documents.answer import file_answer
from portal.documents.enums import Kind
from portal.documents.forms import Attach, Described, Replace
from portal.documents.models import Document
from portal.policy import engine
from portal.policy.actions import A
from portal.web.forms import Form, sentence
from portal.web.pages import Asked, one
from portal.web.saving import asked_version, form_page
from requests_app import selectors as requests
from requests_app.enums import RequestStatus
from requests_app.models import AssistanceRequest

FIRST = ("title", "kind", "language", "donors_may_see")


def _of(row: AssistanceRequest) -> str:
    return reverse("documents:of", args=[str(row)])


def _request_url(row: AssistanceRequest) -> str:
    return reverse("requests:request", args=[str(row)])


@require_safe
def documents_of(request: Asked, key: str) -> HttpResponse:
    """The documents of a request that the actor may see; who writes it adds, replaces and removes here."""
    row = one(requests.requests_by_key(request.actor, key))
    draft = row.status == RequestStatus.DRAFT
    context = {
        "row": row,
        "documents": list(selectors.documents_of(request.actor, row)),
        "attaches": selectors.may_attach(request.actor, row),
        "draft": draft,
        "none": draft and selectors.answered_none(row),
        "back": _request_url(row),
    }
    return render(request, "documents/list.html", context)


def _writable(request: Asked, key: str) -> AssistanceRequest:
    """A request for who may attach to it; Http404 where it cannot be seen, NotAllowed for others."""
    row = one(requests.requests_by_key(request.actor, key))
    engine.require(request.actor, A.DOCUMENT_ATTACH, Document(request=row, status=NEW))
    return row


def _document(request: Asked, key: str) -> Document:
    """A document for who may change it; Http404 where it cannot be seen, NotAllowed for others."""
    document: Document = one(selectors.documents_by_key(request.actor, key))
    engine.require(request.actor, A.DOCUMENT_ATTACH, document)
    return document


def _page(
    request: Asked, row: AssistanceRequest, form: Any, save: Any, context: Mapping[str, Any], **more: Any
) -> HttpResponse:
    refusal = rules.hands(row, request.actor)
    return form_page(
        request,
        form=form,
        save=save,
        context={
            "caption": row.title,
            "back": _of(row),
            "back_label": _("Documents"),
            "record": row,
            "multipart": True,
            "standing": [sentence(refusal.reason)] if refusal and request.method != "POST" else [],
            **context,
        },
        **more,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked, key: str) -> HttpResponse:
    """One more document of a request."""
    row = _writable(request, key)
    with_approver = row.status == RequestStatus.APPROVAL
    first = {
        "language": row.language or get_language(),
        "kind": Kind.NOTE_VERBALE if with_approver else None,
        "donors_may_see": False,
    }

    def form(data: Any) -> Attach:
        files = request.FILES if data is not None and request.method == "POST" else None
        return Attach(data, files, initial=first, examine=_examine(request, row))

    def save(filled: Any) -> str:
        services.attach(row, filled.cleaned_data["file"], described=filled.described, actor=request.actor)
        messages.success(request, gettext("The document is attached."))
        return _of(row)

    return _page(request, row, form, save, {"title": _("Add a document"), "button": _("Attach the document")})


def _examine(request: Asked, row: AssistanceRequest) -> Any:
    """Looks through what was sent, unless nothing can be attached anyway."""
    return lambda file: services.examine(file, request=row, actor=request.actor)


@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: Asked, key: str) -> HttpResponse:
    """A newer version of a document."""
    document = _document(request, key)
    row: Any = document.request

    def form(data: Any) -> Replace:
        files = request.FILES if data is not None and request.method == "POST" else None
        return Replace(data, files, examine=_examine(request, row))

    def save(filled: Any) -> str:
        services.replace(
            document, filled.cleaned_data["file"], version=asked_version(request), actor=request.actor
        )
        messages.success(request, gettext("The newer version is attached. The older one can still be read."))
        return _of(row)

    context = {
        "title": _("Attach a newer version"),
        "lead": document.title,
        "button": _("Attach the version"),
        "version": document.version,
    }
    return _page(request, row, form, save, context)


@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: Asked, key: str) -> HttpResponse:
    """Title, type, language of a document, and whether donors may see it."""
    document = _document(request, key)
    row: Any = document.request

    def save(filled: Any) -> str:
        services.describe(document, filled.cleaned_data, version=asked_version(request), actor=request.actor)
        messages.success(request, gettext("The description is saved."))
        return _of(row)

    return _page(
        request,
        row,
        lambda data: Described(data, initial={name: getattr(document, name) for name in FIRST}),
        save,
        {"title": _("Change the description"), "button": _("Save"), "version": document.version},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: Asked, key: str) -> HttpResponse:
    """Asks before a document is taken out of a draft."""
    document = _document(request, key)
    row: Any = document.request

    def save(_filled: Any) -> str:
        services.remove(document, version=asked_version(request), actor=request.actor)
        messages.success(request, gettext("The document was removed."))
        return _of(row)

    refusal = rules.in_a_draft(document, {})
    context: dict[str, Any] = {
        "title": _("Remove the document"),
        "lead": document.title,
        "button": _("Remove the document"),
        "warns": True,
        "version": document.version,
    }
    if refusal is not None and request.method != "POST":
        context["standing"] = [sentence(refusal.reason)]  # type: ignore[union-attr]
    return _page(request, row, Form, save, context, template="requests/remove.html")


@require_http_methods(["GET", "HEAD", "POST"])
def none(request: Asked, key: str) -> HttpResponse:
    """The State says that it attaches no other documents."""
    row = _writable(request, key)

    def save(_filled: Any) -> str:
        services.answer_none(row, actor=request.actor)
        messages.success(request, gettext("Saved. You can come back at any time."))
        return _request_url(row)

    context = {
        "title": _("No other documents"),
        "lead": _("A request needs none beside the note verbale. You can still attach documents later."),
        "button": _("No other documents"),
    }
    return _page(request, row, Form, save, context)


@require_safe
def file(request: Asked, key: str, number: int) -> HttpResponseBase:
    """One file, to be saved; never shown as a page."""
    document = one(selectors.documents(request.actor).filter(public_id=key))
    version = selectors.numbered(document, number)
    if version is None:
        raise Http404
    return file_answer(version, actor=request.actor, reads=request.method == "GET")
