"""`make bench`: a portal of its own, filled with random records; figures into docs/figures.md.

Absolute times differ from machine to machine; the ratios are what counts. BENCH_REQUESTS sets the size.
"""

import argparse
import gc
import gzip
import json
import os
import re
import resource
import statistics
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SIZE = int(os.environ.get("BENCH_REQUESTS", "1000"))
RUNS = 3


def median_seconds(work: Callable[[], Any], *, runs: int = RUNS) -> float:
    """Median wall time of a few runs after one that is not counted."""
    work()
    found = []
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(folder: Path) -> list[tuple[str, str, str]]:
    """Rows of (what, figure, goal)."""
    from django.db import connection  # noqa: PLC0415

    from portal.dossier.importing import import_dossier  # noqa: PLC0415
    from reports import compile as compiler  # noqa: PLC0415
    from reports import documents  # noqa: PLC0415
    from reports.compose import compose  # noqa: PLC0415
    from reports.figures import compute  # noqa: PLC0415
    from reports.services import session_of  # noqa: PLC0415
    from tests.reports.dossiers import random_dossier  # noqa: PLC0415

    dossier = random_dossier(62, SIZE)
    path = folder / "dossier.json"
    path.write_text(json.dumps(dossier))
    records = sum(len(rows) for rows in dossier.values() if isinstance(rows, list))
    records += sum(len(request["needs"]) for request in dossier["requests"])
    start = time.perf_counter()
    result = import_dossier(path)
    took = time.perf_counter() - start
    assert result.stored, list(result.problems.lines(name="dossier"))[:5]
    rows = [("dossier import, records a second", f"{records / took:,.0f} ({records:,} records)", "≥ 300")]

    session = session_of(62)
    day = session.until.date()

    def one_pass() -> None:
        with connection.cursor() as cursor:
            for table in ("requests_app_assistancerequest", "requests_app_need", "donors_pledge", "donors_delivery",
                          "donors_ledgerentry", "audit_caseevent"):  # fmt: skip
                cursor.execute(f"SELECT * FROM {table}")
                json.dumps(cursor.fetchall(), default=str)

    floor = median_seconds(one_pass)
    frozen = median_seconds(lambda: compute(compiler.freeze(session, cut_off=day, sample=False)))
    rows.append(("freeze and compute ÷ one SQL pass written as JSON", f"{frozen / floor:.2f}", "≤ 3"))

    snapshot = compiler.freeze(session, cut_off=day, sample=False)
    sha256, packed = compiler.packed(snapshot)
    kept = documents.Frozen(sha256, packed, *documents.count(snapshot, sha256))
    document = compose(snapshot, kept.shown, language="en", snapshot_hash=sha256)
    bare = median_seconds(lambda: documents.DOCUMENTS["pdf"](document))
    whole = median_seconds(lambda: documents.make("en", "pdf", kept))
    rows.append(("PDF from the frozen records ÷ the renderer alone", f"{whole / bare:.2f}", "≤ 1.2"))
    rows.append(("snapshot, compressed", f"{len(gzip.compress(packed)) / 1e6:.2f} MB", "–"))
    rows.append(("peak memory of all of the above", f"{peak_megabytes():,.0f} MB", "–"))
    return rows


def reports(folder: Path) -> list[tuple[str, str, str]]:
    """A fresh portal with random records, for import, freeze and rendering."""
    call_in(folder, "migrate", verbosity=0)
    return measure(folder)


def lists(options: argparse.Namespace) -> list[tuple[str, str, str]]:
    """A portal with records in great number, kept from one run to the next."""
    from benchmarks.lists import measure as measure_lists  # noqa: PLC0415
    from portal.dossier.scale import count_records  # noqa: PLC0415

    call_in(None, "migrate", verbosity=0)
    call_in(None, "collectstatic", verbosity=0, interactive=False)
    if not count_records():
        call_in(None, "seed_scale", requests=options.requests, pledges=options.pledges)
    return measure_lists(rounds=options.rounds)


def call_in(_folder: Path | None, command: str, **options: Any) -> None:
    from django.core.management import call_command  # noqa: PLC0415

    call_command(command, **options)


def write(part: str, words: str, rows: list[tuple[str, str, str]]) -> None:
    """Puts a part's figures in the place of those that stood there."""
    path = ROOT / "docs" / "figures.md"
    table = "\n".join(f"| {what} | {figure} | {goal} |" for what, figure, goal in rows)
    text = f"## {part}\n\n{words}\n\n| what | measured | goal |\n|---|---|---|\n{table}\n"
    parts = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", path.read_text(), re.MULTILINE | re.DOTALL))
    parts[part] = text.partition("\n")[2]
    head = "# Figures\n\nRatios are of work done in one run on one machine; absolute times differ from machine to machine.\n\n"
    path.write_text(head + "\n".join(f"## {name}\n{body.rstrip()}\n" for name, body in sorted(parts.items())))
    print(text)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make bench", description="Measures speed and writes docs/figures.md."
    )
    parser.add_argument("parts", nargs="*", choices=["lists", "reports"], help="what to measure; all without")
    parser.add_argument("--requests", type=int, default=100_000, help="requests of the lists' portal")
    parser.add_argument("--pledges", type=int, default=1_000_000, help="its pledges")
    parser.add_argument("--rounds", type=int, default=20, help="how often each page is asked for")
    parser.add_argument(
        "--keep",
        type=Path,
        default=ROOT / "build" / "bench",
        help="folder in which the lists' portal is kept",
    )
    options = parser.parse_args()
    where = f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"
    # each part in a process of its own: settings and services are one to a process
    for part in options.parts or ["reports", "lists"]:
        child = os.fork()
        if not child:
            _run(part, options, where)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            sys.exit(f"the measuring of {part} failed")


def _run(part: str, options: argparse.Namespace, where: str) -> None:
    from portal import embedded  # noqa: PLC0415

    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("REDIS_URL", None)
    os.environ["SAMPLE"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.floor.settings"
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data" if part == "reports" else options.keep
        os.environ["DATA_DIR"] = str(data)
        try:
            with embedded.services(data, durable=False):
                import django  # noqa: PLC0415

                django.setup()
                if part == "reports":
                    words = f"`make bench ARGS=reports` with BENCH_REQUESTS={SIZE}, {where}."
                    write("Reports", words, reports(Path(folder)))
                else:
                    words = (
                        f'`make bench ARGS="lists --rounds {options.rounds}"`: {options.requests:,} requests, '
                        f"{3 * options.requests:,} needs, {options.pledges:,} pledges, {where}. "
                        f"Each page's 95th percentile of {options.rounds} "
                        "rounds ÷ that of the floor (a signed-in page with one indexed query and one template in "
                        "the same shell), in one process."
                    )
                    write("Lists", words, lists(options))
        except BaseException:  # noqa: BLE001 - the parent hears of it by the exit status
            traceback.print_exc()
            os._exit(1)


if __name__ == "__main__":
    main()
