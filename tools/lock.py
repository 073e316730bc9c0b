"""`make lock`: compiles what is wanted into what is installed, with hashes and without addresses of any index."""

import subprocess
import sys

from setup import ROOT, UV_LOCK, VENV, uv_environment

COMPILE = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
PLAIN = ["--no-emit-index-url", "--no-header", "--no-annotate"]
# Production takes the versions that were tested; the set-up takes the uv that compiled them.
LOCKS = (
    ["requirements.in", "-o", "requirements.lock"],
    ["deploy/requirements.in", "-c", "requirements.lock", "-o", "deploy/requirements.lock"],
    ["tools/uv.in", "-o", str(UV_LOCK.relative_to(ROOT))],
)


def main() -> int:
    for lock in LOCKS:
        command = [str(VENV / "bin" / "uv"), *COMPILE, *PLAIN, *lock, *sys.argv[1:]]
        if status := subprocess.run(command, cwd=ROOT, env=uv_environment(), check=False).returncode:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
