"""Pages of a long list: the first ones by number, those far behind from one to the next.

A page with a number skips the rows before it, which costs more the further it lies. Beyond `NUMBERED` pages a
page is asked for by what its neighbour ends or begins with (a *mark*), which costs the same everywhere. How many
rows there are is counted up to `COUNTED`.

The parts of the rows are queries whose union is the list: each finds its own first rows by an index of its own,
and the first rows of all are among them.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DataError, connection, transaction
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

PER_PAGE = 25
NUMBERED = 40
COUNTED = PER_PAGE * NUMBERED


@dataclass(frozen=True)
class Order:
    """By which terms, and whether downwards; rows without the first term come last either way.

    The id decides at the end, in the same direction.
    """

    terms: tuple[str, ...]
    down: bool
    nullable: bool

    def by(self, *, reverse: bool = False) -> list[Any]:
        """Of rows that have the first term, or all of which lack it.

        One index `(term DESC NULLS LAST, id DESC)` is read forwards or backwards for all four ways.
        """
        down = self.down is not reverse
        found: list[Any] = [F(term).desc() if down else F(term).asc() for term in (*self.terms, "pk")]
        if self.nullable:
            found[0] = (
                F(self.terms[0]).desc(nulls_last=True) if down else F(self.terms[0]).asc(nulls_first=True)
            )
        return found

    def whole(self) -> list[Any]:
        """Of all rows at once."""
        found = self.by()
        if self.nullable:
            first = F(self.terms[0])
            found[0] = first.desc(nulls_last=True) if self.down else first.asc(nulls_last=True)
        return found


class _Compared(Func):
    """`(a, b) < (x, y)`: an index over a and b finds where to begin."""

    output_field = BooleanField()

    def __init__(self, names: Sequence[str], values: Sequence[Any], sign: str) -> None:
        self.sign, self.width = sign, len(names)
        super().__init__(*[F(name) for name in names], *values)

    def as_sql(
        self, compiler: Any, connection: Any, *_given: Any, **_extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        parts, params = [], []
        for source in self.source_expressions:
            sql, given = compiler.compile(source)
            parts.append(sql)
            params.extend(given)
        left, right = ", ".join(parts[: self.width]), ", ".join(parts[self.width :])
        return f"(({left}) {self.sign} ({right}))", tuple(params)


@dataclass(frozen=True)
class Mark:
    """A row's place in an order: the values of its terms, then its id."""

    values: tuple[Any, ...]

    def text(self) -> str:
        body = json.dumps(self.values, default=_plain, separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, order: Order) -> "Mark | None":
        """None for what is no mark of this order."""
        try:
            values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, binascii.Error):
            return None
        wanted = len(order.terms) + 1
        if not isinstance(values, list) or len(values) != wanted or type(values[-1]) is not int:
            return None
        if any(isinstance(value, list | dict | float | bool) for value in values) or abs(values[-1]) >= 2**63:
            return None
        return cls(tuple(values))


@dataclass(frozen=True)
class Asked:
    """Which page: its number, and, far behind, the mark after or before which it lies, or the end.

    Number 0: reached from the end, and so not known.
    """

    number: int = 1
    mark: Mark | None = None
    backwards: bool = False
    last: bool = False

    @classmethod
    def read(cls, text: str, order: Order) -> "Asked":
        """`7`, `last`, `41-after-…` or `41-before-…`; the first page for anything else."""
        if text == "last":
            return cls(last=True)
        number, _, rest = text.partition("-")
        if not number.isascii() or not number.isdecimal() or len(number) > 9:  # noqa: PLR2004
            return cls()
        way, _, place = rest.partition("-")
        mark = Mark.read(place, order) if way in {"after", "before"} else None
        if mark is None:
            return cls(number=max(1, min(int(number), NUMBERED)))
        return cls(number=int(number), mark=mark, backwards=way == "before")


@dataclass(frozen=True)
class Link:
    """A page of the navigation: no page stands for those left out; no address for the one that is shown."""

    label: str
    page: str = ""


@dataclass(frozen=True)
class Page:
    """One page: the ids of its rows in order, where it stands, and the pages beside it, as `page=` names them."""

    keys: list[int]
    number: int
    count: int
    previous: str = ""
    next: str = ""
    last: str = ""
    numbers: list[Link] = field(default_factory=list)

    @property
    def more(self) -> bool:
        """Whether there are more rows than are counted."""
        return self.count > COUNTED

    @property
    def counted(self) -> int:
        return min(self.count, COUNTED)

    @property
    def first_row(self) -> int:
        return (self.number - 1) * PER_PAGE + 1

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.keys) - 1

    @property
    def several(self) -> bool:
        return bool(self.previous or self.next)


def _plain(value: Any) -> str:
    """A value of the database as its own words for it."""
    return f"\\x{bytes(value).hex()}" if isinstance(value, memoryview | bytes) else str(value)


Found = list[tuple[Any, ...]]


class Pages:
    """Reads pages of the parts of a list."""

    def __init__(self, parts: Sequence[QuerySet[Any]], order: Order) -> None:
        self.parts = [part.order_by() for part in parts]
        self.order = order

    def page(self, text: str) -> Page:
        """The page that is asked for; the first one where the mark cannot be compared with the rows."""
        asked = Asked.read(text, self.order)
        if asked.mark is None:
            return self._last() if asked.last else self._numbered(asked.number)
        try:
            with transaction.atomic():
                return self._beside(asked)
        except DataError:
            return self._numbered(1)

    # rows

    def _ask(self, parts: Sequence[QuerySet[Any]], around: str, *more: int) -> Found:
        """Rows of a statement around the union of the parts; a part that can hold nothing is left out."""
        statements: list[str] = []
        params: list[Any] = []
        for part in parts:
            try:
                sql, given = part.query.sql_with_params()
            except EmptyResultSet:
                continue
            statements.append(f"({sql})")
            params.extend(given)
        if not statements:
            return []
        with connection.cursor() as cursor:
            cursor.execute(around.format(" UNION ".join(statements)), [*params, *more])
            return list(cursor.fetchall())

    def _take(self, condition: Q | None, start: int, stop: int, *, reverse: bool = False) -> Found:
        """Rows of one section, from start to stop: each part gives its first, and of those the first are taken."""
        if stop <= start:
            return []
        columns = (*self.order.terms, "pk")
        sorting = self.order.by(reverse=reverse)
        parts = [
            (part if condition is None else part.filter(condition)).order_by(*sorting).values_list(*columns)
            for part in self.parts
        ]
        if len(parts) == 1:
            return self._ask([parts[0][start:stop]], "{}")
        way = "DESC" if self.order.down is not reverse else "ASC"
        places = ", ".join(f"{place} {way}" for place in range(1, len(columns) + 1))
        parts = [part[:stop] for part in parts]
        around = f"SELECT * FROM ({{}}) parts ORDER BY {places} LIMIT %s OFFSET %s"  # noqa: S608 - our own words
        return self._ask(parts, around, stop - start, start)

    def _sections(self) -> Sequence[Q | None]:
        if not self.order.nullable:
            return [None]
        first = self.order.terms[0]
        return [Q(**{f"{first}__isnull": False}), Q(**{f"{first}__isnull": True})]

    def _numbered(self, number: int) -> Page:
        start, wanted = (number - 1) * PER_PAGE, PER_PAGE + 1
        rows: Found = []
        sections = self._sections()
        before = 0
        for place, section in enumerate(sections):
            skip = max(0, start - before)
            found = self._take(section, skip, skip + wanted - len(rows))
            rows += found
            if len(rows) == wanted or place == len(sections) - 1:
                break
            before += skip + len(found) if found or not skip else self._count(section, skip)
        if not rows and number > 1:
            count = self._count(None, COUNTED + 1)
            return self._numbered(max(1, min(NUMBERED, -(-count // PER_PAGE))))
        if len(rows) <= PER_PAGE:
            return self._made(rows, number, count=start + len(rows))
        return self._made(rows[:PER_PAGE], number, more=True)

    def _beside(self, asked: Asked) -> Page:
        """The page after or before a mark."""
        assert asked.mark is not None
        wanted, values = PER_PAGE + 1, asked.mark.values
        down = self.order.down is not asked.backwards
        here, rest = None, []
        names: tuple[str, ...] = (*self.order.terms, "pk")
        if self.order.nullable:
            first = names[0]
            has, lacks = Q(**{f"{first}__isnull": False}), Q(**{f"{first}__isnull": True})
            if values[0] is None:
                names, values = names[1:], values[1:]
                here, rest = lacks, [has] if asked.backwards else []
            else:
                here, rest = has, [] if asked.backwards else [lacks]
        beyond = Q(_Compared(names, [Value(value) for value in values], "<" if down else ">"))
        rows = self._take(beyond if here is None else here & beyond, 0, wanted, reverse=asked.backwards)
        for section in rest:
            rows += self._take(section, 0, wanted - len(rows), reverse=asked.backwards)
        further = len(rows) > PER_PAGE
        rows = rows[:PER_PAGE]
        if asked.backwards:
            rows.reverse()
        if not rows or (asked.backwards and not further):
            return self._numbered(1)
        return self._made(rows, asked.number, more=further or asked.backwards)

    def _last(self) -> Page:
        """The end of the list, read from behind; its number where the rows are counted."""
        count = self._count(None, COUNTED + 1)
        if count <= COUNTED:
            return self._numbered(max(1, -(-count // PER_PAGE)))
        rows: Found = []
        for section in reversed(self._sections()):
            rows += self._take(section, 0, PER_PAGE - len(rows), reverse=True)
        return self._made(rows[::-1], 0, count=count)

    def _count(self, section: Q | None, limit: int) -> int:
        """How many rows, up to a limit: each part that far, and every row once."""
        parts = [part if section is None else part.filter(section) for part in self.parts]
        around = "SELECT count(*) FROM (SELECT * FROM ({}) parts LIMIT %s) counted"
        found = self._ask([part.values("pk")[:limit] for part in parts], around, limit)
        return int(found[0][0]) if found else 0

    # what is said of them

    def _made(self, rows: Found, number: int, *, count: int | None = None, more: bool = False) -> Page:
        if count is None:
            count = self._count(None, COUNTED + 1) if 0 < number <= NUMBERED else COUNTED + 1
        behind = count > COUNTED
        previous = following = ""
        if 1 < number <= NUMBERED + 1:
            previous = str(number - 1)
        elif number != 1:
            previous = f"{max(number - 1, 0)}-before-{Mark(rows[0]).text()}"
        if more and 0 < number < NUMBERED:
            following = str(number + 1)
        elif more:
            following = f"{number and number + 1}-after-{Mark(rows[-1]).text()}"
        last_number = min(NUMBERED, -(-min(count, COUNTED) // PER_PAGE))
        return Page(
            keys=[row[-1] for row in rows], number=number, count=count, previous=previous, next=following,
            last="last" if behind and following else "", numbers=_numbers(number, last_number, behind=behind),
        )  # fmt: skip


def _numbers(number: int, last: int, *, behind: bool) -> list[Link]:
    """The first page, those beside this one, and the last that has a number; gaps between them."""
    if last <= 1:
        return []
    shown = sorted({1, 2, last - 1, last, number - 1, number, number + 1} & set(range(1, last + 1)))
    links: list[Link] = []
    for place, each in enumerate(shown):
        if place and each - shown[place - 1] > 1:
            links.append(Link("…"))
        links.append(Link(str(each), "" if each == number else str(each)))
    if behind:
        links.append(Link("…"))
        if number > last:
            links += [Link(str(number)), Link("…")]
    return links
