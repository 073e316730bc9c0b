"""A portal of its own, whose worker, broker or database is killed while it makes reports.

Run as a program with DATA_DIR set: `drive.py ROUNDS SEED`. Prints one JSON line per round and one at the end.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from portal.core.worker import worker_command  # noqa: E402
from portal.embedded import services as embedded_services  # noqa: E402

PATIENCE = 90.0
FORMATS = ("html", "json", "pdf")


class Workers:
    """Two Celery workers of one process each, as `make run` starts them; what is killed is started again."""

    def __init__(self) -> None:
        self.running = [self._start(number) for number in (1, 2)]

    def _start(self, number: int) -> "subprocess.Popen[bytes]":
        command = worker_command(f"worker-{number}", loglevel="CRITICAL")
        log = Path(os.environ["DATA_DIR"]).joinpath("worker.log").open("ab")
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)

    def kill(self, *numbers: int) -> None:
        for number in numbers:
            self._end(self.running[number - 1])
            self.running[number - 1] = self._start(number)

    def stop(self) -> None:
        for process in self.running:
            self._end(process)

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def server_pids(name: str) -> list[int]:
    """Processes of a server of this portal, by the data folder in their command line."""
    found = []
    folder = os.environ["DATA_DIR"].encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = entry.joinpath("cmdline").read_bytes()
            except OSError:
                continue
            if command and name.encode() in command.split(b"\0")[0] and folder in command:
                found.append(int(entry.name))
    return found


def kill_server(name: str) -> None:
    for pid in server_pids(name):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def records() -> None:
    """A few records, so that a report has something to say."""
    from decimal import Decimal  # noqa: PLC0415

    from donors import services as donors  # noqa: PLC0415
    from donors.models import Pledge  # noqa: PLC0415
    from portal.core.actor import IMPORT  # noqa: PLC0415
    from portal.core.moments import parse  # noqa: PLC0415
    from portal.directory.models import Organisation, State  # noqa: PLC0415
    from requests_app import services as requests  # noqa: PLC0415
    from requests_app.models import AssistanceRequest, Need  # noqa: PLC0415

    donor = Organisation.objects.get(kind="government", state="NOR")
    for number, state in enumerate(State.objects.order_by("iso3")[:12]):
        request = AssistanceRequest(
            ref=f"R{number}", state=state, title=f"Invented request {number}", situation="Invented.",
            authority="An office", visibility="public",
        )  # fmt: skip
        need = Need(
            ref=f"N{number}", form_id="training", theme_id="prevention", description="Places",
            quantity=Decimal(10), unit_id="places", paragraphs=[4],
        )  # fmt: skip
        requests.draft_request(request, needs=[need], actor=IMPORT, at=parse("2018-01-02"))
        for move, day in (
            ("submit", "2018-01-02"),
            ("acknowledge", "2018-01-05"),
            ("circulate", "2018-01-10"),
        ):
            request = requests.move_request(request, move, actor=IMPORT, at=parse(day))
        need.request = request
        pledge = Pledge(
            ref=f"P{number}", donor=donor, need=need, kind="cash", form_id="training", description="Places",
            quantity=Decimal(4), unit_id="places", value_amount=Decimal(1000), value_currency="USD",
        )  # fmt: skip
        donors.begin_pledge(pledge, actor=IMPORT, at=parse("2018-01-11"))
        for move, day in (("offer", "2018-01-11"), ("accept", "2018-01-20")):
            pledge = donors.move_pledge(pledge, move, actor=IMPORT, at=parse(day))


def patiently(work):
    """Repeats what a database that is down refuses, until it is back."""
    from django.db import DatabaseError, InterfaceError, close_old_connections  # noqa: PLC0415

    end = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except (DatabaseError, InterfaceError):
            if time.monotonic() > end:
                raise
            close_old_connections()
            time.sleep(0.2)


def one_round(number: int, chance: random.Random, workers: Workers) -> dict:
    from portal.core.actor import SYSTEM  # noqa: PLC0415
    from reports import making, services  # noqa: PLC0415
    from reports.enums import JobStatus  # noqa: PLC0415
    from reports.models import ReportJob  # noqa: PLC0415
    from reports.package import verify  # noqa: PLC0415

    cut_off = date(2018, 12, 31) - timedelta(days=number % 300)
    formats = FORMATS if number % 5 == 0 else FORMATS[:2]
    job = patiently(
        lambda: services.start_report(services.session_of(62), actor=SYSTEM, cut_off=cut_off, formats=formats)
    )
    time.sleep(chance.uniform(0, 1.2))
    victim = chance.choice(("one worker", "all workers", "valkey", "postgres"))
    match victim:
        case "one worker":
            workers.kill(chance.choice((1, 2)))
        case "all workers":
            workers.kill(1, 2)
        case _:
            kill_server(victim)
    end = time.monotonic() + PATIENCE
    while True:
        patiently(lambda: services.sweep(older_than=timedelta(seconds=1)))
        job = patiently(lambda: ReportJob.objects.select_related("snapshot").get(pk=job.pk))
        if job.status in {JobStatus.DONE, JobStatus.FAILED} or time.monotonic() > end:
            break
        time.sleep(0.3)
    with tempfile.TemporaryDirectory() as folder:
        findings = ["the job did not end: " + job.status + " " + job.message]
        if job.status == JobStatus.DONE:
            patiently(lambda: making.write_package(job, Path(folder)))
            findings = [str(finding) for finding in verify(folder)]
    names = patiently(lambda: sorted(job.renditions.values_list("name", flat=True)))
    return {"round": number, "victim": victim, "status": job.status, "findings": findings, "names": names}


def main(rounds: int, seed: int) -> None:
    import django  # noqa: PLC0415

    data_dir = Path(os.environ["DATA_DIR"])
    with embedded_services(data_dir, durable=True, watch=True, with_parent=True):
        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        records()
        workers = Workers()
        chance = random.Random(seed)
        try:
            for number in range(rounds):
                print(json.dumps(one_round(number, chance, workers)), flush=True)
        finally:
            workers.stop()
        from portal.audit.verify import findings  # noqa: PLC0415

        print(json.dumps({"audit": patiently(lambda: list(findings()))}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
