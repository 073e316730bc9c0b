"""The language of a page: remembered from its address, so that what has no language speaks it too."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_from_path
from django.views.decorators.http import require_safe

YEAR = 31_536_000
CHOSEN = "language_chosen"  # beside the language itself: it was chosen in the bar


def remember(response: HttpResponse, language: str) -> None:
    """Keeps a language as the visitor's choice."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def remember_chosen(response: HttpResponse, language: str) -> None:
    """Keeps a language that was chosen in the bar: an account's language does not replace it."""
    remember(response, language)
    response.set_cookie(
        CHOSEN, "1", max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )


def speak(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """From now on in the language of an account, unless another was chosen in the bar."""
    if CHOSEN not in request.COOKIES:
        remember(response, language)


def _from_the_bar(request: HttpRequest, language: str) -> bool:
    """Whether the page before this one was the same in another language."""
    before = urlsplit(request.headers.get("Referer", ""))
    spoken = get_language_from_path(before.path) if before.netloc == request.get_host() else None
    same = spoken and before.path.replace(f"/{spoken}/", f"/{language}/", 1) == request.path
    return bool(same) and spoken != language


class ChosenLanguageMiddleware:
    """Who reads a page in a language has chosen it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        language = get_language_from_path(request.path_info)
        if language and _from_the_bar(request, language):
            remember_chosen(response, language)
        elif language and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != language:
            remember(response, language)
        return response


@require_safe
def choose(request: HttpRequest, language: str) -> HttpResponse:
    """Chooses the language of the pages that have none in their address, and goes back."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    back = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    remember_chosen(response, language)
    return response


@dataclass(frozen=True)
class LanguageLink:
    code: str
    name: str
    url: str
    current: bool


def links(request: HttpRequest, current: str) -> list[LanguageLink]:
    """The same page in each language, in the order of the United Nations."""
    path = request.get_full_path()
    prefix = get_language_from_path(request.path_info)
    found = []
    for code, name in settings.LANGUAGES:
        if prefix is not None:
            # the addresses of a page differ by their first part alone
            url = path.replace(f"/{prefix}/", f"/{code}/", 1)
        else:
            url = reverse("accounts:language", args=[code]) + "?" + urlencode({"next": path})
        found.append(LanguageLink(code, name, url, code == current))
    return found
