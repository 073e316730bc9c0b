"""How pages and files reach a browser: under which names, how small, and under which rules."""

import gzip
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.test import Client, RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware

from portal.web.middleware import CompressMiddleware

pytestmark = pytest.mark.django_db
FILES = ("css/portal.css", "js/portal.mjs", "img/portal.svg")


@pytest.mark.parametrize("name", FILES)
def test_a_file_carries_its_hash_and_is_kept_for_good(name):
    url = staticfiles_storage.url(name)
    assert re.fullmatch(r"/static/\w+/portal\.[0-9a-f]{12}\.\w+", url)
    answer = Client().get(url)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert b"".join(answer.streaming_content) == (configured.BASE_DIR / "static" / name).read_bytes()
    assert Client().get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize(
    ("name", "kind"), [("css/portal.css", "text/css"), ("js/portal.mjs", "text/javascript"), ("img/portal.svg", "image/svg+xml")]
)  # fmt: skip
def test_a_file_travels_compressed_and_by_its_right_name(name, kind):
    url = staticfiles_storage.url(name)
    answer = Client().get(url, headers={"accept-encoding": "gzip"})
    assert answer["Content-Type"].partition(";")[0] == kind
    assert answer["Content-Encoding"] == "gzip"
    assert (
        gzip.decompress(b"".join(answer.streaming_content))
        == (configured.BASE_DIR / "static" / name).read_bytes()
    )
    smaller = Client().get(url, headers={"accept-encoding": "gzip, br"})
    assert int(smaller["Content-Length"]) <= int(answer["Content-Length"])


def test_a_file_that_is_none_is_not_found():
    for path in ("/static/", "/static/../manage.py", "/static/css/", "/static/staticfiles.json.gz"):
        assert Client().get(path).status_code == 404


def test_what_was_collected_is_what_the_pages_name():
    served = WhiteNoiseMiddleware(lambda _request: HttpResponse()).files
    text = Client().get("/en/").content.decode()
    named = set(re.findall(r'"(/static/[^"]+)"', text))
    assert len(named) == 3
    assert named <= set(served)


def test_a_page_travels_compressed_and_within_the_first_window():
    for path in ("/en/", "/ar/needs/", "/en/help/", "/accounts/login/"):
        answer = Client().get(path, headers={"accept-encoding": "gzip"})
        assert answer["Content-Encoding"] == "gzip"
        assert len(answer.content) <= 14 * 1024
        assert "</html>" in gzip.decompress(answer.content).decode()
    assert "Content-Encoding" not in Client().get("/en/").headers


def token(answer):
    return re.search(rb'csrfmiddlewaretoken" value="([^"]+)"', gzip.decompress(answer.content))[1]


def test_a_compressed_page_never_shows_the_same_token_twice():
    client = Client()
    pages = [client.get("/accounts/login/", headers={"accept-encoding": "gzip"}) for _ in range(3)]
    assert len({token(page) for page in pages}) == 3


@pytest.mark.parametrize(
    ("kind", "compressed"),
    [("text/html; charset=utf-8", True), ("text/csv", True), ("application/json", True), ("application/pdf", False),
     ("application/gzip", False), ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", False)],
)  # fmt: skip
def test_what_is_compressed_already_is_left_alone(kind, compressed):
    def view(_request):
        return HttpResponse(b"same " * 200, content_type=kind)

    answer = CompressMiddleware(view)(RequestFactory().get("/", headers={"accept-encoding": "gzip"}))
    assert ("Content-Encoding" in answer.headers) is compressed


def test_a_public_site_is_reached_by_https_alone(tmp_path):
    """The settings of a public site, as its environment makes them."""
    code = (
        "from django.conf import settings as s; "
        "print(s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    )
    environment = os.environ | {
        "SITE_URL": "https://portal.example", "ALLOWED_HOSTS": "portal.example", "SAMPLE": "0",
        "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "portal.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=configured.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["31536000", "True", "True", "True"]


def test_over_https_the_browser_is_told_so(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    for path in ("/en/", "/accounts/login/", "/en/nowhere/", staticfiles_storage.url("css/portal.css")):
        assert Client().get(path, secure=True)["Strict-Transport-Security"].startswith("max-age=31536000")
