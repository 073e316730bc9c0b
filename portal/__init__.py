"""The assistance portal: composition (settings, addresses, tasks) and what all apps stand on."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
