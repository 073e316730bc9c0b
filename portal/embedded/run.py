"""`make run`: the whole portal on this machine, in the foreground, until it is stopped."""

import contextlib
import hashlib
import http
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from portal.core.worker import worker_command
from portal.embedded import places
from portal.embedded.children import ROOT, Group, module
from portal.embedded.console import Ended, complain, data_dir, given, heed, hurried, listen, only_hurry, say
from portal.embedded.errors import EmbeddedError
from portal.embedded.lifecycle import Services, services
from portal.embedded.locks import PAUSE, try_lock

HOST = "127.0.0.1"
LAST_PORT = 65535
NOT_READY = f"status {http.HTTPStatus.SERVICE_UNAVAILABLE.value}"
WORKERS = ("worker", "worker-2")
SESSION = "62"  # whose report a sample portal produces at its first start
ANSWER = 120.0  # seconds for the site to answer for the first time
TURN = 25.0  # seconds for an earlier run that is ending


def _port() -> int:
    text = given("PORT", "8000")
    if not text.isdecimal() or int(text) > LAST_PORT:
        raise EmbeddedError(f"PORT={text} is not a port: use a number from 1024 to 65535")
    return int(text)


def _listen_on(port: int) -> socket.socket:
    """The site's socket, opened here and kept, so that a restart of the web process refuses nobody."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, port))
        door.listen(512)
    except OSError as error:
        door.close()
        raise EmbeddedError(f"port {port} cannot be used ({error.strerror}): name another by PORT=") from None
    return door


@contextlib.contextmanager
def _only_one(where: places.Places, note: str) -> Iterator[None]:
    """Refuses a second `make run` on one data folder; waits for one that is just ending."""
    lock = where.locks / "portal"
    state = where.locks / "portal.txt"
    end = time.monotonic() + TURN
    while (handle := try_lock(lock)) is None:
        said = state.read_text() if state.exists() else ""
        if not said.startswith("ending") and (said or time.monotonic() > end - TURN + 1):
            raise EmbeddedError(f"a portal runs already on {where.data_dir}: {said}")
        if time.monotonic() > end:
            raise EmbeddedError(f"the portal on {where.data_dir} has not ended yet: {said}")
        time.sleep(PAUSE)
    try:
        state.write_text(note)
        yield
    finally:
        state.unlink(missing_ok=True)
        os.close(handle)


def _answers(port: int) -> str:
    """Empty once the portal says that it is ready, else why not."""
    question = urllib.request.Request(f"http://{HOST}:{port}/readyz")
    # As the proxy in front would ask, where the settings are those of a public site.
    question.add_header("Host", given("ALLOWED_HOSTS", HOST).split(",")[0].strip())
    if given("SITE_URL").startswith("https:"):
        question.add_header("X-Forwarded-Proto", "https")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(question, timeout=10) as answer:
            return "" if answer.status == http.HTTPStatus.OK else f"status {answer.status}"
    except urllib.error.HTTPError as error:
        return f"status {error.code}"
    except OSError as error:
        return str(error)


class Portal:
    """The running portal: services, web, worker, scheduler."""

    def __init__(self, where: places.Places, running: Services, group: Group, door: socket.socket) -> None:
        self.where, self.running, self.group, self.door = where, running, group, door
        self.port: int = door.getsockname()[1]
        self.address = f"http://{HOST}:{self.port}/"
        self.reports = where.data_dir / "reports" / SESSION
        self.stamp = where.data_dir / "prepared"
        self.signins = where.logs / "sample-sign-ins.txt"
        self.environment = dict(os.environ) | {
            "DATA_DIR": str(where.data_dir),
            "SAMPLE": given("SAMPLE", "1"),
            "SITE_URL": given("SITE_URL", self.address.rstrip("/")),
        }
        self.sample = self.environment["SAMPLE"].lower() not in {"0", "false", "no", "off"}

    def start_web(self) -> None:
        number = self.door.fileno()
        settings = [
            "-c",
            str(ROOT / "deploy" / "gunicorn.conf.py"),
            "--workers",
            "2",
            "--graceful-timeout",
            "5",
        ]
        command = module("gunicorn", "portal.wsgi", "--bind", f"fd://{number}", *settings)
        self.group.start("web", command, self.environment, pass_fds=[number])

    def start_worker_and_scheduler(self) -> None:
        for name in WORKERS:
            self.group.start(name, worker_command(name), self.environment)
        schedule = str(self.where.data_dir / "celerybeat-schedule")
        beat = module("celery", "-A", "portal", "beat", "-s", schedule, "--pidfile=", "--loglevel", "INFO")
        self.group.start("scheduler", beat, self.environment)

    def _fingerprint(self) -> str:
        """Changes when there may be something to do before the site can serve."""
        found = hashlib.sha256(f"sample={self.sample}".encode())
        migrations = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("portal/*/migrations/*.py")]
        for path in sorted([*migrations, *(file for file in ROOT.glob("static/**/*") if file.is_file())]):
            found.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
        found.update((ROOT / "requirements.lock").read_bytes())
        return found.hexdigest()

    def prepared(self) -> bool:
        """Whether an earlier start left the database as this one needs it."""
        known = (self.where.cluster / "PG_VERSION").exists() or bool(given("DATABASE_URL"))
        laid_out = (self.where.data_dir / "static" / "staticfiles.json").exists()
        return known and laid_out and self.stamp.exists() and self.stamp.read_text() == self._fingerprint()

    def prepare(self) -> None:
        """Database up to date, files for browsers laid out, sample loaded into an empty database."""
        steps: list[list[str]] = [["migrate"], ["collectstatic", "--noinput", "-v0"]]
        if self.sample:
            steps += [["?load_sample"], ["?sample_signins", "-o", str(self.signins)]]
        self.stamp.unlink(missing_ok=True)
        if status := self.group.run(
            module("portal.embedded.steps", json.dumps(steps)), self.environment, each=heed
        ):
            raise EmbeddedError(f"the database could not be prepared (status {status})")
        self.stamp.write_text(self._fingerprint())

    def wait_until_ready(self, *, prepared: bool) -> None:
        """Until the site answers that it is; when it says that it is not, once more what a start does."""
        end = time.monotonic() + ANSWER
        while reason := _answers(self.port):
            self.tend()
            if reason == NOT_READY and prepared:
                self.prepare()  # another database than the one that was prepared
                prepared = False
            if time.monotonic() > end:
                log = self.where.logs / "web.log"
                raise EmbeddedError(f"the site does not become ready ({reason}); see {log}")
            time.sleep(4 * PAUSE)

    def make_report(self) -> None:
        """The session's report, at the first start of a sample portal."""
        if not self.sample or (self.reports / "manifest.json").exists():
            return
        say(f"report of session {SESSION}:")
        steps = [["worker"], ["generate_report", "--session", SESSION, "-o", str(self.reports)]]
        command = module("portal.embedded.steps", json.dumps(steps))
        if status := self.group.run(command, self.environment, each=self.attend):
            complain(f"the report could not be made (status {status}); the portal runs all the same")

    def greet(self) -> None:
        """Address, sign-ins and files; the last line says that the portal is ready."""
        say(f"data folder  {self.where.data_dir}")
        if self.sample and self.signins.exists():
            say("sample sign-ins (at a click on the sign-in page):")
            say(self.signins.read_text().rstrip())
        if self.reports.is_dir():
            say("report files:")
            for path in sorted(self.reports.iterdir()):
                say(f"  {path} ({path.stat().st_size:,} bytes)")
        say(f"ready {self.address}")

    def attend(self) -> None:
        heed()
        self.tell_restarts()

    def tell_restarts(self) -> None:
        while self.running.restarted:
            say(f"{self.running.restarted.pop(0)} had stopped and was started again")

    def tend(self) -> None:
        heed()
        self.group.tend()
        self.tell_restarts()

    def serve(self) -> None:
        while True:
            self.tend()
            time.sleep(0.25)


def _run(where: places.Places) -> None:
    port = _port()
    state = where.locks / "portal.txt"
    with contextlib.ExitStack() as stack:
        note = f"http://{HOST}:{port}/ (process {os.getpid()}); stop it, or name another folder by DATA_DIR="
        stack.enter_context(_only_one(where, note))
        group = Group(where.locks / "children", where.logs, say)
        group.open()
        stack.callback(group.close, hurry=hurried)
        door = stack.enter_context(_listen_on(port))
        running = stack.enter_context(services(where.data_dir, watch=True))
        # Whatever ends us, the children go before the services; the note lets the next run wait for that.
        stack.callback(group.close, hurry=hurried)
        stack.callback(state.write_text, f"ending (process {os.getpid()})")
        stack.callback(only_hurry)
        portal = Portal(where, running, group, door)
        if not (prepared := portal.prepared()):
            say("preparing the database" + (" and the sample" if portal.sample else ""))
            portal.prepare()
        portal.start_web()
        portal.wait_until_ready(prepared=prepared)
        portal.start_worker_and_scheduler()
        portal.make_report()
        portal.greet()
        portal.serve()


def main() -> int:
    """Runs until it is told to end; status 1 with one line where it cannot."""
    try:
        listen()
        where = places.places(data_dir())
        places.make_data_dir(where)
        _run(where)
    except Ended:
        return 0
    except (EmbeddedError, OSError) as error:  # a full disk, a console that is gone
        with contextlib.suppress(OSError):
            complain(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
