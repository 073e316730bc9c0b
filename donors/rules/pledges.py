"""What must hold before a pledge moves."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from donors.enums import Kind, PledgeChannel
from donors.models import Contribution, Pledge
from donors.rules import holding
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Refusal
from portal.core.guards import Facts
from portal.core.languages import listed
from portal.core.money import plain
from portal.core.unit import Unit
from portal.core.workflow import Absent, Verdict
from portal.policy import engine
from portal.policy.actions import A

SECURITY_FORCES = {"police", "customs", "border-guard", "military"}
NEEDS_A_SITE = {"equipment", "infrastructure"}


def need_seen(pledge: Pledge, facts: Facts, *, actor: Actor, **_context: object) -> Verdict:
    """A need that its donor may not see does not exist for it (rule 9)."""
    if pledge.need is None or engine.can(actor, A.REQUEST_VIEW, pledge.need.request):
        return None
    return Refusal(_("there is no such need"), "need")


def something_promised(pledge: Pledge, facts: Facts, **_context: object) -> Verdict:
    """A pledge is of more than nothing."""
    return None if pledge.quantity > 0 else Refusal(_("a pledge is of more than nothing"), "quantity")


def same_unit(pledge: Pledge, facts: Facts, **_context: object) -> Verdict:
    """A pledge against a need is in the need's unit, in kind or in cash alike (rule 1)."""
    if pledge.need is None or pledge.unit_id == pledge.need.unit_id:
        return None
    return Refusal(
        _("the unit is not that of the need, which is %(unit)s") % {"unit": pledge.need.unit_id}, "unit"
    )


def request_open(pledge: Pledge, facts: Facts, **_context: object) -> Verdict:
    """Only a need that was circulated, and whose request is open, can be pledged against."""
    if pledge.need is None or pledge.need.request.status == "open":
        return None
    return Refusal(_("the request of this need is not open on that day"), "need")


def room(pledge: Pledge, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
    """A need is not pledged beyond its quantity, unless the State has accepted the surplus in words (rule 1)."""
    need = pledge.need
    if need is None or need.surplus_accepted:
        return None
    left = holding.left(need, unit, without=pledge)
    if pledge.quantity <= left:
        return None
    return Refusal(
        _("of this need %(left)s %(unit)s are left, and the pledge covers %(quantity)s")
        % {"left": plain(left), "unit": need.unit_id, "quantity": plain(pledge.quantity)},
        "quantity",
    )


def loan_is_cash(pledge: Pledge, facts: Facts, **_context: object) -> Verdict:
    """A loan is cash."""
    if pledge.finance == "loan" and pledge.kind != "cash":
        return Refusal(_("a loan is cash"), "finance")
    return None


def is_cash_to_unodc(pledge: Pledge) -> bool:
    """Whether UNODC is to receive money under a pledge (para. 11)."""
    return pledge.kind == Kind.CASH and pledge.channel == PledgeChannel.UNODC


def cash_is_an_amount(pledge: Pledge, facts: Facts, **_context: object) -> Verdict:
    """Cash through UNODC is an amount in a currency."""
    if not is_cash_to_unodc(pledge) or (pledge.value_amount is not None and pledge.value_currency):
        return None
    return Absent(_("give the amount that UNODC is to receive"), "value")


def for_whom(pledge: Pledge, facts: Facts, **_context: object) -> Verdict:
    """An announcement names its need or its State."""
    if pledge.need is not None or pledge.state_id is not None:
        return None
    return Absent(_("name the need or the State"), "state")


def taken_from_offer(
    pledge: Pledge, facts: Facts, *, at: datetime, unit: Unit, actor: Actor, **_context: object
) -> Iterable[Verdict]:
    """A pledge that takes up an offer has its donor and unit, lies within its validity, and takes what is free."""
    offer = pledge.offer
    if offer is None:
        return
    if offer.donor_id != pledge.donor_id:
        yield Refusal(_("the offer is another donor's"), "offer")
    if not holding.valid_on(offer, clock.day(at)):
        yield Refusal(_("the offer is not valid on that day"), "offer")
    if actor.is_import:  # a dossier is taken at its word
        return
    if pledge.unit_id != offer.unit_id:
        yield Refusal(
            _("the unit is not that of the offer, which is %(unit)s") % {"unit": offer.unit_id}, "offer"
        )
    elif pledge.quantity > (free := holding.free(offer, unit)):
        yield Refusal(
            _("of this offer %(free)s %(unit)s are free, and the pledge takes %(quantity)s")
            % {"free": plain(free), "unit": offer.unit_id, "quantity": plain(pledge.quantity)},
            "quantity",
        )


def redirected(pledge: Pledge, facts: Facts, *, at: datetime, **_context: object) -> Iterable[Verdict]:
    """What is left of a cancelled pledge goes to another need of the same donor's choice, not before."""
    origin = pledge.redirected_from
    if origin is None:
        return
    if origin.donor_id != pledge.donor_id:
        yield Refusal(_("the pledge that it is redirected from is another donor's"), "redirected_from")
    if pledge.need_id is not None and (origin.need is pledge.need or origin.need_id == pledge.need_id):
        yield Refusal(_("a redirect is to another need"), "redirected_from")
    if origin.cancelled_at is None or clock.day(at) < clock.day(origin.cancelled_at):
        yield Refusal(_("the pledge that it is redirected from was not cancelled by then"), "redirected_from")


def source_named(pledge: Pledge, facts: Facts, **_context: object) -> Verdict:
    """The source of the public statement is named."""
    return None if pledge.source else Absent(_("name the source of the public statement"), "source")


def notice_given(pledge: Pledge, facts: Facts, **_context: object) -> Verdict:
    """The donor's notice to the State is named."""
    return None if facts.get("notice") else Absent(_("name the notice to the State"), "notice")


def notice_on_behalf(
    pledge: Pledge, facts: Facts, *, actor: Actor, unit: Unit, **_context: object
) -> Verdict:
    """Who cancels on a donor's behalf names the donor's notice."""
    givers = {pledge.donor_id, *(row.organisation_id for row in unit.related(pledge, "joint_donors"))}
    if actor.user is None or actor.organisation.pk in givers:
        return None
    return notice_given(pledge, facts)


def agreed_on(record: Pledge | Contribution, since: datetime | None) -> datetime | None:
    """The day of the later signature, though not before what was agreed upon stood."""
    if record.agreement_signed is None or since is None:
        return record.agreement_signed
    return max(record.agreement_signed, since)


def agreement(record: Pledge | Contribution, facts: Facts, *, at: datetime, **_context: object) -> Verdict:
    """The document behind the promise, signed on or before the day on which it is agreed."""
    if not record.agreement_reference or record.agreement_signed is None:
        return Absent(
            _("give the reference of the agreement and the day of the later signature"), "agreement"
        )
    if clock.day(record.agreement_signed) > clock.day(at):
        return Refusal(_("the agreement is signed after the day on which it is agreed"), "agreement.signed")
    return None


def due_diligence(pledge: Pledge, facts: Facts, **_context: object) -> Verdict:
    """Support to security forces is agreed only after human-rights due diligence."""
    if pledge.need is None or pledge.need.recipient_kind not in SECURITY_FORCES or facts.get("due_diligence"):
        return None
    return Absent(_("record the human-rights due diligence"), "due_diligence")


def site_ready(pledge: Pledge, facts: Facts, **_context: object) -> Iterable[Verdict]:
    """Equipment and facilities are agreed once the site and the running costs are answered, by the State in its
    need or in the agreement that both have signed.
    """
    need = pledge.need
    if need is None or pledge.form_id not in NEEDS_A_SITE:
        return
    if not (need.site_readiness or facts.get("site_readiness")):
        yield Absent(_("say what was agreed on the site"), "site_readiness")
    if not (need.running_costs or facts.get("running_costs")):
        yield Absent(_("say who pays the running costs"), "running_costs")


def was_agreed(pledge: Pledge, facts: Facts, *, at: datetime, **_context: object) -> Verdict:
    """A delivery is dated on or after the pledge's agreement, or, where none is given, its acceptance."""
    since = pledge.agreed_at or pledge.accepted_at
    if since is None or clock.day(at) < clock.day(since):
        return Refusal(_("the delivery is before the agreement on the pledge"), "date")
    return None if pledge.agreed_at else Absent(_("the pledge is not agreed"), "pledge")


def still_running(pledge: Pledge, facts: Facts, *, at: datetime, **_context: object) -> Verdict:
    """After a pledge was cancelled nothing more is delivered under it; what came on the same day counts."""
    if pledge.cancelled_at is not None and clock.day(at) > clock.day(pledge.cancelled_at):
        return Refusal(_("the pledge was cancelled before"), "date")
    return None


def something_left(pledge: Pledge, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
    """Only what is left of a pledge goes elsewhere."""
    return (
        None
        if holding.delivered(pledge, unit) < pledge.quantity
        else Refusal(_("nothing is left to redirect"), "quantity")
    )


def no_money_received(
    pledge: Pledge, facts: Facts, *, unit: Unit, actor: Actor, **_context: object
) -> Verdict:
    """No money was received under it by a contribution that is not closed."""
    if actor.is_import:  # a dossier is taken at its word
        return None
    rows = unit.related(pledge, "contributions")
    held = sorted(row.reference for row in rows if row.status in {"receiving", "received"})
    if not held:
        return None
    return Refusal(
        _("money was received: %(contributions)s must be closed first") % {"contributions": listed(held)}
    )


def all_delivered(pledge: Pledge, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
    """Deliveries reach the pledge, or the donor says why there is less."""
    if holding.delivered(pledge, unit) >= pledge.quantity or facts.get("reason"):
        return None
    return Absent(_("say why less is delivered than was pledged"), "reason")


def not_all_delivered(pledge: Pledge, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
    """A pledge is in delivery again only while something is still to come."""
    if holding.delivered(pledge, unit) < pledge.quantity:
        return None
    return Refusal(_("everything that was pledged is delivered"))


def nothing_disputed(pledge: Pledge, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
    """No delivery is in dispute."""
    if any(d.status == "disputed" for d in unit.related(pledge, "deliveries")):
        return Refusal(_("a delivery is in dispute"), "deliveries")
    return None
