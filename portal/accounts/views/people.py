"""The people of an organisation: who is a member, who is invited, and what may be changed about it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import factors, invitations, people, selectors
from portal.accounts.filters import PeopleFilters
from portal.accounts.forms import InvitationForm, NoteForm, ReplaceForm, RolesForm
from portal.accounts.models import Invitation, Membership
from portal.accounts.views.doors import for_person, freshly
from portal.accounts.views.entering import READ_AND_WRITE, ask
from portal.audit.selectors import events_in
from portal.core.errors import NotAllowed
from portal.core.languages import listed
from portal.policy import engine
from portal.policy.actions import A
from portal.policy.roles import givable, needs_second_factor
from portal.web.listing import PER_PAGE, Column, list_page
from portal.web.pages import Asked, one
from portal.web.saving import form_page

ISOLATED = "\u2068%s\u2069"  # a name keeps its order in text of the other direction


def _member_url(row: Membership) -> str:
    return reverse("accounts:member", args=[row.pk])


def _factor(row: Any) -> str:
    if row.has_factor:
        return _("set up")
    return _("required, not set up") if needs_second_factor(row.roles) else _("not required")


COLUMNS = (
    Column("name", gettext_lazy("Name"), lambda r: r.user.name, "user__name", _member_url),
    Column("email", gettext_lazy("E-mail address"), lambda r: r.user.email, "user__email"),
    Column(
        "organisation", gettext_lazy("Organisation"), lambda r: selectors.name_of(r.organisation),
        "organisation__names__{language}",
    ),
    Column("roles", gettext_lazy("Roles"), lambda r: listed(selectors.role_labels(r.roles))),
    Column("factor", gettext_lazy("Second factor"), _factor),
    Column("since", gettext_lazy("Since"), lambda r: r.since, "since", kind="day"),
    Column("until", gettext_lazy("Until"), lambda r: r.until, "until", kind="day"),
)  # fmt: skip


def _allowed(request: Asked) -> None:
    """Raises NotAllowed for who sees nobody's membership."""
    if not engine.holds(request.actor, A.PEOPLE_VIEW):
        raise NotAllowed(_("this is for members of an organisation"))


@for_person
@require_safe
def member_list(request: Asked) -> HttpResponseBase:
    """Members of the actor's organisation, or of all."""
    _allowed(request)
    rows = factors.marked(selectors.people(request.actor))
    return list_page(
        request,
        name="people",
        title=_("People"),
        lead=_("Who may act for an organisation, and in which roles."),
        empty=_("There are no members yet. People join by invitation."),
        filters=PeopleFilters(request.GET, rows),
        columns=COLUMNS,
        default="name",
        template="accounts/people.html",
        more={
            "invites": engine.holds(request.actor, A.PEOPLE_INVITE),
            "waiting": selectors.open_invitations(request.actor).count(),
        },
    )


def _seen(request: Asked, pk: int) -> Any:
    return one(factors.marked(selectors.people(request.actor)).filter(pk=pk))


@for_person
@require_safe
def member(request: Asked, pk: int) -> HttpResponse:
    """One membership: roles, since when, on whose word, what happened, and what can be changed."""
    row = _seen(request, pk)
    rights = engine.rights_on(request.actor, row, (A.PEOPLE_CHANGE, A.PEOPLE_END, A.PEOPLE_VERIFY))
    own = row.user_id == request.user.pk
    live = selectors.current().filter(pk=row.pk).exists()
    within = set(row.roles) <= set(givable(request.actor.roles, row.organisation.kind))
    context = {
        "row": row,
        "roles": selectors.role_labels(row.roles),
        "factor": _factor(row),
        "live": live,
        "own": own,
        "may_change": live and not own and within and A.PEOPLE_CHANGE in rights,
        "may_end": live and not own and within and A.PEOPLE_END in rights,
        "may_verify": live and not own and A.PEOPLE_VERIFY in rights,
        "coordinates": selectors.appointed(row.organisation).filter(pk=row.pk).exists(),
        "events": list(events_in(None, row)),
    }
    return render(request, "accounts/member.html", context)


def _asking(row: Membership) -> dict[str, Any]:
    return {"back": _member_url(row), "back_label": row.user.name, "version": None}


@freshly
@require_http_methods(READ_AND_WRITE)
def member_end(request: Asked, pk: int) -> HttpResponse:
    """Ends a membership at once."""
    row = _seen(request, pk)
    people.refuse_early(row, A.PEOPLE_END, request.actor)

    def act() -> str:
        people.end_membership(pk, actor=request.actor)
        return _member_url(row)

    return ask(
        request,
        title=_("End the membership of %(name)s") % {"name": ISOLATED % row.user.name},
        lead=_(
            "The person is signed out and tokens are refused at once. What waits stays with the organisation."
        ),
        button=_("End the membership"),
        back=_member_url(row),
        act=act,
        danger=True,
    )


@freshly
@require_http_methods(READ_AND_WRITE)
def member_roles(request: Asked, pk: int) -> HttpResponse:
    """Gives a member other roles."""
    row = _seen(request, pk)
    people.refuse_early(row, A.PEOPLE_CHANGE, request.actor)
    offered = givable(request.actor.roles, row.organisation.kind)

    def save(form: Any) -> str:
        people.change_roles(pk, form.cleaned_data["roles"], actor=request.actor)
        return _member_url(row)

    context = {
        "title": _("Change the roles of %(name)s") % {"name": ISOLATED % row.user.name},
        "button": _("Save"),
    }
    return form_page(
        request,
        form=lambda data: RolesForm(data, offered=offered, initial={"roles": row.roles}),
        save=save,
        context=context | _asking(row),
    )


@freshly
@require_http_methods(READ_AND_WRITE)
def member_factor(request: Asked, pk: int) -> HttpResponse:
    """Takes away the second factor of a person who has lost it."""
    row = _seen(request, pk)
    people.refuse_early(row, A.PEOPLE_VERIFY, request.actor)

    def save(form: Any) -> str:
        people.clear_factors(pk, note=form.cleaned_data["note"], actor=request.actor)
        return _member_url(row)

    context = {
        "title": _("Clear the second factor of %(name)s") % {"name": ISOLATED % row.user.name},
        "lead": _(
            "Do this only when you have made sure who asks. The person sets up a new one at the next sign-in."
        ),
        "button": _("Clear the second factor"),
        "warns": True,
    }
    return form_page(request, form=NoteForm, save=save, context=context | _asking(row))


# invitations


@for_person
@require_safe
def invitation_list(request: Asked) -> HttpResponse:
    """Invitations to the actor's organisation, or to all; those that are open first."""
    _allowed(request)
    rows = selectors.invitations_in_order(request.actor)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "around": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "may_invite": engine.holds(request.actor, A.PEOPLE_INVITE),
    }
    return render(request, "accounts/invitations.html", context)


@for_person
@require_safe
def invite_where(request: Asked) -> HttpResponse:
    """Into which organisation: the one acted for, or, for UNODC, a choice."""
    if not engine.holds(request.actor, A.PEOPLE_INVITE):
        raise NotAllowed(_("this is for: %(roles)s") % {"roles": selectors.inviting_roles()})
    context = {"choices": selectors.organisations_to_choose(request.actor)}
    return render(request, "accounts/invite_where.html", context)


def _organisation(request: Asked, pk: int) -> Any:
    """The organisation into which the actor may invite; 404 for any other."""
    row = selectors.organisation_open_to(request.actor, pk)
    if row is None:
        raise Http404
    return row


def _day(form: Any) -> Any:
    moment = form.cleaned_data.get("note_date")
    return moment.date() if moment else None


@freshly
@require_http_methods(READ_AND_WRITE)
def invite(request: Asked, pk: int) -> HttpResponse:
    """Invites a person into an organisation; UNODC names the note verbale where it is another's."""
    organisation = _organisation(request, pk)
    offered = givable(request.actor.roles, organisation.kind)
    verified = selectors.needs_note(request.actor, organisation)

    def save(form: Any) -> str:
        given = form.cleaned_data
        invitations.invite(
            given["email"], organisation, given["roles"], actor=request.actor, language=given["language"],
            note=given.get("note", ""), note_date=_day(form),
        )  # fmt: skip
        return reverse("accounts:invitations")

    context = {
        "title": _("Invite a person"),
        "lead": _("The person acts for: %(name)s. The link that is sent is valid for fourteen days.")
        % {"name": ISOLATED % selectors.name_of(organisation)},
        "button": _("Send the invitation"),
        "back": reverse("accounts:people"),
        "back_label": _("People"),
    }
    return form_page(
        request,
        form=lambda data: InvitationForm(
            data, offered=offered, verified=verified, initial={"language": request.actor.language}
        ),
        save=save,
        context=context,
    )


def _invitation(request: Asked, pk: int) -> Invitation:
    row = one(selectors.invitations(request.actor).filter(pk=pk))
    engine.require(request.actor, A.PEOPLE_INVITE, row)
    return row


@for_person
@require_http_methods(READ_AND_WRITE)
def invitation_resend(request: Asked, pk: int) -> HttpResponse:
    """Sends an invitation again, with a new link."""
    row = _invitation(request, pk)

    def act() -> str:
        invitations.resend(pk, actor=request.actor)
        return reverse("accounts:invitations")

    return ask(
        request,
        title=_("Send the invitation to %(email)s again") % {"email": ISOLATED % row.email},
        lead=_("The new link is valid for fourteen days. The old one opens nothing any more."),
        button=_("Send again"),
        back=reverse("accounts:invitations"),
        act=act,
    )


@for_person
@require_http_methods(READ_AND_WRITE)
def invitation_revoke(request: Asked, pk: int) -> HttpResponse:
    """Takes an invitation back."""
    row = _invitation(request, pk)

    def act() -> str:
        invitations.revoke(pk, actor=request.actor)
        return reverse("accounts:invitations")

    return ask(
        request,
        title=_("Take back the invitation to %(email)s") % {"email": ISOLATED % row.email},
        lead=_("The link opens nothing any more."),
        button=_("Take back"),
        back=reverse("accounts:invitations"),
        act=act,
        danger=True,
    )


@freshly
@require_http_methods(READ_AND_WRITE)
def replace(request: Asked, pk: int) -> HttpResponse:
    """Replaces the coordinator of a State on its note verbale."""
    organisation = _organisation(request, pk)
    engine.require(request.actor, A.PEOPLE_VERIFY, Invitation(organisation=organisation))

    def save(form: Any) -> str:
        given = form.cleaned_data
        people.replace_coordinator(
            organisation, given["email"], note=given["note"], note_date=_day(form), actor=request.actor,
            language=given["language"],
        )  # fmt: skip
        return reverse("accounts:invitations")

    names = listed(row.user.name for row in selectors.appointed(organisation))
    context = {
        "title": _("Replace the coordinator"),
        "lead": _(
            "State: %(state)s. Coordinator now: %(name)s. That membership ends at once, the new coordinator is invited,"
            " and everything that waits stays with the State."
        )
        % {"state": ISOLATED % selectors.name_of(organisation), "name": ISOLATED % (names or "–")},
        "button": _("Replace"),
        "warns": True,
        "back": reverse("accounts:people"),
        "back_label": _("People"),
    }
    return form_page(
        request, form=lambda data: ReplaceForm(data, initial={"language": "en"}), save=save, context=context
    )
