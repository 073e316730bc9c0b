import django.db.models.functions.datetime
from django.db import migrations, models

import portal.core.clock

# heads that stand already: the moment of their last event
RECORDED = """UPDATE audit_casehead h SET recorded_at = e.recorded_at FROM audit_caseevent e
WHERE (e.case_type, e.case_id, e.sequence) = (h.case_type, h.case_id, h.sequence)"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.AddField(
            model_name="casehead",
            name="recorded_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=portal.core.clock.now,
                help_text="when its last event was recorded",
            ),
        ),
        migrations.RunSQL(RECORDED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="casehead",
            index=models.Index(fields=["case_type", "recorded_at"], name="head_by_recording"),
        ),
    ]
