"""A snapshot never changes; the resolution that the portal serves is data."""

import json
from pathlib import Path

from django.db import migrations

from portal.core.db import append_only

DATA = Path(__file__).resolve().parent.parent / "data" / "resolution-60-2.json"


def load(apps, schema_editor):
    found = json.loads(DATA.read_text())
    apps.get_model("reports", "Resolution").objects.create(
        symbol=found["symbol"], year=found["year"], title=found["title"], paragraphs=found["paragraphs"]
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(append_only("reports_snapshot"), migrations.RunSQL.noop),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
