"""The needs of a draft: listed, added, written in three steps, removed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.errors import Conflict
from portal.web.pages import Asked, see_other
from portal.web.saving import asked_mark, asked_row, form_page
from portal.web.templatetags.portal import day, named
from requests_app import drafting, selectors
from requests_app.forms.needs import NEEDS_SITE, ForWhom, HowMuch, What
from requests_app.forms.part import Part
from requests_app.models import AssistanceRequest, Need
from requests_app.views.addresses import url
from requests_app.views.answers import need_lines
from requests_app.views.drafts import moved_on, onward, own
from requests_app.views.tasks import task_after


@require_safe
def needs_of(request: Asked, key: str) -> HttpResponse:
    """The needs of a draft: added, changed, removed."""
    row = own(request, key)
    if moved := moved_on(request, row):
        return moved
    needs = selectors.needs_in_order(row)
    cards = [
        {
            "need": need,
            "number": need.number,
            "lines": [line for line in need_lines(row, need) if line.value],
            "unfinished": need.quantity is None or not need.unit_id or not need.priority,
            "change": url("need_step", row, need.number, "what"),
            "remove": url("need_remove", row, need.number),
        }
        for need in needs
    ]
    context = {
        "row": row,
        "cards": cards,
        "add": url("need_new", row),
        "onward": task_after(row, "needs"),
        "back": url("request", row),
    }
    return render(request, "requests/needs_of.html", context)


def _what(data: Any, need: Need | None) -> What:
    themes = selectors.themes()
    initial: dict[str, Any] = {}
    if need is not None:
        initial = {
            "form": need.form_id,
            "theme": need.theme_id,
            "description": need.description,
            "paragraphs": [str(n) for n in need.paragraphs],
        }
    return What(
        data,
        initial=initial,
        kinds=[(form.code, named(form.labels)) for form in selectors.forms_of_assistance()],
        themes=[
            (theme.code, f"{named(theme.labels)} ({', '.join(map(str, theme.paragraphs))})")
            for theme in themes
        ],
        suggested={theme.code: theme.paragraphs for theme in themes},
    )


def _how_much(data: Any, need: Need) -> HowMuch:
    units = selectors.units_for(need.form, also=need.unit_id)
    names = [
        "quantity", "unit_cost_amount", "unit_cost_currency", "needed_by", "place", "women", "men", "children",
        "site_readiness", "running_costs",
    ]  # fmt: skip
    initial = {name: getattr(need, name) for name in names}
    initial["unit"] = need.unit_id or (units[0].code if units else None)
    return HowMuch(
        data,
        initial=initial,
        units=[(unit.code, named(unit.labels)) for unit in units],
        site=need.form_id in NEEDS_SITE,
    )


def _for_whom(data: Any, need: Need) -> ForWhom:
    initial = {
        name: getattr(need, name) for name in ("priority", "recipient_kind", "mainly_for", "direction")
    }
    initial["state"] = need.state_id or ""
    request = need.request
    joint = [other.state for other in request.co_requesters.all()]
    states = [(state.iso3, named(state.names)) for state in [request.state, *joint]] if joint else []
    return ForWhom(data, initial=initial, states=states)


STEPS: dict[str, tuple[Any, Callable[[Any, Any], Part]]] = {
    "what": (_("What is needed"), _what),
    "how-much": (_("How much and when"), _how_much),
    "for-whom": (_("For whom, and its priority"), _for_whom),
}
ORDER = list(STEPS)


def _step_page(
    request: Asked,
    row: AssistanceRequest,
    need: Need | None,
    step: str,
    save: Callable[[Any], str],
    **more: Any,
) -> HttpResponse:
    label, make = STEPS[step]
    first = make(None, need)
    written = set(_columns(first)) if need is not None else set()
    place = need.number if need is not None else row.needs.count() + 1
    return form_page(
        request,
        form=lambda data: make(data, need) if data is not None else first,
        save=save,
        template="requests/part.html",
        context={
            "title": label,
            "caption": gettext("Need %(number)d, step %(step)d of 3")
            % {"number": place, "step": ORDER.index(step) + 1},
            "back": url("needs_of", row),
            "back_label": _("Needs"),
            "record": row,
            "mark": drafting.mark(need, written) if need is not None else None,
            "shown": need.pk if need is not None else None,
            **more,
        },
    )


def _columns(form: Part) -> list[str]:
    """The columns that a step writes."""
    renamed = {"form": "form_id", "theme": "theme_id", "unit": "unit_id", "state": "state_id"}
    return [renamed.get(name, name) for name in form.fields]


@require_http_methods(["GET", "HEAD", "POST"])
def need_new(request: Asked, key: str) -> HttpResponse:
    """One more need: its first step."""
    row = own(request, key)
    if moved := moved_on(request, row):
        return moved

    def save(form: Any) -> str:
        need = drafting.add_need(row, form.kept, actor=request.actor)
        return onward(request, row, url("need_step", row, need.number, "how-much"))

    return _step_page(request, row, None, "what", save)


def _need(request: Asked, row: AssistanceRequest, place: int) -> Need | selectors.Removed:
    """The need that a form was shown for, wherever it stands by now; by its place where no form says."""
    pk = asked_row(request)
    found = [n for n in selectors.needs_in_order(row) if (n.number == place if pk is None else n.pk == pk)]
    if not found:
        removed = selectors.removed_need(row, pk) if pk is not None else None
        if removed is None:
            raise Http404
        return removed
    found[0].request = row
    return found[0]


@require_http_methods(["GET", "HEAD", "POST"])
def need_step(request: Asked, key: str, place: int, step: str) -> HttpResponse:
    """A step of a need that is there already."""
    row = own(request, key)
    need = _need(request, row, place)
    if step not in STEPS:
        raise Http404
    if moved := moved_on(request, row):
        return moved
    if isinstance(need, selectors.Removed):
        return _add_again(request, row, need, step)

    def save(form: Any) -> str:
        drafting.change_need(need, form.kept, seen=asked_mark(request), actor=request.actor)
        later = ORDER[ORDER.index(step) + 1 :]
        following = url("need_step", row, need.number, later[0]) if later else url("needs_of", row)
        return onward(request, row, following)

    return _step_page(request, row, need, step, save)


def _add_again(request: Asked, row: AssistanceRequest, removed: selectors.Removed, step: str) -> HttpResponse:
    """What was written on a need that someone removed meanwhile: told, kept, and added anew once that is asked for."""

    def save(form: Any) -> str:
        if "again" not in request.POST:
            raise Conflict(gettext("this need was removed meanwhile"))
        need = drafting.add_again(removed.need, form.kept, actor=request.actor)
        messages.success(request, gettext("It was added as need %(number)d.") % {"number": need.number})
        return url("needs_of", row)

    told = gettext(
        "%(person)s removed this need on %(day)s. What you wrote is kept below. You can add it as a new need."
    )
    return _step_page(
        request,
        row,
        removed.need,
        step,
        save,
        lead=told % {"person": removed.by or gettext("Someone"), "day": day(removed.at)},
        button=_("Add as a new need"),
        shown=asked_row(request),
        removed=True,
        notice="",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def need_remove(request: Asked, key: str, place: int) -> HttpResponse:
    """Asks before a need is taken out."""
    row = own(request, key)
    need = _need(request, row, place)
    if moved := moved_on(request, row):
        return moved
    if isinstance(need, selectors.Removed):  # another did it first
        return see_other(url("needs_of", row))

    def save(_form: Any) -> str:
        drafting.remove_need(need, seen=asked_mark(request), actor=request.actor)
        messages.success(request, gettext("The need was removed."))
        return url("needs_of", row)

    return form_page(
        request,
        form=Part,
        save=save,
        template="requests/remove.html",
        context={
            "title": gettext("Remove need %(number)d") % {"number": need.number},
            "lead": need.description,
            "button": _("Remove the need"),
            "warns": True,
            "back": url("needs_of", row),
            "back_label": _("Needs"),
            "mark": drafting.mark(need, drafting.NEED),
            "shown": need.pk,
        },
    )
