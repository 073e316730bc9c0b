"""Signing in and out: the password, the second factor, and for whom one acts."""

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import factors, gate, selectors, throttle
from portal.accounts.forms import CodeForm, ConfirmForm, CredentialForm, NothingForm, SignInForm
from portal.accounts.views.doors import arrive, asked_next, for_person
from portal.core.errors import Refusal, Refused
from portal.web import kept
from portal.web.language import speak
from portal.web.saving import form_page

READ_AND_WRITE = ["GET", "HEAD", "POST"]


def _target(request: HttpRequest, user: Any) -> str:
    """Where a person goes who has just signed in; who acts for several says first for which."""
    target = asked_next(request)
    several = len(selectors.memberships_of(user)) > 1
    return reverse("accounts:acting") if several and target == "/" else target


def _speaking(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The person who has just signed in is spoken to in the language of the account, or in the one chosen before."""
    if request.user.is_authenticated:
        speak(request, response, request.user.language)
    return response


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(READ_AND_WRITE)
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password; a sample portal also offers its sample people."""

    def save(form: Any) -> str:
        email, address = form.cleaned_data["email"], gate.address(request)
        throttle.admit(email, address)
        user = auth.authenticate(request, username=email.lower(), password=form.cleaned_data["password"])
        if user is None:
            throttle.failed(email, address)
            raise Refused(_("the e-mail address and the password do not go together"))
        throttle.succeeded(email, address)
        return arrive(request, user, asked_next(request))

    context = {
        "title": _("Sign in"),
        "next": asked_next(request),
        "kept": "kept" in request.GET,
        "keeps": False,
        "groups": selectors.sample_people() if settings.SAMPLE else [],
        "single_sign_on": bool(settings.SOCIALACCOUNT_PROVIDERS),
    }
    response = form_page(
        request, form=SignInForm, save=save, template="accounts/sign_in.html", context=context
    )
    return _speaking(request, response)


def _accepted(user: Any, given: dict[str, Any]) -> bool:
    """Whether a passkey's answer, or a code, is right."""
    if "credential" in given:
        return factors.passkey_accepted(user, given["credential"])
    return factors.accepts(user, given["code"])


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(READ_AND_WRITE)
def code(request: HttpRequest) -> HttpResponse:
    """The second factor: a code of the authenticator app, a recovery code, or a passkey."""
    waiting = gate.waiting(request)
    inside = request.user.is_authenticated and factors.has_one(request.user) and not gate.passed(request)
    if waiting is None and not inside:
        return redirect("accounts:login")
    user = waiting.user if waiting else request.user
    target = waiting.target if waiting else "/"

    def save(form: Any) -> str:
        address = gate.address(request)
        throttle.admit(str(user.pk), address, "code")
        credential = form.cleaned_data.get("credential")
        right = _accepted(user, form.cleaned_data)
        if not right:
            throttle.failed(str(user.pk), address, "code")
            if credential:
                raise Refused(_("the passkey was not accepted; try again, or enter a code"))
            raise Refused(Refusal(_("this code is not right, or has been used"), "code"))
        throttle.succeeded(str(user.pk), address, "code")
        gate.enter(request, user, "passkey" if credential else "code")  # type: ignore[arg-type]
        return target

    context = {
        "title": _("Second factor"),
        "button": _("Continue"),
        "keeps": False,
        "passkeys": factors.passkeys(user),
        "passkey_question": lambda: factors.question(user),  # type: ignore[arg-type]
        "code_form": CodeForm() if "credential" in request.POST else None,
    }
    form = CredentialForm if "credential" in request.POST else CodeForm
    response = form_page(request, form=form, save=save, template="accounts/code.html", context=context)
    return _speaking(request, response)


@require_POST
def sample_sign_in(request: HttpRequest) -> HttpResponse:
    """One click, in sample mode only; elsewhere this address does not exist."""
    person = request.POST.get("person", "")
    user = selectors.sample_person(int(person)) if settings.SAMPLE and person.isdecimal() else None
    if user is None:
        raise Http404
    gate.enter(request, user, gate.SAMPLE)
    return _speaking(request, HttpResponseRedirect(_target(request, user)))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    gate.leave(request)
    return HttpResponseRedirect("/")


@require_POST
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """A person is still there: the session lasts on, for as many seconds as the answer says."""
    if not request.user.is_authenticated:
        return JsonResponse({"seconds": 0}, status=403)
    return JsonResponse({"seconds": gate.extend(request)})


@for_person
@sensitive_post_parameters("password", "code")
@require_http_methods(READ_AND_WRITE)
def confirm(request: HttpRequest) -> HttpResponse:
    """Asks again who it is before something by which a person signs in is changed."""
    user: Any = request.user
    by_password = user.has_usable_password()

    def save(form: Any) -> str:
        address = gate.address(request)
        throttle.admit(str(user.pk), address, "confirm")
        given = form.cleaned_data
        right = (
            user.check_password(given["password"]) if by_password else factors.accepts(user, given["code"])
        )
        if not right:
            throttle.failed(str(user.pk), address, "confirm")
            reason = (
                _("this is not your password")
                if by_password
                else _("this code is not right, or has been used")
            )
            raise Refused(Refusal(reason, "password" if by_password else "code"))
        throttle.succeeded(str(user.pk), address, "confirm")
        gate.confirm(request)
        return asked_next(request)

    context = {
        "title": _("Confirm that it is you"),
        "lead": _("You signed in some time ago. What comes next concerns how you sign in."),
        "button": _("Continue"),
        "keeps": False,
    }
    return form_page(request, form=ConfirmForm if by_password else CodeForm, save=save, context=context)


@for_person
@require_http_methods(READ_AND_WRITE)
def acting(request: HttpRequest) -> HttpResponse:
    """Chooses the organisation for which the person acts; only that one's view is seen."""
    rows = list(selectors.memberships_of(request.user))
    if request.method == "POST":
        chosen = next((r for r in rows if str(r.organisation_id) == request.POST.get("organisation")), None)
        if chosen is None:
            raise Http404
        request.session["acting_for"] = chosen.organisation_id
        return HttpResponseRedirect(asked_next(request))
    target = asked_next(request)
    waits, typed = kept.left_at(request, target)
    context = {
        "choices": [(row, selectors.role_labels(row.roles)) for row in rows],
        "next": target,
        "waits": waits,
        "typed": [] if any(row.organisation_id == waits for row in rows) else typed,
    }
    return render(request, "accounts/acting.html", context)


def ask(
    request: HttpRequest, *, title: str, lead: str, button: str, back: str, act: Any, danger: bool = False
) -> HttpResponse:
    """A page that asks whether, and does it."""
    context = {
        "title": title,
        "lead": lead,
        "button": button,
        "back": back,
        "back_label": _("Account"),
        "warns": danger,
    }
    return form_page(request, form=NothingForm, save=lambda _form: act(), context=context)
