"""What a dossier says of itself, and no record holds: its title, and the order of its organisations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Heading(models.Model):
    """One row: the title of the dossier last imported, and the organisations in the order of their files.

    Governments and the Secretariat stand in the directory before any dossier names them, so that their own
    order says nothing of a file's.
    """

    title = models.TextField(null=True)  # noqa: DJ001 - an empty title is not none
    organisations = ArrayField(models.BigIntegerField(), default=list)
