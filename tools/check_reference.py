"""`make check-reference`: the tests that compare the portal with the reference folder."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    folder = (ROOT / os.environ.get("REFERENCE_DIR", "../shared/reference")).resolve()
    if not folder.is_dir():
        sys.exit(f"the reference folder {folder} is not there: name it with REFERENCE_DIR=")
    os.environ["REFERENCE_DIR"] = str(folder)
    os.chdir(ROOT)
    arguments = [
        "-m",
        "pytest",
        "-p",
        "portal.embedded.pytest_services",
        "-m",
        "reference",
        "tests/reference",
        *sys.argv[1:],
    ]
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 -- no shell is wanted


if __name__ == "__main__":
    main()
