"""What the database keeps of documents, whoever writes."""

from django.db import migrations

from portal.documents.sql import LIMITS, REMOVAL, VERSIONS


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [migrations.RunSQL(sql) for sql in (VERSIONS, LIMITS, REMOVAL)]
