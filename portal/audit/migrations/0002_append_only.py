from django.db import migrations

from portal.audit.sql import WRITING
from portal.core.db import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(append_only("audit_caseevent"), migrations.RunSQL.noop),
        migrations.RunSQL(append_only("audit_root"), migrations.RunSQL.noop),
        migrations.RunSQL(WRITING, migrations.RunSQL.noop),
    ]
