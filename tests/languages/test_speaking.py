"""Which language an answer is in, and that it says so."""

import re

import pytest
from django.conf import settings
from django.test import Client

from donors import workflow as giving
from portal.accounts.models import User
from portal.notifications.catalogue import CATALOGUE
from portal.web.templatetags.timeline import MOVES
from reports import workflow as reporting
from requests_app import workflow as asking
from tests.languages.catalogues import COMPLETE
from tests.site import client_of

pytestmark = pytest.mark.django_db
NAMES = {
    "ar": "العربية",
    "zh": "中文",
    "en": "English",
    "fr": "Français",
    "ru": "Русский",
    "es": "Español",
}


@pytest.mark.parametrize("language", NAMES)
def test_a_page_says_which_language_it_is_in(language):
    answer = Client().get(f"/{language}/needs/")
    assert answer["Content-Language"] == language
    text = answer.content.decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in text
    # the address alone decides, so that a cache keeps one for each
    assert "Accept-Language" not in answer.get("Vary", "")


@pytest.mark.parametrize("language", NAMES)
def test_an_address_without_a_language_is_answered_in_the_reader_s(language):
    answer = Client().get("/accounts/login/", headers={"accept-language": language})
    assert answer["Content-Language"] == language
    assert {"Accept-Language", "Cookie"} <= set(re.split(", *", answer["Vary"]))
    assert f'<html lang="{language}"' in answer.content.decode()


def test_each_language_is_named_in_itself_in_the_order_of_the_united_nations():
    text = Client().get("/en/").content.decode()
    bar = text[text.index('class="languages"') :]
    bar = bar[: bar.index("</ul>")]
    found = re.findall(r'lang="(\w+)" hreflang="(\w+)"[^>]*>([^<]+)</', bar)
    assert found == [(code, code, name) for code, name in NAMES.items()]
    assert dict(settings.LANGUAGES) == NAMES


@pytest.mark.parametrize("language", COMPLETE)
def test_the_notices_are_translated(who, language):
    from django.utils.translation import override  # noqa: PLC0415

    for name, notice in CATALOGUE.items():
        with override("en"):
            source = str(notice.text)
        with override(language):
            assert str(notice.text) != source, name


@pytest.mark.parametrize(
    ("language", "heading"), [("fr", "Notifications"), ("ar", "الإشعارات"), ("en", "Notifications")]
)
def test_a_person_reads_notices_in_the_language_of_the_page(who, language, heading):
    User.objects.filter(pk=who.afg_approver.user.pk).update(language="es")
    text = client_of(who.afg_approver).get(f"/{language}/notifications/").content.decode()
    assert re.search(rf"<h1[^>]*>\s*{heading}", text)


def test_every_move_of_every_table_has_its_words():
    tables = (
        asking.REQUEST,
        asking.ASSESSMENT,
        giving.OFFER,
        giving.PLEDGE,
        giving.DELIVERY,
        giving.CONTRIBUTION,
        reporting.EDITION,
        reporting.INPUT,
    )
    assert {line.name for table in tables for line in table.transitions} <= set(MOVES)
