"""Until when an offer or a pledge can be rewritten."""

from django.utils.translation import gettext as _

from donors.models import Offer, Pledge
from portal.core.errors import Refusal


def sent(record: Offer | Pledge) -> Refusal | None:
    """Why a record is not changed any more: only a draft is."""
    if record.status == "draft":
        return None
    return Refusal(_("only a draft is changed; this was sent meanwhile"))
