"""What a person chooses about e-mail."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.models import When
from portal.web.fields import Choice
from portal.web.forms import Form


class PreferenceForm(Form):
    mail = Choice(
        label=_("When do you want to receive e-mail?"),
        choices=When.choices,
        help_text=_("The list of notifications holds everything in any case."),
    )
