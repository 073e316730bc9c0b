"""A person's own account: name, language, password, second factor, sessions and tokens."""

import base64
from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import factors, gate, mail, passwords, selectors, services, sessions, tokens
from portal.accounts.forms import AuthenticatorForm, DetailsForm, PasskeyForm, PasswordForm, TokenForm
from portal.accounts.views.doors import for_person, freshly
from portal.accounts.views.entering import READ_AND_WRITE, ask
from portal.core.errors import Refused
from portal.web.language import remember
from portal.web.saving import form_page


def _back() -> dict[str, Any]:
    return {"back": reverse("accounts:account"), "back_label": _("Account")}


@for_person
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """All that the portal knows of how a person signs in, and from where each part is changed."""
    user: Any = request.user
    rows = list(selectors.memberships_of(user))
    open_now = list(sessions.of(user))
    key = request.session.session_key
    context = {
        "person": user,
        "memberships": [(row, selectors.role_labels(row.roles)) for row in rows],
        "authenticator": factors.has_authenticator(user),
        "passkeys": factors.passkeys(user),
        "codes_left": factors.codes_left(user),
        "this": next((row for row in open_now if row.session_key == key), None),
        "others": [row for row in open_now if row.session_key != key],
        "tokens": selectors.tokens_of(user).filter(revoked_at=None).count(),
    }
    return render(request, "accounts/account.html", context)


@for_person
@require_http_methods(READ_AND_WRITE)
def details(request: HttpRequest) -> HttpResponse:
    """Name and language."""
    user: Any = request.user

    def save(form: Any) -> str:
        services.change_details(user, **form.cleaned_data)
        return reverse("accounts:account")

    context = {"title": _("Name and language"), "button": _("Save")} | _back()
    response = form_page(
        request,
        form=lambda data: DetailsForm(data, initial={"name": user.name, "language": user.language}),
        save=save,
        context=context,
    )
    if response.status_code == 303:  # noqa: PLR2004 - it was saved
        remember(response, user.language)
    return response


@for_person
@sensitive_post_parameters("password", "new_password")
@require_http_methods(READ_AND_WRITE)
def password(request: HttpRequest) -> HttpResponse:
    """A new password by the old one; every other session ends."""
    user: Any = request.user
    if not user.has_usable_password():
        raise Http404

    def save(form: Any) -> str:
        given = form.cleaned_data
        changed = passwords.change(
            user, given["password"], given["new_password"], session_key=request.session.session_key or ""
        )
        update_session_auth_hash(request, changed)
        gate.renewed(request)
        return reverse("accounts:account")

    context = {
        "title": _("Change the password"),
        "lead": _("You are signed out everywhere else when the password is changed."),
        "button": _("Save the password"),
        "keeps": False,
    }
    return form_page(request, form=PasswordForm, save=save, context=context | _back())


# second factor


@for_person
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """What there is of a second factor, and how one is set up."""
    user: Any = request.user
    has_one = factors.has_one(user)
    if getattr(request, "owes_factor", False) and has_one:
        return redirect("accounts:code")
    context = {
        "required": selectors.owes_factor(user),
        "has_one": has_one,
        "authenticator": factors.has_authenticator(user),
        "passkeys": factors.passkeys(user),
        "codes_left": factors.codes_left(user),
    }
    return render(request, "accounts/second_factor.html", context)


def _factor_added(request: HttpRequest, codes: list[str], factor: str) -> str:
    """The factor counts in this session; others begin again. New recovery codes are shown on the next page."""
    user: Any = request.user
    gate.mark_passed(request, factor)
    sessions.end_all(user, but=request.session.session_key or "")
    mail.tell_changed(user, "factor_added")
    if not codes:
        return reverse("accounts:second_factor")
    gate.put_once(request, "codes", " ".join(codes))
    return reverse("accounts:recovery_codes")


@freshly
@sensitive_post_parameters("code")
@require_http_methods(READ_AND_WRITE)
def authenticator(request: HttpRequest) -> HttpResponse:
    """Sets up an authenticator app: picture, key, and the first code."""
    user: Any = request.user
    if factors.has_authenticator(user):
        return redirect("accounts:second_factor")

    def save(form: Any) -> str:
        secret = gate.secret(request, new=False)
        codes = factors.activate_authenticator(user, secret, form.cleaned_data["code"])
        gate.forget_secret(request)
        return _factor_added(request, codes, "code")

    setup = factors.setup_of(user, gate.secret(request, new=True))
    context = {
        "title": _("Set up an authenticator app"),
        "button": _("Check the code and finish"),
        "setup": setup,
        "picture": base64.b64encode(setup.picture.encode()).decode(),
        "keeps": False,
        "back": reverse("accounts:second_factor"),
        "back_label": _("Second factor"),
    }
    return form_page(
        request, form=AuthenticatorForm, save=save, template="accounts/authenticator.html", context=context
    )


@freshly
@require_http_methods(READ_AND_WRITE)
def passkey(request: HttpRequest) -> HttpResponse:
    """Adds a passkey; the browser makes it, which needs JavaScript."""
    user: Any = request.user

    def save(form: Any) -> str:
        given = form.cleaned_data
        if not given["credential"]:
            raise Refused(
                _("the browser made no passkey. This needs JavaScript; an authenticator app does not")
            )
        return _factor_added(
            request, factors.add_passkey(user, given["name"], given["credential"]), "passkey"
        )

    context = {
        "title": _("Add a passkey"),
        "options": lambda: factors.passkey_options(user),
        "keeps": False,
        "back": reverse("accounts:second_factor"),
        "back_label": _("Second factor"),
    }
    return form_page(request, form=PasskeyForm, save=save, template="accounts/passkey.html", context=context)


@freshly
@require_http_methods(READ_AND_WRITE)
def factor_remove(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Takes away a passkey, or, without a number, the authenticator app."""
    user: Any = request.user

    def act() -> str:
        factors.remove(user, required=selectors.owes_factor(user), passkey=pk or None)
        mail.tell_changed(user, "factor_removed")
        return reverse("accounts:second_factor")

    found = next((key for key in factors.passkeys(user) if key.pk == pk), None)
    if (found is None) if pk else not factors.has_authenticator(user):
        raise Http404
    return ask(
        request,
        title=_("Remove this passkey") if found else _("Remove the authenticator app"),
        lead=_("It can no longer be used to sign in."),
        button=_("Remove"),
        back=reverse("accounts:second_factor"),
        act=act,
        danger=True,
    )


@freshly
@require_http_methods(READ_AND_WRITE)
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Shows new recovery codes this one time; else asks whether to make new ones."""
    user: Any = request.user
    if request.method != "POST":
        codes = gate.take_once(request, "codes").split()
        if codes:
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
    if not factors.has_one(user):
        return redirect("accounts:second_factor")

    def act() -> str:
        gate.put_once(request, "codes", " ".join(factors.new_codes(user)))
        mail.tell_changed(user, "codes")
        return reverse("accounts:recovery_codes")

    return ask(
        request,
        title=_("Make new recovery codes"),
        lead=_("The codes that you have now can no longer be used then."),
        button=_("Make new codes"),
        back=reverse("accounts:second_factor"),
        act=act,
    )


# sessions


@for_person
@require_http_methods(READ_AND_WRITE)
def sessions_end(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Ends one session, or, without a number, all but this one."""
    user: Any = request.user
    key = request.session.session_key or ""
    row = sessions.of(user).filter(pk=pk).first() if pk else None
    if pk and row is None:
        raise Http404

    def act() -> str:
        if row is None:
            sessions.end_all(user, but=key)
        else:
            sessions.end([row])
        return reverse("accounts:account")

    return ask(
        request,
        title=_("Sign out of this session") if row else _("Sign out everywhere else"),
        lead=_("Whoever uses it has to sign in again."),
        button=_("Sign out there"),
        back=reverse("accounts:account"),
        act=act,
        danger=True,
    )


# tokens


@for_person
@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    """The person's tokens in all organisations; a new one is shown this one time."""
    context = {
        "tokens": list(selectors.tokens_of(request.user)),
        "fresh": gate.take_once(request, "token"),
        "actor": request.actor,  # type: ignore[attr-defined]
    }
    return render(request, "accounts/tokens.html", context)


@freshly
@require_http_methods(READ_AND_WRITE)
def token_new(request: HttpRequest) -> HttpResponse:
    """A new token for the organisation acted for."""
    actor = request.actor  # type: ignore[attr-defined]
    row = selectors.membership_of(actor)

    def save(form: Any) -> str:
        _token, raw = tokens.issue(row, actor=actor, **form.cleaned_data)
        gate.put_once(request, "token", raw)
        return reverse("accounts:tokens")

    context = {
        "title": _("New token"),
        "lead": _("A program that has the token acts as you for this organisation: %(name)s.")
        % {"name": f"\u2068{selectors.name_of(row.organisation)}\u2069"},
        "button": _("Make the token"),
        "back": reverse("accounts:tokens"),
        "back_label": _("Tokens"),
    }
    initial = {"scope": "read", "days": tokens.DAYS}
    return form_page(request, form=lambda data: TokenForm(data, initial=initial), save=save, context=context)


@for_person
@require_http_methods(READ_AND_WRITE)
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a token."""
    row = selectors.tokens_of(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404

    def act() -> str:
        tokens.revoke(pk, actor=selectors.by_oneself(request.user))  # type: ignore[arg-type]
        return reverse("accounts:tokens")

    return ask(
        request,
        title=_("Revoke the token"),
        lead=_("A program that uses it is refused from now on."),
        button=_("Revoke"),
        back=reverse("accounts:tokens"),
        act=act,
        danger=True,
    )
