from datetime import timedelta

from celery import shared_task

from portal.audit import services
from portal.audit.models import Root
from portal.core import clock


@shared_task
def take_daily_root() -> None:
    """One root a day; safe to run more often."""
    if not Root.objects.filter(taken_at__gt=clock.now() - timedelta(hours=23)).exists():
        services.take_root()
