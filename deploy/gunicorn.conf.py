"""The web server's settings, here and in production; the address comes from the command line."""  # noqa: INP001

import multiprocessing
import os
from typing import Any

worker_class = "gthread"
threads = 4
workers = int(os.environ.get("WEB_CONCURRENCY") or max(2, multiprocessing.cpu_count()))
max_requests = 5000
max_requests_jitter = 500
graceful_timeout = 20
accesslog = "-"
control_socket_disable = True
preload_app = True  # the code is loaded once, and shared


def when_ready(server: Any) -> None:
    """Loads the addresses, with all views behind them, before the first worker is forked."""
    from django.urls import get_resolver  # noqa: PLC0415 -- only here are the settings there

    server.log.info("addresses loaded: %d", len(get_resolver().url_patterns))
