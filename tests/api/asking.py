"""How the tests ask."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

LIST_OF = {
    "request": "requests",
    "need": "needs",
    "assessment": "assessments",
    "offer": "offers",
    "pledge": "pledges",
    "delivery": "deliveries",
    "contribution": "contributions",
}
PEOPLE = (
    "afg_focal_point", "tjk_approver", "ken_coordinator", "nor_officer", "other_approver", "case_officer",
    "auditor", "administrator", "public",
)  # fmt: skip


def url(name, key=None, **query):
    address = f"/api/v1/{name}/" + (f"{key}/" if key else "")
    return address + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def every(client, name, **query):
    """All rows of a list, page by page; no row comes twice."""
    found, address = [], url(name, page_size=7, **query)
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.content)
        found += answer.json()["results"]
        address = answer.json()["next"]
    keys = [row.get("key") or row.get("id") or row["iso3"] for row in found]
    assert len(keys) == len(set(keys))
    return found


def asked(client, address):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(
        [q for q in found.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "UPDATE"))]
    )
