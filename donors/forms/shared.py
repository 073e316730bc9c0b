"""What several forms of moves share."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from portal.web.fields import LongText
from portal.web.forms import Form


class Reason(Form):
    reason = LongText(label=_("Reason"), rows=4, help_text=_("In words that the other side can act upon."))


class ReasonIfAny(Form):
    reason = LongText(label=_("Reason"), rows=4, required=False)


class WithoutWhatIsNotAsked(Form):
    """A form whose `initial` says of some fields that they are not asked of this record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.initial.get("not_asked", ()):
            self.fields.pop(name, None)


class Signed(Form):
    """A form with the days of two signatures: the agreement stands from the later one."""

    signatures: ClassVar[tuple[str, str]]

    @property
    def facts(self) -> dict[str, Any]:
        """With the day of the later signature."""
        found = super().facts
        days = [found[name] for name in self.signatures if name in found]
        return found | ({"agreement_signed": max(days)} if days else {})
