"""Django's registration of the dossier package (no models of its own)."""

from django.apps import AppConfig


class DossierConfig(AppConfig):
    """Gives the management commands of the package their home."""

    name = "portal.dossier"
    label = "dossier"
