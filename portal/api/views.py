"""Lists and details of the API, made of what each collection declares."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.api import cursor
from portal.api.auth import Allowed, SiteAuthentication, TokenAuthentication
from portal.api.collection import Collection
from portal.api.csv import csv_answer
from portal.api.problems import Unreadable, answer
from portal.api.throttle import PerMinute
from portal.audit.selectors import updated_at, updated_since
from portal.core.actor import Actor
from portal.core.errors import NotVisible, Refusal

SIZE, LARGEST = 25, 500
COMMON = ("cursor", "page_size", "ordering", "format")


class Negotiation(DefaultContentNegotiation):
    """What cannot be written as asked for is 406, also where `format` asks."""

    def filter_renderers(self, renderers: Any, format: str) -> Any:  # noqa: A002 - the base class names it
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            raise NotAcceptable
        return found


class Csv(BaseRenderer):
    """Never asked to render: the view streams the rows itself."""

    media_type = "text/csv"
    format = "csv"


class Portal(APIView):
    """Base of every view: private answers that vary with who asks and how."""

    authentication_classes = (TokenAuthentication, SiteAuthentication)
    permission_classes = (Allowed,)
    throttle_classes = (PerMinute,)
    renderer_classes: tuple[type[BaseRenderer], ...] = (JSONRenderer,)
    parser_classes = (JSONParser,)
    content_negotiation_class = Negotiation
    metadata_class = None
    http_method_names = ("get", "post", "patch", "head")

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], HttpResponse | None]:
        return answer

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Accept", "Accept-Language", "Authorization", "Cookie"))
        return response

    @property
    def actor(self) -> Actor:
        found: Actor = self.request.actor  # type: ignore[attr-defined]
        return found


def dated(collection: Collection, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with the moment of their last event."""
    if not collection.case:
        return rows
    found: QuerySet[Any] = rows.annotate(updated_at=updated_at(collection.case, collection.case_column))
    return found


def _moment(text: str) -> datetime | None:
    """A moment, or the first one of a day, in UTC."""
    try:
        found = parse_datetime(text)
        if found is None:
            day: date | None = parse_date(text)
            found = None if day is None else datetime.combine(day, time.min)
        if found is None:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class ListView(Portal):
    """The rows of a collection that the actor may see, page by page or, as CSV, all of them."""

    collection: ClassVar[Collection]
    renderer_classes = (JSONRenderer, Csv)

    def get(self, request: Request) -> HttpResponseBase:
        asked = request.query_params
        order, size = self._order_and_size(asked)
        rows = self._narrowed(self.collection.rows(self.actor))
        context = {"actor": self.actor}
        if request.accepted_renderer.format == "csv":
            found = order.sort(dated(self.collection, rows))
            return csv_answer(self.collection.name, self.collection.line, found, context)
        try:
            page = cursor.page(rows, order, asked.get("cursor", ""), size)
        except cursor.BadCursor:
            raise Unreadable(Refusal(_("This is no cursor of this list in this order."), "cursor")) from None
        lines = {row.pk: row for row in dated(self.collection, rows).order_by().filter(pk__in=page.keys)}
        shown = [lines[key] for key in page.keys if key in lines]
        body = {
            "next": self._address(page.next),
            "previous": self._address(page.previous),
            "results": self.collection.line(shown, many=True, context=context).data,
        }
        return Response(body)

    def _order_and_size(self, asked: Mapping[str, str]) -> tuple[cursor.Order, int]:
        refusals = []
        name = asked.get("ordering") or self.collection.default
        column = self.collection.columns.get(name.removeprefix("-"))
        if column is None:
            refusals.append(Refusal(_("This list is not sorted by that."), "ordering"))
        text = asked.get("page_size", str(SIZE))
        known = text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST))
        size = int(text) if known else 0
        if not 1 <= size <= LARGEST:
            refusals.append(Refusal(_("A page has 1 to %(number)d rows.") % {"number": LARGEST}, "page_size"))
        if refusals:
            raise Unreadable(*refusals)
        return cursor.Order(name, column or "pk", name.startswith("-")), size

    def _narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        asked, collection = self.request.query_params, self.collection
        filters = set(collection.filters.base_filters) if collection.filters else set()
        dates = {"updated_since"} if collection.case else set()
        unknown = sorted(set(asked) - filters - dates - set(COMMON))
        refusals = [Refusal(_("This list has no such parameter."), name) for name in unknown]
        if asked.get("updated_since") and dates:
            moment = _moment(asked["updated_since"])
            if moment is None:
                refusals.append(Refusal(_("Give a day or a moment as in ISO 8601."), "updated_since"))
            else:
                rows = rows.filter(updated_since(collection.case, moment, collection.case_column))
        if collection.narrow is not None and filters & {name for name, value in asked.items() if value}:
            bound = collection.narrow(asked, self.actor, rows)
            if bound.is_valid():
                rows = bound.qs
            else:
                refusals += [
                    Refusal(str(reason), name) for name, reasons in bound.errors.items() for reason in reasons
                ]
        if refusals:
            raise Unreadable(*refusals)
        return rows

    def _address(self, place: str | None) -> str | None:
        if place is None:
            return None
        asked = self.request.query_params.copy()
        asked["cursor"] = place
        return str(self.request.build_absolute_uri(f"{self.request.path}?{asked.urlencode()}"))


def etag(row: Any) -> str:
    """The version of a record, as `ETag` and `If-Match` name it."""
    return f'"{row.version}"'


def found_by(collection: Collection, actor: Actor, key: str) -> Any:
    """The record of a key, as the actor may see it. Raises NotVisible, whether it exists or not."""
    row = dated(collection, collection.by_key(actor, key)).first()
    if row is None:
        raise NotVisible(_("There is nothing here that can be shown."))
    return row


def in_full(collection: Collection, actor: Actor, key: str) -> dict[str, Any]:
    """A record in full, as the actor may see it. Raises NotVisible."""
    row = found_by(collection, actor, key)
    return dict(collection.full(row, context={"actor": actor, "collection": collection}).data)


class DetailView(Portal):
    """One record of a collection, in full."""

    collection: ClassVar[Collection]

    def get(self, request: Request, key: Any) -> HttpResponse:
        found = in_full(self.collection, self.actor, str(key))
        versioned = {"ETag": f'"{found["version"]}"'} if "version" in found else {}
        return Response(found, headers=versioned)


class Nothing(Portal):
    """Every address under the API that is none."""

    schema = None

    def _none(self, request: Request, **_kwargs: Any) -> HttpResponse:
        raise NotVisible(_("There is nothing here that can be shown."))

    get = post = put = patch = delete = _none
