from django.db import migrations

from requests_app.sql import MONEY, REFERENCES


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0001_initial"), ("directory", "0002_reference_data")]
    operations = [
        migrations.RunSQL(REFERENCES, migrations.RunSQL.noop),
        migrations.RunSQL(MONEY, migrations.RunSQL.noop),
    ]
