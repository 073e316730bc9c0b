"""Accepting an invitation, and choosing a new password by a link."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import gate, invitations, passwords, throttle
from portal.accounts.forms import JoinForm, NewPasswordForm, NothingForm, ResetForm
from portal.accounts.models import Invitation, InvitationState
from portal.accounts.views.doors import to
from portal.policy.roles import needs_second_factor
from portal.web.language import remember
from portal.web.saving import form_page

READ_AND_WRITE = ["GET", "HEAD", "POST"]


def _gone(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """It was accepted, taken back, or has run out: says which, and whom to ask."""
    return render(request, "accounts/invitation_gone.html", {"invitation": invitation}, status=410)


def _sought(raw: str) -> Invitation:
    invitation = invitations.by_token(raw)
    if invitation is None:
        raise Http404
    return invitation


def _context(invitation: Invitation) -> dict[str, Any]:
    return {
        "title": _("Invitation"),
        "invitation": invitation,
        "roles": invitation.role_labels(),
        "needs_factor": needs_second_factor(invitation.roles),
    }


@never_cache
@sensitive_post_parameters("new_password")
@require_http_methods(READ_AND_WRITE)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites, to what; a new person chooses name, language and password, one who has an account signs in."""
    found = _sought(token)
    if found.state != InvitationState.OPEN:
        return _gone(request, found)
    person = invitations.invited_person(found)
    if request.user.is_authenticated:
        if person is None or request.user.pk != person.pk:
            return render(request, "accounts/invitation_other.html", _context(found))
        return _accept(request, found)
    if person is not None:
        return render(request, "accounts/invitation_known.html", _context(found))

    def save(form: Any) -> str:
        given = form.cleaned_data
        row = invitations.accept_as_new(
            found, name=given["name"], language=given["language"], password=given["new_password"]
        )
        gate.enter(request, row.user)
        return reverse("accounts:second_factor") if needs_second_factor(row.roles) else "/"

    context = _context(found) | {"button": _("Create the account"), "keeps": False}
    response = form_page(
        request,
        form=lambda data: JoinForm(data, initial={"language": found.language}),
        save=save,
        template="accounts/invitation.html",
        context=context,
    )
    if request.user.is_authenticated:
        remember(response, request.user.language)
    return response


def _accept(request: HttpRequest, found: Invitation) -> HttpResponse:
    def save(_form: Any) -> str:
        row = invitations.accept_as(found, request.user)  # type: ignore[arg-type]
        request.session["acting_for"] = row.organisation_id
        return "/"

    context = _context(found) | {"button": _("Accept the invitation"), "keeps": False}
    return form_page(
        request, form=NothingForm, save=save, template="accounts/invitation.html", context=context
    )


@require_http_methods(["POST"])
def invitation_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Signs out whoever is signed in, and in again as the person who was invited."""
    _sought(token)
    gate.leave(request)
    return to("accounts:login", reverse("accounts:invitation", args=[token]))


@never_cache
@require_http_methods(READ_AND_WRITE)
def reset(request: HttpRequest) -> HttpResponse:
    """Asks for the link to a new password: the answer is the same for every address."""

    def save(form: Any) -> str:
        email, address = form.cleaned_data["email"], gate.address(request)
        throttle.admit(email, address, "reset")
        throttle.failed(email, address, "reset")  # each one counts: a message is sent
        passwords.ask_reset(email)
        return reverse("accounts:reset_sent")

    context = {
        "title": _("Choose a new password"),
        "lead": _("Enter your e-mail address. If there is an account with it, a link is sent there."),
        "button": _("Send the link"),
        "back": reverse("accounts:login"),
        "back_label": _("Sign in"),
        "keeps": False,
    }
    return form_page(request, form=ResetForm, save=save, context=context)


@never_cache
@require_safe
def reset_sent(request: HttpRequest) -> HttpResponse:
    """Says nothing about whether there is an account."""
    return render(request, "accounts/reset_sent.html")


@never_cache
@sensitive_post_parameters("new_password")
@require_http_methods(READ_AND_WRITE)
def reset_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """A new password by the link; afterwards the person signs in with it, second factor included."""
    if passwords.who_resets(uid, token) is None and request.method != "POST":
        return render(request, "accounts/reset_gone.html", status=410)

    def save(form: Any) -> str:
        passwords.reset(uid, token, form.cleaned_data["new_password"])
        return reverse("accounts:login")

    context = {"title": _("Choose a new password"), "button": _("Save the password"), "keeps": False}
    return form_page(request, form=NewPasswordForm, save=save, context=context)
