"""A file as an answer: streamed, saved by the browser, and never a page of the site."""

from django.http import FileResponse
from django.http.response import HttpResponseBase

from portal.core.actor import Actor
from portal.documents import services
from portal.documents.models import DocumentVersion

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def file_answer(version: DocumentVersion, *, actor: Actor, reads: bool) -> HttpResponseBase:
    """The file of a version that the actor may see; `reads` is False where only its headers are asked for.

    Raises NotAllowed, NotVisible.
    """
    found = services.take(version, actor=actor, noted=reads)
    answer = FileResponse(found, as_attachment=True, filename=version.name, content_type=version.type)
    answer["Content-Length"] = str(version.size)
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
