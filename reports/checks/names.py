"""Who is named, and how: names of States, consent, personal data, languages of what was sent in."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from reports.checks.finding import Case, Finding, texts
from reports.compose.naming import HiddenNames
from reports.reading import Snapshot


def languages(case: Case) -> Iterator[Finding]:
    for narrative in case.snapshot.get("narratives", ()):
        others = [
            other
            for other in case.snapshot["narratives"]
            if all(other.get(key) == narrative.get(key) for key in ("paragraph", "organisation", "state"))
        ]
        if others[0] is narrative and case.document.language not in {o["language"] for o in others}:
            yield Finding(
                "languages",
                "warning",
                _("Information received on paragraph %(number)s") % {"number": narrative["paragraph"]},
                _("The text of %(sender)s is in %(language)s only and is printed so.")
                % {"sender": _sender(case, narrative), "language": narrative["language"]},
                _("Enter a translation, or leave the mark that says so."),
            )


def _sender(case: Case, narrative: Snapshot) -> str:
    if "state" in narrative:
        return str(case.snapshot["states"][narrative["state"]]["names"]["en"])
    organisation = case.records.organisations.get(narrative.get("organisation", ""))
    return str(next(iter(organisation["names"].values()))) if organisation else _("the secretariat")


def state_names(case: Case) -> Iterator[Finding]:
    for code, state in case.snapshot["states"].items():
        if case.document.language not in state["names"]:
            yield Finding(
                "state-names",
                "error",
                _("Annex I"),
                _("The State %(code)s has no name in the language of the document.") % {"code": code},
                _("Enter the name in the directory and freeze again."),
            )


_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w+|(?<![\w.])\+\d[\d ()-]{7,}\d")


def personal_data(case: Case) -> Iterator[Finding]:
    for section, text in texts(case.document):
        for found in _CONTACT.findall(text):
            yield Finding(
                "personal-data",
                "error",
                section,
                _("The text holds an address or number of a person: %(found)s.") % {"found": found},
                _("Ask the sender for a text without it."),
            )


def confidential(case: Case) -> Iterator[Finding]:
    hidden = HiddenNames(case.records)
    unnamed = [request for request in case.snapshot["requests"] if not request["named"]]
    titles = {request["title"] for request in unnamed if len(request["title"].split()) > 2}  # noqa: PLR2004 - a phrase of its own
    titles -= {request["title"] for request in case.snapshot["requests"] if request["named"]}
    refs = {request["ref"] for request in unnamed} | {n["ref"] for r in unnamed for n in r["needs"]}
    for section, text in texts(case.document):
        found = [*hidden.found_in(text), *(title for title in titles if title in text)]
        yield from (_named(section, name) for name in found)
    for definition in case.document.definitions:
        for ref in sorted(refs.intersection(definition.records)):
            yield _named(case.document.labels.definitions, ref)
    for narrative in case.snapshot.get("narratives", ()):
        for name in hidden.found_in(narrative["text"]):
            yield Finding(
                "confidential",
                "warning",
                _("Information received on paragraph %(number)s") % {"number": narrative["paragraph"]},
                _("The text names %(name)s, which has not agreed to be named; it was left out.")
                % {"name": name},
                _("Ask for consent, or for a text without the name."),
            )


def _named(section: str, name: str) -> Finding:
    return Finding(
        "confidential",
        "error",
        section,
        _("%(name)s stands in the document without consent.") % {"name": name},
        _("Do not issue the report; take the name out or ask for consent."),
    )
