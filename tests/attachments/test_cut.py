"""Uploads as they really come: cut off on their way, and several at once."""

import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from django.db import connection

from portal.core.errors import Refused
from portal.documents import services
from portal.documents.enums import MOST_FILES
from portal.documents.models import Document, DocumentVersion
from tests import cast
from tests.attachments import samples
from tests.attachments.conftest import DESCRIBED, attached, kept_in, received
from tests.attachments.test_pages import GIVEN, page
from tests.site import client_of

pytestmark = pytest.mark.django_db(transaction=True)


def sent(site, client, path: str, content: bytes, *, cut: int) -> bytes:
    """Posts a form by hand; of its body only so many bytes are sent before the connection ends."""
    client.get(path)
    token = client.cookies["csrftoken"].value
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    fields = {"csrfmiddlewaretoken": token, **GIVEN}
    body = b"".join(
        b'--cut\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value.encode())
        for name, value in fields.items()
    )
    body += (
        b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%s\r\n--cut--\r\n'
        % content
    )
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {site.netloc}\r\nCookie: {cookies}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((site.hostname, site.port), 60) as line:
        line.sendall(head.encode() + body[: len(body) + cut])
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    return answer


@pytest.mark.parametrize("cut", [-1, -9, -40, -2000, -100_000])
def test_a_connection_that_is_cut_keeps_nothing(live_server, folder, cut):
    who = cast.assemble()
    request = cast.draft(who)
    client = client_of(who.afg_focal_point)
    site = urlsplit(live_server.url)
    answer = sent(site, client, page("new", request), samples.picture_pdf(), cut=cut)
    if cut == -1:  # of the last line only its end is missing: the file came whole
        assert b" 303 " in answer.split(b"\r\n")[0]
        return
    assert b" 303 " not in answer.split(b"\r\n")[0]
    assert kept_in(folder) == set()
    assert not Document.objects.exists()
    assert not DocumentVersion.objects.exists()


def test_two_at_once_stay_within_what_is_allowed(folder):
    """Both lock the request, one after the other; the second is told."""
    who = cast.assemble()
    request = cast.draft(who)
    for _ in range(MOST_FILES - 1):
        attached(request, who.afg_focal_point)
    found = [
        services.examine(received(samples.pdf(), "a.pdf"), request=request, actor=who.afg_focal_point)
        for _ in range(4)
    ]

    def one(examined):
        try:
            services.attach(request, examined, described=DESCRIBED, actor=who.afg_focal_point)
        except Refused as error:
            return str(error)
        else:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(one, found))
    assert sorted(map(bool, said)) == [False, True, True, True]
    assert DocumentVersion.objects.count() == MOST_FILES
    assert len(kept_in(folder)) == MOST_FILES
