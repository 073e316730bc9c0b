"""Names that may not stand in a document: of States without consent, of donors that asked for it."""

import re
from collections.abc import Iterator

from reports.reading import Reading

_EXTRA = re.compile(r"\s*\([^)]*\)$|\s*\*+$")


class HiddenNames:
    """Finds in a text the names, in any language, of States and donors that may not be named.

    A State that is also a donor, and may be named as such, is not hidden. A name inside a longer name of
    another State ("Guinea" in "Equatorial Guinea") does not count where the snapshot knows that State.
    """

    def __init__(self, records: Reading) -> None:
        donors = {
            organisation["state"]
            for ref, organisation in records.organisations.items()
            if ref in records.named_donors and "state" in organisation
        }
        hidden = {name for state in records.silent_states - donors for name in _names(records, state)}
        organisations = records.organisations
        hidden |= {
            name
            for ref in records.silent_donors
            if ref in organisations and organisations[ref]["kind"] not in ("government", "secretariat")
            for name in organisations[ref]["names"].values()
        }
        self.names = frozenset(hidden)
        longer = {
            name
            for state in records.states
            for name in _names(records, state)
            if any(short != name and short in name for short in hidden)
        } - hidden
        self._longer = _pattern(longer) if longer else None
        self._hidden = _pattern(hidden) if hidden else None

    def found_in(self, text: str) -> list[str]:
        """The hidden names in `text`, each once."""
        if self._hidden is None:
            return []
        if self._longer is not None:
            text = self._longer.sub(" ", text)
        return sorted(set(self._hidden.findall(text)))


def _names(records: Reading, state: str) -> Iterator[str]:
    entry = records.states[state]
    for names in (entry["names"], entry.get("formal", {})):
        for name in names.values():
            bare = _EXTRA.sub("", _EXTRA.sub("", name)).removeprefix("the ")
            if bare:
                yield bare


def _pattern(names: set[str]) -> re.Pattern[str]:
    listed = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
    return re.compile(rf"(?<![\w-])(?:{listed})(?![\w-])")
