"""All answers of a request, as who checks or approves it reads them: each with the address where it is changed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from requests_app import answers
from requests_app.models import AssistanceRequest, Need
from requests_app.views.addresses import url

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Line:
    """One answer: `kind` says how the template shows it."""

    label: "str | Promise"
    value: Any
    change: str
    kind: str


@dataclass(frozen=True)
class Section:
    title: "str | Promise"
    slug: str
    lines: list[Line]


def sections(row: AssistanceRequest, needs: list[Need], *, change: bool) -> list[Section]:
    """Every answer of a request, with the address where it is changed."""
    return [
        Section(part.title, part.slug, _lines(row, part, change=change))
        for part in answers.of_request(row, needs)
    ]


def need_lines(row: AssistanceRequest, need: Need) -> list[Line]:
    """The answers of one need."""
    return _lines(row, answers.of_need(need), change=False)


def _lines(row: AssistanceRequest, part: answers.Answers, *, change: bool) -> list[Line]:
    return [
        Line(
            answer.label,
            answer.value,
            _changed_at(row, part, answer.task) if change else "",
            "list" if isinstance(answer.value, list) else "text",
        )
        for answer in part.answers
    ]


def _changed_at(row: AssistanceRequest, part: answers.Answers, task: str) -> str:
    if task == "needs":
        return url("needs_of", row)
    to = url("part", row, task) if part.need is None else url("need_step", row, part.need, task)
    return f"{to}?from=check"
