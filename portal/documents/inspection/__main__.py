"""The inspection of one file (its path, its name) in a process that may use little memory and little time.

Writes the media type, or `-` and the code of the rejection. A file that kills its reader harms nobody else.
"""

import resource
import sys

MEMORY = 1 << 30  # bytes of address space, the libraries' own among them
SECONDS = 30  # of the processor


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from . import Rejected, inspect  # noqa: PLC0415 - under the limits

    try:
        said = inspect(sys.argv[1], sys.argv[2])
    except Rejected as no:
        said = f"-{no.code}"
    except (MemoryError, RecursionError):
        said = "-explosive"
    sys.stdout.write(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
