"""What a browser is told with every answer of every address, whoever asks and whatever the answer is."""

import re

import pytest
from django.urls import reverse

from tests.access.addresses import ADDRESSES
from tests.site import client_of

pytestmark = pytest.mark.django_db
# what a browser is told of a page's rights; a file that is shown as a page has fewer still
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
NEEDED = (
    "default-src",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_every_answer_says_what_it_may(who, made, name):
    line = ADDRESSES[name]
    url = reverse(name, args=line.args(made))
    for actor in (who.public, who.report_officer, who.nor_officer):
        for method in {line.method, "get", "head", "options"}:
            answer = getattr(client_of(actor), method)(url)
            at = (method, answer.status_code)
            assert answer.headers.items() >= ALWAYS.items(), at
            assert "camera=()" in answer["Permissions-Policy"], at
            policy = answer["Content-Security-Policy"]
            assert not re.search(r"unsafe|https?:|\*", policy), at
            assert all(part in policy for part in NEEDED), at


def test_a_page_holds_no_style_and_no_script_of_its_own(who, made):
    for name, line in sorted(ADDRESSES.items()):
        answer = client_of(who.report_officer).get(reverse(name, args=line.args(made)))
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            text = answer.content.decode()
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text), name
            # what is data is not run
            scripts = re.sub(r'<script[^>]* type="application/json"', "", text)
            assert not re.search(r'<script(?![^>]* src="/static/)', scripts), name
