"""What the portal does by itself as time passes on pledges, deliveries and offers: reminds, lets lapse, expires."""

from datetime import date

from django.utils.translation import gettext as _

from donors import clocks, services
from donors.models import Offer, Pledge
from donors.services.locks import lock_pledge
from portal.core.actor import SYSTEM
from portal.core.clock import day
from portal.core.deadlines import Calendar, run_out
from portal.core.unit import DIRECT
from portal.directory.selectors import calendar as load_calendar
from portal.notifications import selectors as told
from portal.notifications.timekeeping import each, ended, in_batches, remind_all


def keep_time() -> int:
    """One round over all pledges, deliveries and offers; the number of things done."""
    calendar = load_calendar()
    done = _lapse_all(calendar)  # first: of what ends today nobody is reminded any more
    done += remind_all(clocks.waiting_pledges(), clocks.of_pledges, calendar)
    done += remind_all(clocks.waiting_deliveries(calendar), clocks.of_deliveries, calendar)
    done += _expire_all(calendar)
    return done


def _lapse_all(calendar: Calendar) -> int:
    """What nobody answered or agreed on ends once those who should were reminded twice in vain."""

    def step(row: Pledge) -> bool:
        pledge = lock_pledge(row, DIRECT)
        one = clocks.of_pledges([pledge], calendar).get(pledge.pk)
        if one is None or one.past or one.clock.name not in clocks.LAPSING:
            return False
        if not run_out(one.clock, told.sent(pledge, one.clock), today=calendar.today):
            return False
        reason = {
            "respond": _("no answer came in time"),
            "agree": _("no agreement was recorded in time"),
        }[one.clock.name]
        services.move_pledge(pledge, "lapse", actor=SYSTEM, facts={"reason": reason})
        return True

    rows = clocks.waiting_pledges().filter(pk__in=ended("pledge", clocks.LAPSING, calendar))
    return each(rows.select_related("need__request"), step)


def _expire_all(calendar: Calendar) -> int:
    """Offers whose last day has passed, unless it had passed before the portal learned of them."""

    def step(row: Offer) -> bool:
        offer = DIRECT.lock(row)
        if not clocks.run_out_offers(calendar).filter(pk=offer.pk).exists():
            return False
        services.move_offer(offer, "expire", actor=SYSTEM)
        return True

    done = 0
    for batch in in_batches(clocks.run_out_offers(calendar)):
        known = clocks.published_on(batch)
        done += each(
            [offer for offer in batch if known.get(offer.pk, calendar.today) <= _last_day(offer)], step
        )
    return done


def _last_day(offer: Offer) -> date:
    assert offer.valid_until is not None
    return day(offer.valid_until)
