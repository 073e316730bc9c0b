"""A virus scanner that follows clamd's protocol on a real socket: what it finds, and what happens when it is away."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core.errors import NotAllowed, Refused
from portal.documents import examining, selectors, services, tasks, virus
from portal.documents.enums import Scan
from portal.documents.models import Document
from requests_app import selectors as requests
from tests import cast
from tests.attachments.conftest import attached, kept_in

pytestmark = pytest.mark.django_db


class Daemon:
    """Reads `zINSTREAM`, then pieces with their length before them, then answers; `say` is what it finds."""

    def __init__(self, listening: socket.socket, say: bytes) -> None:
        self.listening, self.say = listening, say
        self.seen: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                asked, _ = self.listening.accept()
            except OSError:
                return
            with asked, asked.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                whole = b""
                while size := struct.unpack(">I", stream.read(4))[0]:
                    whole += stream.read(size)
                self.seen.append(whole)
                asked.sendall(self.say)


@contextmanager
def daemon(settings, say: bytes = b"stream: OK\0", path: str = "") -> Iterator[Daemon]:
    if path:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        settings.CLAMAV_URL = f"unix://{path}"
    else:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    listening.listen()
    try:
        yield Daemon(listening, say)
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def away(settings) -> None:
    """An address at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.parametrize("unix", [False, True])
def test_a_clean_file_is_kept_as_checked(who, settings, tmp_path, unix):
    content = b"%PDF"
    with daemon(settings, path=str(tmp_path / "s") if unix else "") as found:
        document = attached(cast.draft(who), who.afg_focal_point)
        version = document.versions.get()
        assert (version.scan, version.scanned_at is not None) == (Scan.CLEAN, True)
        assert len(found.seen[0]) == version.size
        assert found.seen[0].startswith(content)


def test_an_infected_file_is_refused_with_its_reason_and_an_event_for_its_state_alone(who, settings, folder):
    request = cast.request_in(who, "open")
    with daemon(settings, b"stream: Eicar-Test-Signature FOUND\0"), pytest.raises(Refused, match="virus"):
        attached(request, who.afg_focal_point)
    assert kept_in(folder) == set()
    assert not Document.objects.filter(request=request).exists()
    event = CaseEvent.objects.get(case_type="request", case_id=request.pk, move="infected_file_refused")
    assert event.facts["virus"] == "Eicar-Test-Signature"
    told = {
        name
        for name, actor in who.everyone()
        if requests.history(actor, request).events.filter(pk=event.pk).exists()
    }
    assert told == {"afg_coordinator", "afg_focal_point", "afg_approver"}
    assert list(findings()) == []


@pytest.mark.parametrize("say", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"nonsense\0"])
def test_what_is_no_finding_counts_as_not_asked(who, settings, say):
    with daemon(settings, say):
        document = attached(cast.draft(who), who.afg_focal_point)
    assert document.versions.get().scan == Scan.WAITING


def test_without_its_scanner_a_file_waits_for_all_but_who_sent_it(who, settings):
    away(settings)
    request = cast.request_in(who, "open")
    document = attached(request, who.afg_focal_point, donors_may_see=True)
    version = document.versions.get()
    assert version.scan == Scan.WAITING
    with services.take(version, actor=who.afg_focal_point) as file:
        assert file.read(4) == b"%PDF"
    for actor in (who.afg_approver, who.case_officer, who.nor_officer):
        assert selectors.documents_of(actor, request).exists()
        with pytest.raises(NotAllowed, match="not been checked"):
            services.take(version, actor=actor)
    tasks.scan_waiting()  # still away
    version.refresh_from_db()
    assert version.scan == Scan.WAITING
    with daemon(settings):
        tasks.scan_waiting()
        tasks.scan_waiting()
    version.refresh_from_db()
    assert version.scan == Scan.CLEAN
    services.take(version, actor=who.nor_officer).close()
    moves = CaseEvent.objects.filter(case_type="document", case_id=document.pk).order_by("sequence")
    assert [(e.move, e.actor_kind) for e in moves] == [("attach", "person"), ("scan", "system")]
    assert list(findings()) == []


def test_what_is_found_later_is_removed_with_its_reason(
    who, settings, folder, django_capture_on_commit_callbacks
):
    away(settings)
    request = cast.request_in(who, "open")
    version = attached(request, who.afg_focal_point).versions.get()
    with daemon(settings, b"stream: Bad FOUND\0"), django_capture_on_commit_callbacks(execute=True):
        tasks.scan_waiting()
    version.refresh_from_db()
    assert version.scan == Scan.INFECTED
    assert kept_in(folder) == set()
    for actor in (who.afg_focal_point, who.case_officer):
        with pytest.raises(NotAllowed, match="virus"):
            services.take(version, actor=actor)
    event = CaseEvent.objects.get(case_type="document", move="scan")
    assert (event.facts["scan"], event.facts["virus"]) == ("infected", "Bad")


def test_a_daemon_that_says_nothing_is_not_waited_for(settings, monkeypatch):
    monkeypatch.setattr(virus, "SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(virus.Unreachable):
            virus.scan(f"tcp://127.0.0.1:{silent.getsockname()[1]}", [b"x"])


def test_without_a_setting_nothing_is_asked(settings):
    settings.CLAMAV_URL = ""
    assert examining.scan(None) == (Scan.NONE, "")
