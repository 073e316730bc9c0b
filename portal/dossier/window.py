"""A UTF-8 file as decoded text, held only in part: a window that moves forward over it."""

import codecs
import re
from typing import BinaryIO

from django.utils.translation import gettext as _

_SPACE = re.compile(r"[ \t\n\r]*")
_CHUNK = 256 * 1024
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


class Unreadable(Exception):
    """The file, or the rest of it, cannot be read; the argument says where and why."""


class Window:
    """Text of an open file from `position` on; `buffer` grows by `more` and forgets what was passed."""

    def __init__(self, stream: BinaryIO, *, most_bytes: int) -> None:
        self.buffer = ""
        self.position = 0
        self.ended = False
        self._stream = stream
        self._most_bytes = most_bytes
        self._read = 0
        self._undecoded = b""
        self._lines = 0
        self._columns = 0

    def more(self) -> bool:
        """Read on; False at the end of the file.

        Raises Unreadable where a byte is no UTF-8 (with its offset from 0) or the file is too large.
        """
        if self.ended:
            return False
        self._forget()
        chunk = self._stream.read(_CHUNK)
        if self._read == 0:
            _refuse_marks(chunk)
        base = self._read - len(self._undecoded)
        self._read += len(chunk)
        if self._read > self._most_bytes:
            raise Unreadable(_("the file is larger than %(most)d bytes") % {"most": self._most_bytes})
        data = self._undecoded + chunk
        self.ended = not chunk
        try:
            decoded, used = codecs.utf_8_decode(data, "strict", self.ended)
        except UnicodeDecodeError as error:
            where = {"offset": base + error.start, "byte": f"{data[error.start]:02X}"}
            reason = _(
                "the file is not UTF-8 text: the byte at offset %(offset)d (hexadecimal %(byte)s) is wrong"
            )
            raise Unreadable(reason % where) from None
        self._undecoded = data[used:]
        self.buffer += decoded
        return True

    def _forget(self) -> None:
        passed = self.position
        if passed > _CHUNK:
            line_end = self.buffer.rfind("\n", 0, passed)
            if line_end >= 0:
                self._lines += self.buffer.count("\n", 0, passed)
                self._columns = passed - line_end - 1
            else:
                self._columns += passed
            self.buffer = self.buffer[passed:]
            self.position = 0

    def next(self) -> str:
        """The next character that is not white space, left where it is; "" at the end of the file."""
        while True:
            space = _SPACE.match(self.buffer, self.position)
            self.position = space.end() if space else self.position
            if self.position < len(self.buffer):
                return self.buffer[self.position]
            if not self.more():
                return ""

    def place(self, index: int | None = None) -> str:
        """Line and column, counted from 1, of an index of the buffer (the position where none is given)."""
        index = self.position if index is None else min(index, len(self.buffer))
        lines = self.buffer.count("\n", 0, index)
        last = self.buffer.rfind("\n", 0, index)
        column = index - last if last >= 0 else self._columns + index + 1
        return _("line %(line)d, column %(column)d") % {"line": self._lines + lines + 1, "column": column}


def _refuse_marks(start: bytes) -> None:
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            reason = _("the file is not UTF-8 text: it begins with the byte order mark of %(encoding)s")
            raise Unreadable(reason % {"encoding": encoding})
    if start.startswith(codecs.BOM_UTF8):
        raise Unreadable(
            _(
                "the file begins with a byte order mark (bytes EF BB BF), which JSON does not have; save it without"
            )
        )
