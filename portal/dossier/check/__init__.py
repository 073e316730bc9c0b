"""What must hold of a dossier beyond its shape, as far as it can be told before anything is replayed."""

from portal.dossier.check import codes, days, identity, money, moves, relations
from portal.dossier.check.view import View
from portal.dossier.known import Known
from portal.dossier.problems import Problems
from portal.dossier.read import Dossier


def check(dossier: Dossier, *, known: Known, problems: Problems) -> View:
    """Note everything wrong with the records of a file; answer with them as looked at."""
    return run(View(dossier, known, problems))


def run(view: View) -> View:
    """As `check`, for a file already under check."""
    identity.check(view)
    codes.check(view)
    days.check(view)
    moves.check(view)
    relations.check(view)
    money.check(view)
    return view


__all__ = ["View", "check", "run"]
