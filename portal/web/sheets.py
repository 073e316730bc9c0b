"""A list as a workbook: one sheet, its headings in view, numbers and days as such, everything else as text."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from portal.core import clock

FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS = 1_048_575  # what a sheet holds beside its headings
_NAME = 31  # letters that the name of a sheet may have
_WIDTH = 18


def workbook(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], *, from_right: bool, most: int = ROWS
) -> IO[bytes]:
    """An open temporary file with the rows, written as they come; gone once it is closed.

    Where there are more rows than a sheet holds, its last row says so.
    """
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the answer closes it
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd", "in_memory": False},
    )  # fmt: skip
    sheet = book.add_worksheet(_sheet_name(title))
    if from_right:
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(headings) - 1, _WIDTH)
    sheet.set_row(0, None, book.add_format({"bold": True}))
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading)
    for number, row in enumerate(rows, start=1):
        if number == most:
            words = _("More rows do not fit in this sheet. Narrow the list, or take the CSV file.")
            sheet.write_string(number, 0, words)
            break
        for place, value in enumerate(row):
            _write(sheet, number, place, value)
    book.close()
    file.seek(0)
    return file


def _write(sheet: Any, row: int, place: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, place, datetime.combine(clock.day(value), datetime.min.time()))
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value)
    elif isinstance(value, Decimal | int) and not isinstance(value, bool):
        sheet.write_number(row, place, value)
    else:
        sheet.write_string(row, place, str(value))


def _sheet_name(title: str) -> str:
    """The title without what the name of a sheet must not have."""
    kept = "".join(" " if letter in "[]:*?/\\'" else letter for letter in title).strip()
    return kept[:_NAME] or "1"
