"""One reference, one record: nothing stands twice in a file, and everything named exists."""

from django.utils.translation import gettext as _

from portal.dossier.check.view import WITH_REF, View, day_of, parts, references
from portal.dossier.problems import format_path, quote


def check(view: View) -> None:
    """Note references that stand twice and references to nothing."""
    for collection in WITH_REF:
        first: dict[str, int] = {}
        for index, record in view.each(collection):
            ref = record.get("ref")
            if ref is not None and first.setdefault(ref, index) != index:
                _twice(view, (collection, index, "ref"), ref, format_path((collection, first[ref])))
    _needs_once(view)
    _rates_once(view)
    _sessions_once(view)
    _organisations_once(view)
    _narratives_once(view)
    _named_exist(view)


def _twice(view: View, steps: tuple[str | int, ...], ref: str, earlier: str) -> None:
    words = {"ref": quote(ref), "earlier": earlier}
    view.note(steps, _("the reference %(ref)s stands twice; first at %(earlier)s") % words)


def _needs_once(view: View) -> None:
    first: dict[str, str] = {}
    for index, request in view.each("requests"):
        for place, need in parts(request, "needs"):
            here = format_path(("requests", index, "needs", place))
            ref = need.get("ref")
            if ref is not None and first.setdefault(ref, here) != here:
                _twice(view, ("requests", index, "needs", place, "ref"), ref, first[ref])


def _rates_once(view: View) -> None:
    first: dict[tuple[str, object], int] = {}
    for index, rate in view.each("exchange_rates"):
        if "currency" not in rate or "date" not in rate:
            continue
        key = (rate["currency"], day_of(rate["date"]) or rate["date"])
        if first.setdefault(key, index) != index:
            words = {
                "currency": rate["currency"],
                "day": str(key[1]),
                "earlier": format_path(("exchange_rates", first[key])),
            }
            reason = _("a rate for %(currency)s on %(day)s is given twice; first at %(earlier)s")
            view.note(("exchange_rates", index), reason % words)


def _sessions_once(view: View) -> None:
    first: dict[int, int] = {}
    for index, session in view.each("sessions"):
        number = session.get("number")
        if number is not None and first.setdefault(int(number), index) != index:
            words = {"number": number, "earlier": format_path(("sessions", first[int(number)]))}
            reason = _("session %(number)d is given twice; first at %(earlier)s")
            view.note(("sessions", index, "number"), reason % words)


def _organisations_once(view: View) -> None:
    governments: dict[str, int] = {}
    secretariat: int | None = None
    for index, organisation in view.each("organisations"):
        kind, state = organisation.get("kind"), organisation.get("state")
        if kind == "government" and state is not None:
            earlier = governments.setdefault(state, index)
            if earlier != index:
                words = {"state": state, "earlier": format_path(("organisations", earlier))}
                reason = _("the Government of %(state)s stands twice; first at %(earlier)s")
                view.note(("organisations", index, "state"), reason % words)
        elif kind == "secretariat":
            secretariat = index if secretariat is None else secretariat
            if secretariat != index:
                words = {"earlier": format_path(("organisations", secretariat))}
                reason = _("the Secretariat stands twice; first at %(earlier)s")
                view.note(("organisations", index, "kind"), reason % words)


def _narratives_once(view: View) -> None:
    first: dict[tuple[object, ...], int] = {}
    for index, narrative in view.each("narratives"):
        names = ("session", "paragraph", "language", "organisation", "state", "text")
        key = tuple(narrative.get(name) for name in names)
        if first.setdefault(key, index) != index:
            reason = _("the same is said twice; first at %(earlier)s")
            view.note(("narratives", index), reason % {"earlier": format_path(("narratives", first[key]))})


def _named_exist(view: View) -> None:
    for steps, target, ref in references(view):
        if not view.exists(target, ref):
            view.note(steps, _NO_SUCH[target]() % {"ref": quote(ref)})
    sessions = view.known.sessions | {
        int(session["number"]) for _index, session in view.each("sessions") if "number" in session
    }
    for index, narrative in view.each("narratives"):
        number = narrative.get("session")
        if number is not None and number not in sessions:
            reason = _("there is no session %(number)d in the file or in the portal")
            view.note(("narratives", index, "session"), reason % {"number": number})


_NO_SUCH = {
    "organisations": lambda: _("there is no organisation %(ref)s in the file or in the portal"),
    "requests": lambda: _("there is no request %(ref)s in the file or in the portal"),
    "needs": lambda: _("there is no need %(ref)s in the file or in the portal"),
    "offers": lambda: _("there is no offer %(ref)s in the file or in the portal"),
    "pledges": lambda: _("there is no pledge %(ref)s in the file or in the portal"),
}
