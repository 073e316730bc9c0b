"""The schema of the API as it is committed, and a page that shows it; both work without any other site."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

FILE = Path(__file__).with_name("openapi.json")
METHODS = ("get", "post", "patch", "delete")


@require_safe
def schema(_request: HttpRequest) -> HttpResponseBase:
    """OpenAPI 3.1; `python tools/make_schema.py` writes it from the code."""
    return FileResponse(FILE.open("rb"), content_type="application/json")


@cache
def _document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def type_of(found: Mapping[str, Any]) -> str:
    """A schema in a few words; a component by its name."""
    if "$ref" in found:
        return _name(found["$ref"])
    for word in ("oneOf", "anyOf", "allOf"):
        if word in found:
            return " | ".join(dict.fromkeys(type_of(part) for part in found[word]))
    kinds = found.get("type", "any")
    text = " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if "items" in found:
        return f"{text} of {type_of(found['items'])}"
    return f"{text} ({found['format']})" if "format" in found else text


def _fields(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    required = set(found.get("required", ()))
    return [
        {
            "name": name,
            "type": type_of(part),
            "codes": [code for code in part.get("enum", ()) if code is not None],
            "required": name in required,
            "about": part.get("description", ""),
        }
        for name, part in found.get("properties", {}).items()
    ]


def _operation(address: str, method: str, found: Mapping[str, Any]) -> dict[str, Any]:
    body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "id": found["operationId"],
        "method": method.upper(),
        "address": address,
        "summary": found.get("summary", ""),
        "about": found.get("description", ""),
        "parameters": [
            {
                "name": one["name"],
                "in": one["in"],
                "type": type_of(one["schema"]),
                "codes": one["schema"].get("enum", ()),
                "required": one.get("required", False),
                "about": one.get("description", ""),
            }
            for one in found.get("parameters", ())
        ],
        "body": type_of(body) if body else "",
        "answers": [
            {
                "code": code,
                "about": one.get("description", ""),
                "types": sorted({type_of(part["schema"]) for part in one.get("content", {}).values()}),
            }
            for code, one in sorted(found["responses"].items())
        ],
    }


@cache
def _contents() -> dict[str, Any]:
    document = _document()
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = _operation(address, method, methods[method])
                groups.setdefault(methods[method]["tags"][0], []).append(operation)
    components = [
        {"name": name, "about": found.get("description", ""), "fields": _fields(found)}
        for name, found in sorted(document["components"]["schemas"].items())
    ]
    return {"info": document["info"], "groups": sorted(groups.items()), "components": components}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The schema as one page."""
    return render(request, "api/docs.html", _contents())
