"""Lists at full scale, page by page against the floor, in one process: the portal's own WSGI application.

Every round asks for the floor and for each page once, in an order drawn anew, so that what the machine does besides
falls on all alike. What is compared is the 95th percentile of the wall time of each, PostgreSQL included.
"""

import io
import math
import os
import random
import re
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FLOOR = "/floor/list/"
PAGE = "/floor/page/"
LISTS = {
    "requests": ("", "status=open&ordering=title", "region=002&ordering=-submitted", "theme=treatment", "q=ports"),
    "needs": ("", "form=training&ordering=needed_by", "region=142&ordering=-quantity", "paragraph=5", "q=ports"),
    "pledges": ("", "status=offered&ordering=-quantity", "form=equipment&ordering=description", "kind=cash", "q=ports"),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    what: str
    role: str
    path: str
    floor: str
    goal: str


def percentile(times: list[float], share: float = 0.95) -> float:
    return sorted(times)[max(0, math.ceil(share * len(times)) - 1)]


def _environ(path: str, session: str) -> dict[str, Any]:
    address, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": address, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.multithread": False,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    if session:
        environ["HTTP_COOKIE"] = f"sessionid={session}"
    return environ


def _started(status: list[str]) -> Any:
    return lambda code, _headers, _error=None: status.append(code)


class Portal:
    """Answers as the server's worker does, for someone signed in."""

    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

        self.application = get_wsgi_application()
        self.cookies: dict[str, str] = {}

    def sign_in(self, role: str, actor: Any) -> None:
        from tests.site import client_of  # noqa: PLC0415

        self.cookies[role] = client_of(actor).cookies["sessionid"].value if actor.user else ""

    def get(self, role: str, path: str) -> tuple[int, bytes]:
        environ = _environ(path, self.cookies[role])
        status: list[str] = []
        answer: Any = self.application(environ, _started(status))
        body = b"".join(answer)
        answer.close()
        return int(status[0].split()[0]), body


def deep(portal: Portal, role: str, path: str) -> str:
    """The address of a page far behind: the one before the last, as its link says."""
    sign = "&" if "?" in path else "?"
    _, body = portal.get(role, f"{path}{sign}page=last")
    found = re.search(rb'rel="prev" href="([^"]+)"', body)
    return path.partition("?")[0] + found[1].decode().replace("&amp;", "&") if found else path


def cases(portal: Portal) -> list[Case]:
    made = []
    for name, queries in LISTS.items():
        for role in portal.cookies:
            for query in queries:
                path = f"/en/{name}/" + (f"?{query}" if query else "")
                said = query.replace("&ordering=", ", by ") or "all"
                made.append(Case(f"{name}, {said}", role, path, FLOOR, "≤ 1.5"))
            made.append(Case(f"{name}, deep page", role, deep(portal, role, f"/en/{name}/"), FLOOR, "≤ 1.5"))
    made += [Case("home", role, "/en/", PAGE, "≤ 2") for role in portal.cookies]
    made.append(Case("search for words", "case officer", "/en/search/?q=ports", PAGE, "≤ 2"))
    made.append(Case("search for a reference", "case officer", "/en/search/?q=TA-2018-AFG-0007", PAGE, "≤ 2"))
    made.append(
        Case("API, requests, 25 of them", "case officer", "/api/v1/requests/?page_size=25", FLOOR, "–")
    )
    return made


LARGE_READERS = ("focal point", "case officer")
LARGE = "Sample request with ten needs"


def large_request(who: Any) -> str:
    """The address of a request with 10 needs and 30 pledges, made once."""
    from requests_app.models import AssistanceRequest  # noqa: PLC0415
    from tests import cast  # noqa: PLC0415
    from tests.site import url_of  # noqa: PLC0415

    found = AssistanceRequest.objects.filter(title=LARGE, status="open").first()
    if found is None:
        found = cast.request_in(who, "open", title=LARGE, quantities=("10",) * 10)
        for need in found.needs.all():
            for _ in range(3):
                cast.pledge_in(who, "offered", need=need, quantity="2")
    return str(url_of("request", found))


def queries_of(portal: Portal, case: Case) -> int:
    from django.db import connection  # noqa: PLC0415

    asked: list[str] = []

    def counted(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(counted):
        status, _ = portal.get(case.role, case.path)
    assert status == 200, (case, status)
    return len(asked)


def measure(*, rounds: int) -> list[tuple[str, str, str]]:
    """Rows of (what, figure, goal)."""
    from tests.cast import assemble  # noqa: PLC0415

    portal = Portal()
    who = assemble()
    for role, actor in (
        ("focal point", who.afg_focal_point), ("donor officer", who.nor_officer), ("case officer", who.case_officer),
        ("public", who.public),
    ):  # fmt: skip
        portal.sign_in(role, actor)
    large = large_request(who)
    todo = [
        *cases(portal),
        *(Case("request with 10 needs, 30 pledges", role, large, PAGE, "≤ 2") for role in LARGE_READERS),
        Case("floor", "case officer", FLOOR, FLOOR, ""),
        Case("floor", "case officer", PAGE, PAGE, ""),
    ]
    asked = {case: queries_of(portal, case) for case in todo}
    times: dict[Case, list[float]] = defaultdict(list)
    work: dict[Case, list[float]] = defaultdict(list)
    order = random.Random(1)
    for _ in range(rounds):
        order.shuffle(todo)
        for case in todo:
            start, begun = time.perf_counter(), time.process_time()
            portal.get(case.role, case.path)
            work[case].append(time.process_time() - begun)
            times[case].append(time.perf_counter() - start)
    floors = {case.path: percentile(times[case]) for case in todo if case.what == "floor"}
    medians = {case.path: statistics.median(times[case]) for case in todo if case.what == "floor"}
    own = {case.path: statistics.median(work[case]) for case in todo if case.what == "floor"}
    rows = [
        (
            f"{case.what} ({case.role}; {asked[case]} queries)",
            _ratios(times[case], floors[case.floor], medians[case.floor], statistics.median(work[case]) / own[case.floor]),
            case.goal,
        )
        for case in sorted(todo, key=lambda case: (case.path.partition("?")[0], case.what, case.role))
        if case.what != "floor"
    ]  # fmt: skip
    return [*rows, *files(portal)]


def _ratios(times: list[float], floor: float, median: float, own: float) -> str:
    middle = statistics.median(times) / median
    return f"{percentile(times) / floor:.2f} (median {middle:.2f}, processor time of the process {own:.2f})"


def resident() -> float:
    """Megabytes that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def files(portal: Portal) -> list[tuple[str, str, str]]:
    """The CSV file of all requests: rows a second, and what the process holds more while it is streamed."""
    environ = _environ("/en/requests/?format=csv", portal.cookies["case officer"])
    status: list[str] = []
    start, base, most, lines = time.perf_counter(), resident(), 0.0, 0
    answer: Any = portal.application(environ, _started(status))
    for chunk in answer:
        lines += chunk.count(b"\n")
        if lines % 1000 == 0:
            most = max(most, resident() - base)
    answer.close()
    took = time.perf_counter() - start
    assert status[0].startswith("200")
    return [
        (f"CSV of {lines - 1:,} requests, rows a second", f"{lines / took:,.0f}", "–"),
        ("the same, what the process holds more meanwhile", f"{most:.0f} MB", "flat"),
    ]
