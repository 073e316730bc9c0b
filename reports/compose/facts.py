"""What sentences say beside figures: dates, names, lists. A fact without anything to say is None."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

from reports.compose.measures import FOLLOW_UPS, Measures
from reports.compose.messages import Argument, Speaker, reference, say
from reports.compose.style import Style
from reports.compose.texts import Texts
from reports.document import Mark, Runs, Text
from reports.figures import GROUPS, Figure
from reports.reading import STATES, Reading, Request

# More names than this are not listed in a sentence; the annex lists them.
_LONG_LIST = 30


class Facts:
    """Facts by name, found when first asked for."""

    def __init__(
        self,
        *,
        records: Reading,
        measures: Measures,
        style: Style,
        texts: Texts,
        snapshot_hash: str,
    ) -> None:
        self._records, self._measures = records, measures
        self._style, self._texts = style, texts
        self._kept: dict[str, Argument] = {}
        self._simple = _simple(records.snapshot, style, texts, snapshot_hash)
        self._lists: dict[str, Callable[[], Argument]] = {
            "list.states": self._requesting,
            "states.naming": self._states_naming,
            "list.statuses": partial(self._family, "requests.at_cutoff.", STATES, "status."),
            "list.groups": partial(self._messages, [f"group.{group}" for group in GROUPS]),
            "list.training": partial(self._messages, ["training.women", "training.men"]),
            "list.followups": partial(self._family, "derived.followups.", FOLLOW_UPS, "followup."),
            "donors.any": self._any_donor,
        }

    def get(self, name: str) -> Argument:
        if name in self._simple:
            return self._simple[name]
        if name not in self._kept:
            self._kept[name] = self._find(name)
        return self._kept[name]

    def _find(self, name: str) -> Argument:
        if name in self._lists:
            return self._lists[name]()
        words = name.split(".")
        if words[:2] == ["list", "paragraph"] and len(words) == 4:  # noqa: PLR2004 - list.paragraph.5.states
            return self._of_paragraph(int(words[2]), words[3])
        if words[0] == "paragraph" and len(words) == 3:  # noqa: PLR2004 - paragraph.5.naming
            return self._naming_of_paragraph(int(words[1]), words[2])
        return None

    # -- names

    def state_name(self, code: str) -> str:
        return self._style.state(self._records.states[code], sentence=True)

    def donor_name(self, ref: str, *, sentence: bool = True) -> str:
        """A Government by the name of its State, another organization by its own."""
        organisation = self._records.organisations[ref]
        state = self._records.states.get(organisation.get("state", ""))
        if organisation["kind"] == "government" and state:
            return self._style.state(state, sentence=sentence)
        if sentence and organisation["kind"] == "secretariat" and organisation.get("acronym"):
            return str(organisation["acronym"])  # the introduction gives its name in full
        return self._style.named(organisation["names"])

    def listed(self, names: Iterable[str]) -> Runs:
        """Names in alphabetical order as a list."""
        return self._style.listed((Text(name),) for name in sorted(names, key=self._style.order))

    def _requesting(self) -> Argument:
        return self.listed(self.state_name(state) for state in self._named(self._records.received))

    def _named(self, requests: Iterable[Request]) -> set[str]:
        return {state for request in requests if request.named for state in request.states}

    def _states_naming(self) -> Argument:
        return _naming(self._named(self._records.received), _all_states(self._records.received))

    def _requests_of(self, number: int) -> list[Request]:
        return [request for request in self._records.counted if request.serves(number)]

    def _of_paragraph(self, number: int, what: str) -> Argument:
        if what == "states":
            return self.listed(self.state_name(state) for state in self._named(self._requests_of(number)))
        if what == "donors":
            return self.listed(self.donor_name(donor) for donor in self._donors_of(number)[0])
        needs = self._records.counted_needs()
        counts = Counter(need.form for need in needs if number in need.paragraphs)
        members = (
            self._say(
                "list.item.count",
                label=self._style.lowered(self.term("forms", form)),
                item=self._counted(number, form, counts[form]),
            )
            for form in self.terms("forms", counts)
        )
        return self._style.listed(runs for runs in members if runs)

    def _counted(self, number: int, form: str, count: int) -> Figure:
        return self._measures.add(
            Figure(
                f"derived.paragraph.{number}.form.{form}",
                count,
                "count",
                f"Needs that serve paragraph {number}, in the form {form}.",
            )
        )

    def _donors_of(self, number: int) -> tuple[set[str], set[str]]:
        pledges = [pledge for pledge in self._records.valued if pledge.serves(number)]
        named = {pledge.donor for pledge in pledges if not pledge.anonymous}
        return named, {pledge.donor for pledge in pledges}

    def _naming_of_paragraph(self, number: int, what: str) -> Argument:
        if what == "naming":
            requests = self._requests_of(number)
            return _naming(self._named(requests), _all_states(requests))
        if what == "donor_naming":
            return _naming(*self._donors_of(number))
        return None

    # -- vocabularies

    def term(self, vocabulary: str, code: str) -> str:
        """The label of a code, the code itself where the vocabulary lacks it."""
        for entry in self._records.snapshot["vocabularies"].get(vocabulary, ()):
            if entry["code"] == code:
                return self._style.named(entry["labels"])
        return code.replace("-", " ")

    def terms(self, vocabulary: str, codes: Iterable[str]) -> list[str]:
        """The codes in the order of the vocabulary, those that it lacks last."""
        entries = self._records.snapshot["vocabularies"].get(vocabulary, ())
        order = {entry["code"]: place for place, entry in enumerate(entries)}
        return sorted(codes, key=lambda code: (order.get(code, len(order)), code))

    # -- lists

    def _say(self, message_id: str, **arguments: Argument) -> Runs | None:
        def lookup(name: str) -> Argument:
            return arguments[name] if name in arguments else self._measures.get(name)

        # Members of one list are written alike; those of status and use are small and large together.
        digits = self._style.speaker
        speaker = Speaker(digits.plural, lambda figure, _: digits.write(figure, True), digits.large)
        return say(
            self._texts.message(message_id), lookup=lookup, note=_no_note, speaker=speaker, variables={}
        )

    def _messages(self, message_ids: Iterable[str]) -> Argument:
        said = [self._say(message_id) for message_id in message_ids]
        return self._style.listed(runs for runs in said if runs)

    def _family(self, beginning: str, codes: Iterable[str], message: str) -> Argument:
        said = [self._say(message + code, item=self._measures.get(beginning + code)) for code in codes]
        return self._style.listed(runs for runs in said if runs)

    def _any_donor(self) -> Argument:
        return "yes" if self._records.live or self._records.contributions else None


def _simple(
    snapshot: Mapping[str, Any], style: Style, texts: Texts, snapshot_hash: str
) -> dict[str, Argument]:
    session, period = snapshot["session"], snapshot["period"]
    body = texts.body(session.get("body", ""))
    opens, closes = session.get("opens"), session.get("closes")
    year = str(date.fromisoformat(opens or snapshot["cut_off"]).year)
    agenda = body.get("agenda", "").replace("{year}", year)
    clock = Figure("clock", snapshot["clocks"]["acknowledge"], "count", "")
    return {
        "resolution.symbol": reference(snapshot["resolution"]["symbol"]),
        "resolution.title": style.named(snapshot["resolution"].get("title", {"": ""})),
        "session.body": body.get("name", session.get("body", "")),
        "session.ordinal": style.ordinal(session["number"]),
        "session.number": str(session["number"]),
        "session.venue": session.get("venue", ""),
        "session.dates": style.span(opens, closes) if opens and closes else "",
        "session.agenda_symbol": reference(agenda) if agenda else None,
        "period.from": style.date(period["from"]),
        "period.to": style.date(period["to"]),
        "cut_off": style.date(snapshot["cut_off"]),
        "clock.acknowledge": style.write(clock, False),
        "snapshot.hash": reference(snapshot_hash),
    }


def _naming(named: set[str], everyone: set[str]) -> str:
    if not named:
        return "none"
    if len(named) > _LONG_LIST:
        return "many"
    return "all" if named == everyone else "some"


def _all_states(requests: Iterable[Request]) -> set[str]:
    return {state for request in requests for state in request.states}


def _no_note(name: str) -> Mark:
    raise KeyError(f"a list cannot have a footnote: {name}")
