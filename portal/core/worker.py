"""How a worker is started: said once, for whoever starts one. Knows neither Django nor Celery."""

import sys


def worker_command(name: str, *, loglevel: str = "INFO") -> list[str]:
    """The command line of one Celery worker of the same environment.

    One process each: a pool that loses a child keeps the places of what the child had taken. Workers of one
    portal have no need to talk to each other.
    """
    return [
        sys.executable, "-m", "celery", "-A", "portal", "worker", "--pool", "solo", "-n", f"{name}@localhost", "--without-gossip",
        "--without-mingle", "--without-heartbeat", "--loglevel", loglevel,
    ]  # fmt: skip
