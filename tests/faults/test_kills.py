"""Worker, broker or database killed at a random moment of a report: it completes once, and no file is half."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DRIVE = Path(__file__).with_name("drive.py")


def drive(folder: Path, *, rounds: int, seed: int) -> list[dict]:
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    done = subprocess.run(
        [sys.executable, str(DRIVE), str(rounds), str(seed)],
        env=environment | {"DATA_DIR": str(folder), "DB_DURABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60 + rounds * 30,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def check(lines: list[dict], rounds: int) -> None:
    *played, last = lines
    assert len(played) == rounds
    for line in played:
        assert line["status"] == "done", line
        assert line["findings"] == [], line
        assert len(line["names"]) == len(set(line["names"])), line
    assert last == {"audit": []}


def test_twenty_kills(tmp_path: Path) -> None:
    check(drive(tmp_path / "portal", rounds=20, seed=62), 20)


@pytest.mark.audit
def test_two_hundred_kills(tmp_path: Path) -> None:
    check(drive(tmp_path / "portal", rounds=200, seed=2017), 200)
