"""Guards that more than one table uses. Each answers None, a Refusal, or Absent where the fact was not given."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.errors import Refusal
from portal.core.languages import long_day
from portal.core.workflow import Absent, Verdict

Facts = Mapping[str, Any]


def after(*stamps: str) -> Callable[..., Verdict]:
    """What happened before stands before: the move's day is not earlier than any of these; the same day is in order."""
    names = ", ".join(stamp.removesuffix("_at").replace("_", " ") for stamp in stamps)

    def in_order(record: Any, facts: Facts, *, at: datetime, beside: str = "", **_context: Any) -> Verdict:
        latest = max(
            (clock.day(value) for stamp in stamps if (value := getattr(record, stamp)) is not None),
            default=None,
        )
        if latest and clock.day(at) < latest:
            return Refusal(
                _("%(day)s is before %(earlier)s, the day of an earlier step")
                % {"day": long_day(clock.day(at)), "earlier": long_day(latest)},
                beside,
            )
        return None

    in_order.__doc__ = f"Not before the day of: {names}."
    return in_order


def not_in_future(record: Any, facts: Facts, *, at: datetime, beside: str = "", **_context: Any) -> Verdict:
    """Nothing is recorded before it happens."""
    if clock.day(at) > clock.today():
        return Refusal(_("%(day)s is in the future") % {"day": long_day(clock.day(at))}, beside)
    return None


def reason_given(record: Any, facts: Facts, **_context: Any) -> Verdict:
    """A refusal, withdrawal or cancellation says why."""
    if str(facts.get("reason") or "").strip():  # what the record keeps is the reason of an earlier move
        return None
    return Absent(_("give the reason in words"), "reason")


def keeps_reason(record: Any, facts: Facts, **_context: Any) -> tuple[str, ...]:
    """The reason is kept on the record."""
    if facts.get("reason"):
        record.reason = facts["reason"]
    return ("reason",)
