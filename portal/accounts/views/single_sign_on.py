"""Signing in through an OpenID Connect issuer: it proves who someone is, and makes nobody a member."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from portal.accounts import selectors
from portal.accounts.views.doors import arrive
from portal.web.language import remember
from portal.web.pages import see_other


def _failed(request: HttpRequest) -> HttpResponse:
    """The same answer whether there is no account, none that is active, or no word of the issuer."""
    return render(request, "accounts/single_sign_on_failed.html", status=403)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An e-mail address that the issuer has verified is the person of that address; nobody is signed up."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        said = sociallogin.account.get_provider_account().get_user_data() or {}
        verified = said.get("email_verified") is True
        user = selectors.person_by_email(str(said.get("email", ""))) if verified else None
        if user is None:
            raise ImmediateHttpResponse(_failed(request))
        target = sociallogin.state.get("next") or "/"
        safe = url_has_allowed_host_and_scheme(
            target, {request.get_host()}, require_https=request.is_secure()
        )
        response = see_other(arrive(request, user, target if safe else "/"))
        if request.user.is_authenticated:
            remember(response, request.user.language)
        raise ImmediateHttpResponse(response)

    def on_authentication_error(self, request: HttpRequest, *_what: Any, **_more: Any) -> None:
        raise ImmediateHttpResponse(_failed(request))
