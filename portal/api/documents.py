"""Documents of requests in the API: what the pages show, and where the file is."""

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from portal.api.collection import Collection, asked_for
from portal.api.fields import Code, Flag, Moment, Text, Whole
from portal.api.schema import READING, key_parameter, refusals
from portal.api.views import Portal
from portal.core.errors import NotVisible
from portal.documents import selectors
from portal.documents.answer import file_answer
from portal.documents.enums import LANGUAGES, Kind, Scan
from portal.documents.filters import DocumentFilters
from portal.documents.inspection import TYPES


class DocumentLine(serializers.Serializer[Any]):
    """A document attached to a request, with its newest file."""

    key = Text(str)
    request = Text(lambda d: str(d.request))
    kind = Code(Kind.values)
    title = Text()
    language = Code([code for code, _label in LANGUAGES])
    donors_may_see = Flag()
    number = Whole(source="file_number", help_text="Of the newest version of the file.")
    name = Text(source="file_name")
    type = Code([found.media for found in TYPES], source="file_type")
    size = Whole(source="file_size", help_text="In bytes.")
    sha256 = Text(source="file_sha256")
    scan = Code(Scan.values, source="file_scan", help_text="What the virus scanner said.")
    uploaded_at = Moment(source="file_uploaded_at")
    file = Text(
        lambda d: reverse("api:document-file", args=[str(d)]), help_text="Address of the newest file."
    )
    version = Whole()
    updated_at = Moment(null=True)


DOCUMENTS = Collection(
    name="documents",
    thing="document",
    about="Documents attached to requests.",
    rows=selectors.document_rows,
    by_key=selectors.documents_by_key,
    line=DocumentLine,
    full=DocumentLine,
    filters=DocumentFilters,
    narrow=asked_for(DocumentFilters),
    orders={"title": "title", "kind": "kind"},
    case="document",
    key_of=str,
    key_about="Key of the document, as its list gives it.",
)
COLLECTIONS = (DOCUMENTS,)


class Whatever(BaseRenderer):
    """The file's own type: never asked to render."""

    media_type = "*/*"
    format = "file"


class FileView(Portal):
    """The newest file of a document."""

    renderer_classes = (JSONRenderer, Whatever)

    @extend_schema(
        operation_id="document_file",
        summary="The newest file of a document.",
        parameters=[key_parameter(DOCUMENTS)],
        responses={
            (200, "application/octet-stream"): OpenApiResponse(
                OpenApiTypes.BINARY, "The file, of its own type."
            ),
            **refusals((403, *READING)),
        },
    )
    def get(self, request: Request, key: str) -> HttpResponseBase:
        document = selectors.documents(self.actor).filter(public_id=key).first()
        if document is None:
            raise NotVisible(_("There is nothing here that can be shown."))
        return file_answer(document.versions.all()[0], actor=self.actor, reads=request.method == "GET")
