"""What the schema says of each operation: parameters, answers and refusals, all of them."""

from collections.abc import Callable, Iterable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers

from portal.api.collection import Collection
from portal.api.fields import Fault
from portal.api.moves import schema_of
from portal.api.problems import MEDIA_TYPE
from portal.api.views import LARGEST, SIZE

WHY = {
    400: "The request cannot be read; `errors` name the parameters at fault.",
    401: "The token is unknown, expired or revoked, or nobody said who asks for a change.",
    403: "What is visible may not be done: by this person, in this scope, or without the site's CSRF token.",
    404: "It does not exist, or not for who asks; the two answer alike.",
    406: "The answer cannot be written in a format that `Accept` or `format` takes.",
    409: "The record has moved meanwhile, or the move does not exist in its present state.",
    412: "The record has another version than `If-Match` names.",
    415: "The body is not JSON.",
    422: "A rule does not hold, or a fact is missing or wrong; `errors` give every reason at once.",
    428: "The change has to name a version in `If-Match`.",
    429: "Too many requests within a minute; `Retry-After` says when to ask again.",
}
READING = (400, 401, 404, 406, 429)


class Problem(serializers.Serializer[Any]):
    """An error, as in RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True)
    instance = serializers.CharField()
    errors = Fault(many=True)  # type: ignore[assignment]


def refusals(codes: Iterable[int]) -> dict[Any, Any]:
    return {(code, MEDIA_TYPE): OpenApiResponse(Problem, WHY[code]) for code in codes}


VERSION = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, description="Version of the record.", response=[200]
)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("_", "-").split("-"))


def key_parameter(collection: Collection) -> OpenApiParameter:
    if collection.key == "int":
        shape: Any = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
    else:
        shape = {"type": "string", "pattern": "^[A-Za-z0-9-]{1,40}$"}
    return OpenApiParameter("key", shape, OpenApiParameter.PATH, description=collection.key_about)


def _filter_parameters(collection: Collection) -> list[OpenApiParameter]:
    found = []
    for name, narrowing in collection.filters.base_filters.items() if collection.filters else ():
        codes = [str(code) for code, _label in narrowing.extra.get("choices", ())]
        found.append(
            OpenApiParameter(name, str, description=f"{narrowing.label}.", enum=codes or None)
            if codes
            else OpenApiParameter(
                name, {"type": "string", "maxLength": 100}, description=f"{narrowing.label}."
            )
        )
    if collection.case:
        about = "Only what was changed at this moment or after it: a day or a moment as in ISO 8601."
        found.append(OpenApiParameter("updated_since", str, description=about))
    return found


def list_schema(collection: Collection) -> Callable[[Any], Any]:
    orders = [sign + name for name in sorted(collection.columns) for sign in ("", "-")]
    page = inline_serializer(
        f"{_camel(collection.name)}Page",
        {
            "next": serializers.URLField(allow_null=True, help_text="Address of the next page."),
            "previous": serializers.URLField(allow_null=True, help_text="Address of the page before."),
            "results": collection.line(many=True),
        },
    )
    about = "The place where the page begins, as `next` and `previous` give it."
    return extend_schema(
        operation_id=f"list_{collection.name.replace('-', '_')}",
        summary=f"List of {collection.name.replace('-', ' ')}",
        description=collection.about,
        tags=[collection.name],
        parameters=[
            *_filter_parameters(collection),
            OpenApiParameter("cursor", str, description=about),
            OpenApiParameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": SIZE},
                description="Rows of a page.",
            ),
            OpenApiParameter(
                "ordering",
                str,
                description="What the rows are sorted by, with - downwards; absent values come last.",
                enum=orders,
                default=collection.default,
            ),
            OpenApiParameter(
                "format", str, description="csv: all rows as a file, as with `Accept: text/csv`.",
                enum=["json", "csv"],
            ),
        ],
        responses={
            (200, "application/json"): OpenApiResponse(page, "A page of rows."),
            (200, "text/csv"): OpenApiResponse(str, "All rows as a file."),
            **refusals(code for code in READING if code != 404),  # noqa: PLR2004
        },
    )  # fmt: skip


def detail_schema(collection: Collection) -> Callable[[Any], Any]:
    versions = [VERSION] if "version" in collection.full().fields else []
    return extend_schema(
        operation_id=f"show_{collection.thing.replace('-', '_')}",
        summary=f"One {collection.thing.replace('-', ' ')}",
        description=collection.full.__doc__,
        tags=[collection.name],
        parameters=[key_parameter(collection), *versions],
        responses={
            200: collection.full,
            **refusals(code for code in READING if code != 400),  # noqa: PLR2004
        },
    )


CHANGING = (400, 401, 403, 404, 406, 409, 412, 415, 422, 429)
ONCE = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,100}$"},
    OpenApiParameter.HEADER,
    description="The same key with the same body gives the first answer again, for a day.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The `ETag` on which the change was decided."
)


def move_schema(collection: Collection, name: str) -> Callable[[Any], Any]:
    assert collection.moves is not None
    move = collection.moves.moves[name]
    words = name.replace("_", " ")
    return extend_schema(
        operation_id=f"{name}_{collection.thing.replace('-', '_')}",
        summary=f"{words.capitalize()}: {move.label}",
        description=f"{move.lead}",
        tags=[collection.name],
        parameters=[key_parameter(collection), IF_MATCH, ONCE, VERSION],
        request={"application/json": schema_of(move)},
        responses={200: collection.full, **refusals(CHANGING)},
    )


def public_reading(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Whoever only looks need not say who asks: the public sees what is public."""
    for methods in result["paths"].values():
        if "get" in methods:
            methods["get"]["security"].insert(0, {})
    return result
