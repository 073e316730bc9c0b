"""Signing in and out, and choosing for whom one acts."""

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import selectors, throttle
from portal.accounts.forms import SignInForm
from portal.web.language import remember


def _next(request: HttpRequest) -> str:
    """Where to go after signing in: an address of this site, else the front page."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else "/"


def _address(request: HttpRequest) -> str:
    """Where the request comes from; behind the proxy of an https site, what the proxy itself saw."""
    if settings.SITE_URL.startswith("https://"):
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _signed_in(request: HttpRequest, user: Any) -> HttpResponse:
    auth.login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    several = len(selectors.memberships_of(user)) > 1
    target = _next(request)
    response = redirect("accounts:acting") if several and target == "/" else HttpResponseRedirect(target)
    remember(response, user.language)
    return response


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password; a sample portal also offers its sample people."""
    form = SignInForm(request.POST or None, label_suffix="")
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            email, address = form.cleaned_data["email"], _address(request)
            if throttle.blocked(email, address):
                status = 429
                refusal = _("Too many attempts have failed. Wait fifteen minutes and try again.")
            else:
                user = auth.authenticate(
                    request, username=email.lower(), password=form.cleaned_data["password"]
                )
                if user is not None:
                    throttle.succeeded(email, address)
                    return _signed_in(request, user)
                throttle.failed(email, address)
                refusal = _("The e-mail address and the password do not go together.")
    context = {
        "form": form,
        "refusal": refusal,
        "next": _next(request),
        "groups": selectors.sample_people() if settings.SAMPLE else [],
    }
    return render(request, "accounts/sign_in.html", context, status=status)


@require_POST
def sample_sign_in(request: HttpRequest) -> HttpResponse:
    """One click, in sample mode only; elsewhere this address does not exist."""
    person = request.POST.get("person", "")
    user = selectors.sample_person(int(person)) if settings.SAMPLE and person.isdecimal() else None
    if user is None:
        raise Http404
    return _signed_in(request, user)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    auth.logout(request)
    return HttpResponseRedirect("/")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def acting(request: HttpRequest) -> HttpResponse:
    """Chooses the organisation for which the person acts; only that one's view is seen."""
    if not request.user.is_authenticated:
        return redirect("accounts:login")
    rows = list(selectors.memberships_of(request.user))
    if request.method == "POST":
        chosen = next((r for r in rows if str(r.organisation_id) == request.POST.get("organisation")), None)
        if chosen is None:
            raise Http404
        request.session["acting_for"] = chosen.organisation_id
        return HttpResponseRedirect("/")
    context = {"choices": [(row, selectors.role_labels(row.roles)) for row in rows]}
    return render(request, "accounts/acting.html", context)
