"""What can be made today; a new format or language is a new line here, and its renderer or texts."""

FORMATS = ("pdf", "html", "json")
LANGUAGES = ("en",)
