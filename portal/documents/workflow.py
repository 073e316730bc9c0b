"""What may follow what: the table of a document (docs/workflows.md shows it)."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from portal.core.guards import Facts
from portal.core.unit import Unit
from portal.core.workflow import NEW, Workflow
from portal.core.workflow import Transition as T
from portal.documents import rules
from portal.documents.enums import Scan
from portal.documents.enums import Status as S
from portal.policy.actions import A

TAKES = ("title", "kind", "language", "donors_may_see")


def _born(document: Any, facts: Facts, **_: Any) -> tuple[str, ...]:
    document.public_id = uuid4().hex
    return ()


def _scanned(document: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any) -> tuple[str, ...]:
    """What the scanner found is written beside the file; an infected file is taken away."""
    row = next(v for v in unit.related(document, "versions") if v.number == facts["number"])
    row.scan, row.scanned_at = facts["scan"], at
    unit.save(row, ("scan", "scanned_at"))
    return ()


DOCUMENT = Workflow(
    "document",
    (
        T("attach", frozenset({NEW}), S.KEPT, A.DOCUMENT_ATTACH,
          (rules.in_hand, rules.fits, rules.note_is_private), effect=_born, needs=("size",)),
        T("replace", frozenset({S.KEPT}), S.KEPT, A.DOCUMENT_ATTACH, (rules.in_hand, rules.fits), needs=("size",)),
        T("describe", frozenset({S.KEPT}), S.KEPT, A.DOCUMENT_ATTACH,
          (rules.in_hand, rules.note_is_private), takes=TAKES),
        T("remove", frozenset({S.KEPT}), S.REMOVED, A.DOCUMENT_ATTACH, (rules.in_hand, rules.in_a_draft)),
        T("scan", frozenset({S.KEPT}), S.KEPT, A.DOCUMENT_SCAN, effect=_scanned, needs=("number",)),
    ),
)  # fmt: skip
TABLES = (DOCUMENT,)
DONE = frozenset({Scan.CLEAN, Scan.INFECTED})
