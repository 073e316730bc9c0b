"""What may follow what in an edition of the report."""

from portal.core.workflow import NEW, Workflow
from portal.core.workflow import Transition as T
from portal.policy.actions import A
from reports.enums import EditionStatus as E

EDITION = Workflow(
    "edition",
    (
        T("plan", frozenset({NEW}), E.COLLECTING, A.EDITION_HANDLE),
        T(
            "freeze",
            frozenset({E.COLLECTING, E.DRAFTING}),
            E.DRAFTING,
            A.EDITION_HANDLE,
            notice="edition.frozen",
        ),
    ),
)

TABLES = (EDITION,)
