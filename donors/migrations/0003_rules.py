from django.db import migrations

from donors.sql import MONEY, REFERENCES, RULES
from portal.core.db import append_only


class Migration(migrations.Migration):
    dependencies = [("donors", "0002_initial"), ("requests_app", "0002_references")]
    operations = [
        migrations.RunSQL(RULES, migrations.RunSQL.noop),
        migrations.RunSQL(MONEY, migrations.RunSQL.noop),
        migrations.RunSQL(REFERENCES, migrations.RunSQL.noop),
        migrations.RunSQL(append_only("donors_ledgerentry"), migrations.RunSQL.noop),
    ]
