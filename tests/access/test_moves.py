"""Every move of every record × every person: derived from who sees it, who holds the right, and its table."""

import pytest
from django.urls import reverse

from donors.forms import CONTRIBUTION_MOVES, DELIVERY_MOVES, OFFER_MOVES, PLEDGE_MOVES
from requests_app.forms import ASSESSMENT_MOVES, REQUEST_MOVES
from tests.moves import HOLDERS, THINGS
from tests.site import AFG, client_of, key_of

pytestmark = pytest.mark.django_db
PAGES = {
    "request": ("requests:request_move", REQUEST_MOVES),
    "assessment": ("requests:assessment_move", ASSESSMENT_MOVES),
    "offer": ("donors:offer_move", OFFER_MOVES),
    "pledge": ("donors:pledge_move", PLEDGE_MOVES),
    "delivery": ("donors:delivery_move", DELIVERY_MOVES),
    "contribution": ("donors:contribution_move", CONTRIBUTION_MOVES),
}
# of those who see a record and may do nothing with it one is enough
PEOPLE = (
    "afg_focal_point", "afg_approver", "tjk_approver", "nor_officer", "nor_approver", "other_approver",
    "case_officer", "finance_officer", "auditor", "public",
)  # fmt: skip


def sources(thing, name):
    """The states from which a person can start a move."""
    return {
        state for line in THINGS[thing].table.transitions if line.name == name for state in line.source
    } - {"new"}


def expected(thing, name, person, row):
    """What a person is answered who opens the page of a move."""
    if person not in row.seen or name not in PAGES[thing][1] or not sources(thing, name):
        return 404
    if person not in HOLDERS[thing, name] or (row.state == "announced" and person in AFG):
        return 403  # what was announced is nobody's to answer: it names no State yet
    return 200 if row.record.status in sources(thing, name) else 409


@pytest.mark.parametrize("every", [pytest.param(True, marks=pytest.mark.audit, id="every"), False])
@pytest.mark.parametrize("thing", sorted(PAGES))
def test_a_move_is_for_its_holders_in_its_state(who, world, thing, every):
    """Who holds no right to a move asks for it where it could be made; everywhere else with the audit alone."""
    address, moves = PAGES[thing]
    rows = [row for row in world if row.thing == thing]
    names = sorted({line.name for line in THINGS[thing].table.transitions})
    wrong = []
    for person in PEOPLE:
        client = client_of(getattr(who, person))
        for row in rows:
            for name in names if person in row.seen else names[:2]:
                could = person in HOLDERS[thing, name] or row.record.status in sources(thing, name)
                if person in row.seen and not (every or could):
                    continue
                url = reverse(address, args=[key_of(row.record), name.replace("_", "-")])
                should, found = expected(thing, name, person, row), client.get(url).status_code
                if should != found:
                    wrong.append((person, row.state, name, should, found))
    assert wrong == []
    assert rows and moves


@pytest.mark.parametrize("thing", sorted(PAGES))
def test_every_move_that_a_person_makes_has_a_page(thing):
    persons = {
        name
        for (kind, name), holders in HOLDERS.items()
        if kind == thing and holders and sources(thing, name)
    }
    assert set(PAGES[thing][1]) == persons
