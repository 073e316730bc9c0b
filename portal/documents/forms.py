"""What is asked of a document."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.core.errors import Refused
from portal.documents.enums import LANGUAGES, LONGEST_TITLE, Kind
from portal.documents.examining import Examined
from portal.documents.inspection import BY_NAME
from portal.web.fields import Choice, Text, YesNo
from portal.web.forms import Form, sentence

FILE_HELP = _(
    "PDF, Word, Excel, OpenDocument, JPEG or PNG, up to 10 MB. Without macros and without a password."
)


class Attached(forms.FileField):
    """A file, looked through by `examine` before it is taken."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("File"), help_text=FILE_HELP, allow_empty_file=True,
            widget=forms.FileInput(attrs={"accept": ",".join(BY_NAME)}), **kwargs,
        )  # fmt: skip
        self.examine: Callable[[Any], Examined] | None = None
        self.error_messages["missing"] = _("Choose a file.")

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = forms.Field.clean(self, data)
        if file is None or self.examine is None:
            return file
        try:
            return self.examine(file)
        except Refused as error:
            raise ValidationError([sentence(refusal.reason) for refusal in error.refusals]) from None


class Described(Form):
    """What a document is, and for whom."""

    kind = Choice(label=_("Type of document"), choices=Kind.choices)
    title = Text(
        label=_("Title"), max_length=LONGEST_TITLE, help_text=_("By which others recognise it, in one line.")
    )
    language = forms.ChoiceField(label=_("Language of the document"), choices=LANGUAGES)
    donors_may_see = YesNo(
        label=_("May donors see it?"),
        help_text=_("Donors who may see the request. A note verbale is never shown to them."),
    )


class _WithFile:
    def __init__(self, *args: Any, examine: Callable[[Any], Examined], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].examine = examine  # type: ignore[attr-defined]


class Attach(_WithFile, Described):
    """A new document; the file comes last, so that one that was cut off on its way is never taken for whole."""

    file = Attached()

    @property
    def described(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}


class Replace(_WithFile, Form):
    file = Attached()
