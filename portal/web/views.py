"""The front page, which is home for whoever is signed in; search, help, and what else belongs to no record."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.web.context import STAFF
from portal.web.pages import Asked
from portal.web.specimens import specimens

LONGEST = 100  # letters of what is searched for


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What the portal is; for a member, what waits and what is new."""
    signed_in = request.user.is_authenticated
    return render(request, "web/home.html" if signed_in else "web/front.html")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Records by reference or words: of each kind those that the actor may see."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    return render(request, "web/search.html", {"asked": asked})


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to join, what to do for whom, and where to ask."""
    return render(request, "web/help.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How far the portal can be used by everyone, and what is known to be missing."""
    return render(request, "web/accessibility.html")


@require_safe
def style(request: Asked) -> HttpResponse:
    """Every component in both writing directions, for those who work at the secretariat."""
    if not STAFF & request.actor.roles:
        raise Http404
    shown = "rtl" if request.GET.get("dir") == "rtl" else "ltr"
    return render(request, "web/style.html", {**specimens(), "shown": shown})
