"""The inbox, and when its owner wants e-mail."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.notifications import selectors, services
from portal.notifications.forms import PreferenceForm
from portal.notifications.wording import lines_of
from portal.web.pages import Asked
from portal.web.saving import form_page

PER_PAGE = 50
LARGEST = 2**63  # ids are below this
SHOWN = {
    "": gettext_lazy("All"),
    "action": gettext_lazy("Needs action"),
    "unread": gettext_lazy("Unread"),
}


def _chosen(rows: QuerySet[Any], show: str) -> QuerySet[Any]:
    if show == "action":
        return rows.filter(outstanding=True)
    return rows.filter(read_at__isnull=True) if show == "unread" else rows


@require_safe
def inbox(request: Asked) -> HttpResponse:
    """Notices by day, newest day first; all, those that need action, or those unread."""
    if request.actor.user is None:
        return redirect("accounts:login")
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    rows = _chosen(selectors.inbox(request.actor), show)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = lines_of(page.object_list)
    context = {
        "page": page,
        "around": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "days": [(day, list(found)) for day, found in groupby(lines, key=lambda line: line.day)],
        "show": show,
        "choices": [(code, label, code == show) for code, label in SHOWN.items()],
        "through": selectors.newest(request.actor) if request.unread else 0,
    }
    return render(request, "notifications/inbox.html", context)


def _back(request: Asked) -> HttpResponse:
    show = request.POST.get("show", "")
    url = reverse("notifications:inbox")
    return HttpResponseRedirect(f"{url}?show={show}" if show in SHOWN and show else url)


@require_POST
def read(request: Asked) -> HttpResponse:
    """Marks as read what there was when the page was made, and not what came meanwhile."""
    through = request.POST.get("through", "")
    if through.isascii() and through.isdecimal() and int(through[:20]) < LARGEST:
        services.mark_read(request.actor, through=int(through))
    return _back(request)


@require_POST
def read_one(request: Asked, pk: int) -> HttpResponse:
    """Marks one notice as read."""
    if pk >= LARGEST or not services.mark_one(request.actor, pk):
        raise Http404
    return _back(request)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: Asked) -> HttpResponse:
    """When the person wants e-mail."""
    user = request.actor.user
    if user is None:
        return redirect("accounts:login")

    def save(form: PreferenceForm) -> str:
        services.choose(user, mail=form.cleaned_data["mail"])
        messages.success(request, _("Your choice was saved."))
        return reverse("notifications:inbox")

    return form_page(
        request,
        form=lambda data: PreferenceForm(data, initial={"mail": selectors.wish(user)}),
        save=save,
        context={
            "title": _("E-mail"),
            "lead": _("E-mails name the record and what is to be done, and nothing of its content."),
            "button": _("Save"),
            "back": reverse("notifications:inbox"),
            "back_label": _("Notifications"),
        },
    )
