"""Every page, form, refusal and message in the language of marks: no word stands outside them.

Each person of the cast walks from the front page along every link, several records of each kind, and sends
every form once as it is. What each sending changes is taken back.
"""

import csv
import io
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import override

from portal.accounts.models import User
from portal.core import clock, languages
from portal.notifications import mail as post
from portal.notifications import services as notices
from portal.notifications.models import Mail
from reports.enums import JobStatus, RenditionStatus
from reports.models import Rendition
from reports.services import session_of, start_report
from tests.languages import pseudo
from tests.site import LIST_OF, client_of, make_world

pytestmark = pytest.mark.django_db
WALKERS = (
    "public", "afg_focal_point", "afg_coordinator", "nor_officer", "case_officer", "finance_officer",
    "report_officer", "administrator",
)  # fmt: skip
# they see what the others see, and approve it
ALSO = (
    "afg_approver",
    "tjk_approver",
    "nor_approver",
    "second_finance_officer",
    "clearing_officer",
    "auditor",
)
EACH = 3  # pages of one kind that a person looks at
# they end the walk, or answer with files
LEFT_OUT = {"accounts:logout", "accounts:language", "reports:file", "api:docs", "api:schema"}


@pytest.fixture(scope="module", autouse=True)
def _spoken(tmp_path_factory):
    from django.conf import settings  # noqa: PLC0415

    folder = pseudo.write(tmp_path_factory.mktemp("locale"))
    languages.LOCALES[pseudo.CODE] = "root"
    with override_settings(
        LANGUAGES=[*settings.LANGUAGES, (pseudo.CODE, "⟦xx⟧")],
        LOCALE_PATHS=[folder, *settings.LOCALE_PATHS],
        LANGUAGE_CODE=pseudo.CODE,
    ):
        yield
    del languages.LOCALES[pseudo.CODE]


@pytest.fixture(scope="module")
def world(who, django_db_blocker, _spoken):
    with django_db_blocker.unblock(), override("en"):
        job = start_report(session_of(62), actor=who.report_officer)
        for language, kind in (("en", "pdf"), ("", "public")):
            Rendition.objects.create(
                job=job,
                language=language,
                format=kind,
                name=f"{kind}.json",
                status=RenditionStatus.DONE,
                path="x",
                size=2_000,
                sha256="0" * 64,
                started_at=clock.now(),
                finished_at=clock.now(),
            )
        type(job).objects.filter(pk=job.pk).update(status=JobStatus.DONE, finished_at=clock.now())
        return make_world(who)


@pytest.fixture(scope="module")
def known(world, django_db_blocker):
    """Values of records, the longest first, so that none cuts another."""
    with django_db_blocker.unblock():
        return sorted(pseudo.values(), key=len, reverse=True)


def kind_of(address):
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return None
    return found.view_name + str(found.kwargs.get("name", "")), found.view_name


class Walk:
    """One person's way through the site."""

    def __init__(self, actor, known):
        self.client = client_of(actor)
        self.known = known
        self.seen, self.kinds = set(), Counter()
        self.found = {}

    def go(self):
        waiting = [f"/{pseudo.CODE}/", "/accounts/login/"]
        while waiting:
            address = waiting.pop(0)
            if address in self.seen or not self.wanted(address):
                continue
            self.seen.add(address)
            page = self.look(address, self.asked(self.client.get, address))
            if page is None:
                continue
            waiting += [link for link in page.links if link.startswith("/")]
            for method, action in page.forms:
                if method.lower() == "post":
                    self.send(action or address)
        return self.found

    def wanted(self, address):
        if not address.startswith((f"/{pseudo.CODE}/", "/accounts/")) or "format=" in address:
            return False
        kind = kind_of(address)
        if kind is None or kind[1] in LEFT_OUT:
            return False
        self.kinds[kind] += 1
        return self.kinds[kind] <= EACH

    def send(self, address):
        """Sends a form with nothing filled in, for what it then says, and takes back what that did."""
        kind = kind_of(address)
        if kind is None or kind[1] in LEFT_OUT or self.kinds["sent", kind] >= 2:
            return
        self.kinds["sent", kind] += 1
        with transaction.atomic():
            self.look(f"POST {address}", self.asked(self.client.post, address))
            transaction.set_rollback(True)

    def asked(self, how, address):
        # who signs in is led to the language of the account
        self.client.cookies["django_language"] = pseudo.CODE
        return how(address, follow=True)

    def look(self, address, answer):
        if not answer.get("Content-Type", "").startswith("text/html"):
            return None
        assert answer.status_code < 500, address
        page = pseudo.Page(answer.content.decode())
        for text in page.texts:
            if words := pseudo.unmarked(text, self.known):
                self.found.setdefault(text[:120], (" ".join(words)[:60], address))
        return page


@pytest.mark.parametrize(
    "person", [*WALKERS, *(pytest.param(person, marks=pytest.mark.audit) for person in ALSO)]
)
def test_no_word_of_the_site_stands_outside_the_catalogues(who, world, known, person):
    walk = Walk(getattr(who, person), known)
    assert walk.go() == {}
    assert len(walk.seen) > 10


@pytest.mark.parametrize("thing", sorted(LIST_OF))
def test_a_table_that_is_taken_home_has_its_headings_in_the_catalogues(who, world, known, thing):
    with override(pseudo.CODE):
        address = reverse(LIST_OF[thing])
    answer = client_of(who.case_officer).get(address, {"format": "csv"})
    lines = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert len(lines) > 1
    assert [word for heading in lines[0] for word in pseudo.unmarked(heading, ())] == []


def test_no_word_of_a_message_stands_outside_the_catalogues(who, world, known):
    User.objects.update(language=pseudo.CODE)
    notices.deliver_outbox()
    seen = set()
    for row in Mail.objects.all():
        message = post.message_of(row)
        if message is None:
            continue
        html = pseudo.Page(message.alternatives[0].content)
        seen.add(message.subject)
        for text in (message.subject, *message.body.splitlines(), *html.texts):
            assert pseudo.unmarked(text, known) == [], text
    assert len(seen) > 10


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello", ["Hello"]),
        ("⟦Hélló⟧", []),
        ("⟦Réqúést TA-2018-AFG-0007⟧ now", ["now"]),
        ("⟦Fór ⟦ápprovér⟧ áñd ⟦áúdítór⟧⟧", []),
        ("TA-2018-AFG-0007-N1 · USD 1,250.50 · 2019 M03 14", []),
        ("Kenya: ⟦dráft⟧", []),
        ("Kenya: draft", ["draft"]),
        ("report.en.pdf", []),
    ],
)
def test_words_outside_the_marks_are_found(text, found):
    assert pseudo.unmarked(text, ["Kenya"]) == found
