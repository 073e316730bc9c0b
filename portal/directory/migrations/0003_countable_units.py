"""Which units are counted one by one, as `portal/directory/data/units.csv` says."""

import csv
from pathlib import Path

from django.db import migrations, models

UNITS = Path(__file__).resolve().parents[1] / "data" / "units.csv"


def mark(apps, _editor):
    with UNITS.open(encoding="utf-8", newline="") as file:
        countable = [row["code"] for row in csv.DictReader(file) if row["countable"] == "yes"]
    apps.get_model("directory", "Unit").objects.filter(code__in=countable).update(countable=True)


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_reference_data")]

    operations = [
        migrations.AddField("unit", "countable", models.BooleanField(default=False)),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
