"""The inbox."""

from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.core import clock
from portal.notifications import selectors, services
from portal.notifications.catalogue import CATALOGUE
from portal.web.pages import Asked

PAGES = {
    "request": "requests:request",
    "assessment": "requests:assessment",
    "offer": "donors:offer",
    "pledge": "donors:pledge",
    "delivery": "donors:delivery",
    "contribution": "donors:contribution",
}


@require_safe
def inbox(request: Asked) -> HttpResponse:
    """Notices by day, newest first."""
    if request.actor.user is None:
        return redirect("accounts:login")
    page = Paginator(selectors.inbox(request.actor), 50).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    names = services.references(rows)
    lines: list[dict[str, Any]] = []
    for row in rows:
        name = names.get((row.outbox.case_type, row.outbox.case_id), "–")
        address = PAGES.get(row.outbox.case_type)
        key = f"draft-{row.outbox.case_id}" if name == "–" else name
        lines.append(
            {
                "row": row,
                "text": CATALOGUE[row.outbox.notice].text % {"reference": name},
                "url": reverse(address, args=[key]) if address else "",
            }
        )
    days = [
        (day, list(found))
        for day, found in groupby(lines, key=lambda line: clock.day(line["row"].created_at))
    ]
    return render(request, "notifications/inbox.html", {"page": page, "days": days})


@require_POST
def read(request: Asked) -> HttpResponse:
    """Marks as read what was on the page, and not what came meanwhile."""
    through = request.POST.get("through", "")
    if through.isdecimal() and len(through) < 19:  # noqa: PLR2004 - a 64-bit id
        services.mark_read(request.actor, through=int(through))
    return HttpResponseRedirect(reverse("notifications:inbox"))
