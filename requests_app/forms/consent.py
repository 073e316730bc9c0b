"""What a State is asked once its request is sent: to join, who may see it, and whether more is accepted."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from portal.web.fields import (
    Choices,
    Confirm,
    LongText,
    Text,
)
from portal.web.forms import Form


class Joining(Form):
    """The note verbale of a State that joins."""

    renames: ClassVar = {"note_verbale": "note_verbale_number"}
    note_verbale_number = Text(
        label=_("Number of your State's note verbale"),
        max_length=60,
        help_text=_("As printed on it, for example NV-UNODC-118/2026."),
    )
    authorised = Confirm(label=_("I confirm that I am authorised to do this on behalf of my Government."))


class Shown(Form):
    """The donors to whom a request is shown by name."""

    organisations = Choices(
        label=_("Donors who may see the request"),
        required=False,
        help_text=_("A donor that you take off no longer finds the request from that moment on."),
    )

    def __init__(self, *args: Any, donors: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisations"].choices = donors  # type: ignore[attr-defined]


class Surplus(Form):
    renames: ClassVar = {"surplus_accepted": "words"}
    words = LongText(
        label=_("In your words: why more is accepted"),
        rows=3,
        max_length=1000,
        help_text=_("Donors may then pledge more than the quantity that you asked for."),
    )
