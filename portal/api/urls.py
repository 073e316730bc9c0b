"""All addresses of the API: composition only."""

from typing import Any

from django.urls import URLPattern, path, re_path
from drf_spectacular.utils import extend_schema_view

from donors import api as given
from portal.api import directory, docs, documents, events
from portal.api.collection import Collection
from portal.api.moves import MoveView
from portal.api.schema import detail_schema, list_schema, move_schema
from portal.api.views import DetailView, ListView, Nothing
from portal.web import converters  # noqa: F401 - registers `key`
from reports import api as reported
from requests_app import api as asked

app_name = "api"
COLLECTIONS: tuple[Collection, ...] = (
    *directory.COLLECTIONS,
    asked.REQUESTS,
    given.NEEDS_WITH_SUPPORT,
    asked.ASSESSMENTS,
    *given.COLLECTIONS,
    *documents.COLLECTIONS,
    *reported.COLLECTIONS,
    *events.COLLECTIONS,
)


def _moving(found: Collection) -> list[URLPattern]:
    """One address for each move that a person makes."""
    patterns = []
    for name in found.moves.moves if found.moves else ():
        view: Any = type("Made", (MoveView,), {"collection": found, "move": name})
        extend_schema_view(post=move_schema(found, name))(view)
        address = f"{found.name}/<{found.key}:key>/transitions/{name}/"
        patterns.append(path(address, view.as_view(), name=f"{found.thing}.{name}"))
    return patterns


def _reading(found: Collection) -> list[URLPattern]:
    """The list of a collection, and its details."""
    rows: Any = type("Rows", (ListView,), {"collection": found})
    one: Any = type("One", (DetailView,), {"collection": found})
    extend_schema_view(get=list_schema(found))(rows)
    extend_schema_view(get=detail_schema(found))(one)
    return [
        path(f"{found.name}/", rows.as_view(), name=found.name),
        path(f"{found.name}/<{found.key}:key>/", one.as_view(), name=found.thing),
    ]


urlpatterns = [
    *(pattern for found in COLLECTIONS for pattern in (*_reading(found), *_moving(found))),
    path("documents/<key:key>/file/", documents.FileView.as_view(), name="document-file"),
    path("vocabularies/", directory.VocabulariesView.as_view(), name="vocabularies"),
    path("vocabularies/<key:key>/", directory.VocabularyView.as_view(), name="vocabulary"),
    path("schema/", docs.schema, name="schema"),
    path("docs/", docs.page, name="docs"),
    re_path("", Nothing.as_view(), name="nothing"),
]
