from django.db import migrations

from requests_app.sql import REFERENCES


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0001_initial")]
    operations = [migrations.RunSQL(REFERENCES, migrations.RunSQL.noop)]
