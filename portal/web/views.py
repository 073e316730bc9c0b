"""The front page, which is home for whoever is signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What the portal is; for a member, what waits and what is new."""
    signed_in = request.user.is_authenticated
    return render(request, "web/home.html" if signed_in else "web/front.html")
