"""`make bench`: a portal of its own, filled with random records; figures into docs/figures.md.

Absolute times differ from machine to machine; the ratios are what counts. BENCH_REQUESTS sets the size.
"""

import gc
import gzip
import json
import os
import resource
import statistics
import sys
import tempfile
import time
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
    figures = compute(snapshot)
    document = compose(snapshot, figures, language="en", snapshot_hash=sha256)
    bare = median_seconds(lambda: documents.DOCUMENTS["pdf"](document))
    whole = median_seconds(lambda: documents.make("en", "pdf", sha256, packed))
    rows.append(("PDF from the frozen records ÷ the renderer alone", f"{whole / bare:.2f}", "≤ 1.2"))
    rows.append(("snapshot, compressed", f"{len(gzip.compress(packed)) / 1e6:.2f} MB", "–"))
    rows.append(("peak memory of all of the above", f"{peak_megabytes():,.0f} MB", "–"))
    return rows


def main() -> None:
    from portal import embedded  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = str(Path(folder) / "data")
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        with embedded.services(Path(os.environ["DATA_DIR"]), durable=False):
            import django  # noqa: PLC0415

            django.setup()
            from django.core.management import call_command  # noqa: PLC0415

            call_command("migrate", verbosity=0)
            rows = measure(Path(folder))
    table = "\n".join(f"| {what} | {figure} | {goal} |" for what, figure, goal in rows)
    text = (
        "# Figures\n\n"
        f"`make bench` with BENCH_REQUESTS={SIZE}, {os.cpu_count()} cores, Python {sys.version.split()[0]}. Ratios are "
        "of work done in one run on one machine.\n\n"
        f"| what | measured | goal |\n|---|---|---|\n{table}\n"
    )
    (ROOT / "docs" / "figures.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
