"""Data folders that are thrown away: for tests and for a report without a server."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from portal.embedded.locks import held
from portal.embedded.places import places

PREFIX = "assistance-scratch-"


def _sweep(root: Path) -> None:
    """Removes folders of this account whose owner was killed: nothing holds one of their locks any more."""
    for folder in root.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            locks = folder / "locks"
            if folder.lstat().st_uid != os.geteuid() or not (locks / "users").exists():
                continue
            if not any(held(lock) for lock in locks.iterdir()):
                shutil.rmtree(folder, ignore_errors=True)
                shutil.rmtree(places(folder).sockets, ignore_errors=True)


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A fresh private data folder in the system's temporary folder, removed at the end."""
    root = Path(tempfile.gettempdir()).resolve()
    _sweep(root)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
    if os.geteuid() == 0:
        folder.chmod(0o711)  # the servers' account passes through; their own folders are private
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
