from django.db import migrations

from donors.sql import RULES
from portal.core.db import append_only


class Migration(migrations.Migration):
    dependencies = [("donors", "0002_initial"), ("requests_app", "0002_references")]
    operations = [
        migrations.RunSQL(RULES, migrations.RunSQL.noop),
        migrations.RunSQL(append_only("donors_ledgerentry"), migrations.RunSQL.noop),
    ]
