"""Writes docs/workflows.md and docs/access.md from the tables in the code; `--check` only compares.

python tools/make_docs.py [--check]
"""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django  # noqa: E402
from django.apps import apps  # noqa: E402
from django.utils.translation import override  # noqa: E402

if not apps.ready:
    django.setup()

from donors import workflow as donors_workflow  # noqa: E402
from portal.core.workflow import NEW, Transition, Workflow  # noqa: E402
from portal.documents import workflow as documents_workflow  # noqa: E402
from portal.notifications.catalogue import BESIDE, CATALOGUE, EVENTS, MOVES, REMINDERS, Audience  # noqa: E402
from portal.policy.matrix import GRANTS, Scope  # noqa: E402
from portal.policy.roles import DONOR_ROLES, HELD_BY_KIND, LABELS, R  # noqa: E402
from reports import workflow as reports_workflow  # noqa: E402
from requests_app import workflow as requests_workflow  # noqa: E402

TABLES: tuple[Workflow, ...] = (
    *requests_workflow.TABLES, *documents_workflow.TABLES, *donors_workflow.TABLES, *reports_workflow.TABLES,
)  # fmt: skip
MADE = "<!-- Made by tools/make_docs.py from the tables in the code. Change those, not this. -->\n"
IN_SCOPE = {
    Scope.ANY: "every one",
    Scope.SHOWN: "every one that was once shown to others: a request submitted, a pledge offered",
    Scope.OWN_STATE: "those of its own State; a joint request once the State has confirmed",
    Scope.LEAD_STATE: "those for which its State speaks",
    Scope.ASKED_STATE: "joint requests that its State is asked to confirm",
    Scope.OWN_DONOR: "those that its own organisation gives, alone, or jointly once they were offered",
    Scope.LEAD_DONOR: "those for whose joint donors its own organisation speaks",
    Scope.CIRCULATED: "those that the State shows to all donors",
    Scope.GRANTED: "those that the State shows to its organisation by name, until that ends",
    Scope.RELEASED: "those that the State releases to donors, of what they see; never a note verbale",
    Scope.PUBLISHED: "those that the State shows to everyone",
    Scope.OWN_ORGANISATION: "those of its own organisation",
}
SHORT = {
    Scope.ANY: "", Scope.SHOWN: "", Scope.OWN_STATE: " of the State", Scope.LEAD_STATE: " of the lead State",
    Scope.ASKED_STATE: " of the State asked",
    Scope.OWN_DONOR: " of the donor", Scope.LEAD_DONOR: " of the lead donor",
    Scope.CIRCULATED: "", Scope.GRANTED: "", Scope.RELEASED: "", Scope.PUBLISHED: "",
    Scope.OWN_ORGANISATION: " of the organisation",
}  # fmt: skip
WORKFLOWS = """\
# What may follow what

Each thing has one table in the code (`requests_app/workflow.py`, `donors/workflow.py`, `reports/workflow.py`,
`portal/documents/workflow.py`). The
same lines give the buttons of the pages, the refusals, the tests and this page. A move that stands in no line is
refused (409), also when someone else was faster; a move that is another's to make is refused with the roles that may
(403); what must hold is looked at as a whole, and every reason is given at once (422). Each move writes one event into
the chain of its case in the same transaction; those concerned are told afterwards.

A move happens on the day of the click, unless a fact says its day: an agreement holds from the later signature,
though not before what it rests on; a delivery and an entry of a ledger stand on their own day. The event keeps both
that day and when it was recorded. What a move sets off in other records is part of it, under the same locks, each
with its own event; a move that lacks the record that it brings, or the one that it goes to, is refused whole.

A star marks what only the portal does. Where a dossier is imported, what was not stated counts as met outside the
portal, and the event says so; what is stated has to hold.
"""
ACCESS = """\
# Who may see and do what

The lines of `portal/policy/matrix.py`, and nothing else, decide. A list and a detail page ask the same line, so they
cannot disagree; what one may not see does not exist for one (404). Roles are held in one organisation and count for
it alone, from the first day of a membership to the day before its end. Nobody is a superuser.

"""


NOTICES = """\
# Who is told what

The lines of `portal/notifications/catalogue.py`. A notice is owed from the transaction of its move, written into the
inboxes of those concerned, and mailed to those who want it: in their language, naming the record and what is to be
done, and nothing of its content. Nobody is told of what the person may not see, except of an ending those who had been
told before or had pledged; who did it is not told, and import tells nobody. In bold: who is asked to act. That is
outstanding until the record moves on.

A person chooses e-mail at once, once a day, or only where something is to be done. A message is a row until the mail
server has it: where that cannot be reached everything waits, where it says later the message is tried again for four
days, twice as late each time up to six hours. In a sample portal, and without `EMAIL_URL`, messages are files in
`DATA_DIR/mail`.

Clocks run in working days of the secretariat; how long is the table of clocks in the directory. One reminder comes three
working days ahead, one on the day after the last, and one a week after each, three at most; of a follow-up the first
comes on its day. An offered or accepted pledge, and an open request without pledge or activity for two years, ends a
week after the second reminder that it is late. Clocks that had run out before the portal learned of them remind nobody.
"""


def words(code: str) -> str:
    return str(code).replace("_", " ")


def first_sentence(thing: Any) -> str:
    text = " ".join((thing.__doc__ or "").split())
    return text.partition(". ")[0].rstrip(".") if text else ""


def listed(items: Iterable[str]) -> str:
    return "; ".join(item for item in items if item) or "–"


def who_may(right: str) -> str:
    """Roles with where they count, or a star where no line of the matrix grants a right."""
    found: dict[str, None] = {}
    for grant in GRANTS:
        if grant.action == right:
            found.setdefault(f"{LABELS[grant.role]}{SHORT[grant.scope]}")
    return ", ".join(found) or "★"


def states(codes: Iterable[str]) -> str:
    return ", ".join("–" if code == NEW else words(code) for code in sorted(codes))


def line_of(line: Transition) -> str:
    told = CATALOGUE[line.notice].text if line.notice else ""
    cells = (
        states(line.source) or "(in import only)",
        words(line.name),
        ", ".join(words(target) for target in line.targets),
        who_may(line.right),
        listed(first_sentence(guard) for guard in line.guards),
        listed(
            (
                first_sentence(line.effect) if line.effect else "",
                first_sentence(line.then) if line.then else "",
                str(told).replace("%(reference)s", "…").rstrip("."),
            )
        ),
        states(line.outside) if line.outside else "–",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def diagram(table: Workflow) -> Iterable[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    arrows: dict[tuple[str, str], list[str]] = {}
    for line in table.transitions:
        for source in sorted(line.source):
            for target in line.targets:
                arrows.setdefault(("[*]" if source == NEW else source, target), []).append(words(line.name))
    for (source, target), moves in arrows.items():
        yield f"    {source} --> {target}: {', '.join(moves)}"
    ends = {target for _, target in arrows} - {source for source, _ in arrows}
    for end in sorted(ends):
        yield f"    {end} --> [*]"
    yield "```"


def workflows() -> str:
    """Text of docs/workflows.md."""
    parts = [MADE, WORKFLOWS]
    for table in TABLES:
        parts += [f"\n## {table.name.capitalize()}\n", *diagram(table), ""]
        parts.append("| from | move | to | who may | must hold | sets off | in import also from |")
        parts.append("|---|---|---|---|---|---|---|")
        parts += [line_of(line) for line in table.transitions]
    return "\n".join(parts) + "\n"


def access() -> str:
    """Text of docs/access.md."""
    parts = [MADE, ACCESS + "| role | held in |", "|---|---|"]
    places = {role: words(kind) for kind, roles in HELD_BY_KIND.items() for role in roles}
    places |= dict.fromkeys(DONOR_ROLES, "any organisation that gives") | {
        R.PUBLIC: "no organisation: everyone"
    }
    parts += [f"| {LABELS[role]} | {places[role]} |" for role in R]
    for thing in dict.fromkeys(grant.action.partition(".")[0] for grant in GRANTS):
        parts += [
            f"\n## {thing.capitalize()}\n",
            "| right | who | which | in which states |",
            "|---|---|---|---|",
        ]
        rows: dict[tuple[str, Scope, frozenset[str]], list[str]] = {}
        for grant in GRANTS:
            if grant.action.startswith(f"{thing}."):
                rows.setdefault((grant.action, grant.scope, grant.while_), []).append(str(LABELS[grant.role]))
        for (action, scope, while_), roles in rows.items():
            who = "everyone" if len(roles) == len(R) else ", ".join(roles)
            right = words(action.partition(".")[2])
            parts.append(f"| {right} | {who} | {IN_SCOPE[scope]} | {states(while_) if while_ else 'any'} |")
    return "\n".join(parts) + "\n"


AMONG = {
    "": "",
    "request.matching_donors": ", with an offer that fits a need",
    "request.pledging_donors": ", that pledged to it",
}


def audience(line: Audience) -> str:
    roles = " and ".join(str(LABELS[role]) for role in R if role.value in line.roles)
    seen = ", also where they no longer see it" if line.unseen else ""
    named = " to whom the State shows it by name" if line.scope == Scope.GRANTED else ""
    text = f"{roles}{SHORT[line.scope]}{named}{AMONG[line.among]}"
    return f"**{text}**{seen}" if line.asked else f"{text}{seen}"


def notices() -> str:
    """Text of docs/notices.md."""
    parts = [MADE, NOTICES]
    for title, table in (("Set off by a move", MOVES), ("Reminders of a clock", REMINDERS)):
        parts += [f"\n## {title}\n", "| notice | what is told | to whom | what is to be done |"]
        parts.append("|---|---|---|---|")
        for code, notice in table.items():
            text = str(notice.text).replace("%(reference)s", "…").replace("%(day)s", "(day)")
            people = "; ".join(dict.fromkeys(audience(line) for line in notice.audiences))
            before = "; those told of it before" if notice.told_before else ""
            parts.append(f"| `{code}` | {text} | {people}{before} | {notice.asks or '–'} |")
    parts += ["\n## Told beside a move, or of what is no move\n", "| what happens | notice |", "|---|---|"]
    parts += [f"| as `{notice}` | `{other}` |" for notice, others in BESIDE.items() for other in others]
    parts += [f"| {words(event)} | `{notice}` |" for event, notice in EVENTS.items()]
    return "\n".join(parts) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "workflows.md": workflows, "access.md": access, "notices.md": notices,
}  # fmt: skip


def stale() -> list[str]:
    """Names of the pages that are not what the code says."""
    with override("en"):
        found = []
        for name, make in PAGES.items():
            path = ROOT / "docs" / name
            if not path.exists() or path.read_text(encoding="utf-8") != make():
                found.append(name)
        return found


def main() -> int:
    if "--check" in sys.argv:
        for name in stale():
            print(f"docs/{name} is not what the code says; run tools/make_docs.py")
        return 1 if stale() else 0
    with override("en"):
        for name, make in PAGES.items():
            (ROOT / "docs" / name).write_text(make(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
