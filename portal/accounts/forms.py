"""What people type about themselves and about each other."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import TokenScope
from portal.core.languages import western_digits
from portal.policy.roles import R
from portal.web.fields import Choice, Choices, Day, Text, Whole
from portal.web.forms import Form


def _email(label: Any, autocomplete: str) -> forms.EmailField:
    attrs = {"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}
    return forms.EmailField(label=label, max_length=254, widget=forms.EmailInput(attrs=attrs))


def _password(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "dir": "ltr"})
    return forms.CharField(label=label, max_length=1000, strip=False, widget=widget, **more)


class _Code(forms.CharField):
    """A code in the digits of any script."""

    def to_python(self, value: Any) -> str:
        return western_digits(super().to_python(value) or "")


def _code(label: Any, **more: Any) -> forms.CharField:
    attrs = {
        "autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "dir": "ltr", "class": "code",
    }  # fmt: skip
    return _Code(label=label, max_length=20, widget=forms.TextInput(attrs=attrs), **more)


def _language() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


def _roles(offered: Iterable[R]) -> Choices:
    return Choices(label=_("Roles"), choices=[(role.value, role.label) for role in offered])


NEW_PASSWORD = _("At least twelve characters. A sentence that only you would write is easy to remember.")


class SignInForm(Form):
    email = _email(_("E-mail address"), "username")
    password = _password(_("Password"), "current-password")


class CodeForm(Form):
    code = _code(
        _("Code"), help_text=_("Six digits from your authenticator app, or one of your recovery codes.")
    )


class CredentialForm(Form):
    """What the browser answers for a passkey."""

    credential = forms.JSONField(widget=forms.HiddenInput)


class AuthenticatorForm(Form):
    code = _code(_("Code"), help_text=_("The six digits that the app shows now."))


class PasskeyForm(Form):
    name = Text(
        label=_("Name of the passkey"),
        max_length=100,
        help_text=_("So that you can tell it from others, for example: office computer."),
    )
    credential = forms.JSONField(widget=forms.HiddenInput, required=False)


class ConfirmForm(Form):
    password = _password(_("Password"), "current-password")


class NothingForm(Form):
    """A page that only asks whether."""


class DetailsForm(Form):
    name = Text(label=_("Name"), max_length=200, help_text=_("As others in the portal read it."))
    language = _language()


class PasswordForm(Form):
    password = _password(_("Present password"), "current-password")
    new_password = _password(_("New password"), "new-password", help_text=NEW_PASSWORD)


class ResetForm(Form):
    email = _email(_("E-mail address"), "username")


class NewPasswordForm(Form):
    new_password = _password(_("New password"), "new-password", help_text=NEW_PASSWORD)


class JoinForm(Form):
    """A new person accepts an invitation."""

    name = Text(label=_("Name"), max_length=200, help_text=_("As others in the portal read it."))
    language = _language()
    new_password = _password(_("Password"), "new-password", help_text=NEW_PASSWORD)


class InvitationForm(Form):
    """`offered` are the roles that can be given; with `verified` UNODC names the note verbale."""

    email = _email(_("E-mail address"), "off")
    language = _language()
    note = Text(label=_("Number of the note verbale"), max_length=100)
    note_date = Day(label=_("Date of the note verbale"), past=True)

    def __init__(self, *args: Any, offered: Iterable[R], verified: bool, **kwargs: Any) -> None:
        self.base_fields = {**type(self).base_fields, "roles": _roles(offered)}  # type: ignore[misc]
        super().__init__(*args, **kwargs)
        self.order_fields(["email", "language", "roles", "note", "note_date"])
        if not verified:
            del self.fields["note"], self.fields["note_date"]


class RolesForm(Form):
    def __init__(self, *args: Any, offered: Iterable[R], **kwargs: Any) -> None:
        self.base_fields = {"roles": _roles(offered)}  # type: ignore[misc]
        super().__init__(*args, **kwargs)


class ReplaceForm(Form):
    email = _email(_("E-mail address of the new coordinator"), "off")
    language = _language()
    note = Text(label=_("Number of the note verbale"), max_length=100)
    note_date = Day(label=_("Date of the note verbale"), past=True)


class NoteForm(Form):
    note = Text(label=_("Reference of the letter or note verbale"), max_length=100)


class TokenForm(Form):
    name = Text(
        label=_("Name of the token"), max_length=100, help_text=_("So that you know which program uses it.")
    )
    scope = Choice(label=_("What the program may do"), choices=TokenScope.choices)
    days = Whole(label=_("Valid for how many days"), min_value=1, max_value=365)
