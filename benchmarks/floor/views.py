"""A list of twenty-five rows and a page of one record: one indexed query and one template each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from requests_app.models import AssistanceRequest


def rows(request: HttpRequest) -> HttpResponse:
    """The newest requests by id: no policy, no filter, no count, no other page."""
    found = AssistanceRequest.objects.order_by("-pk")[:25]
    return render(request, "floor/list.html", {"title": "Requests", "rows": found})


def page(request: HttpRequest) -> HttpResponse:
    """One record by its id."""
    row = AssistanceRequest.objects.order_by("-pk")[:1].get()
    return render(request, "floor/page.html", {"title": row.title, "row": row})
