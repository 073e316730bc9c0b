from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _list_first_organisations(*, using: str = DEFAULT_DB_ALIAS, **_facts: Any) -> None:
    from portal.directory import services  # noqa: PLC0415 - models are not ready when this module is read

    tables = {"directory_organisation", "directory_state", "audit_caseevent", "audit_casehead"}
    # a migration to an earlier state leaves some of them away
    if tables <= set(connections[using].introspection.table_names()):
        services.list_first_organisations()


class DirectoryConfig(AppConfig):
    name = "portal.directory"
    label = "directory"
    verbose_name = _("Directory")

    def ready(self) -> None:
        # not in a migration: entering them writes the audit chain, with today's columns
        post_migrate.connect(_list_first_organisations, sender=self)
