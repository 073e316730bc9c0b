"""A need is added step by step: in a draft its quantity and unit may still be missing."""

import django.db.models.deletion
from django.db import migrations, models

import portal.core.fields
from requests_app.sql import WHOLE_NEEDS


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0002_references")]
    operations = [
        migrations.AlterField(
            "need",
            "quantity",
            portal.core.fields.Quantity(
                decimal_places=4, help_text="may be missing in a draft alone", max_digits=19, null=True
            ),
        ),
        migrations.AlterField(
            "need",
            "unit",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.unit",
            ),
        ),
        migrations.RunSQL(WHOLE_NEEDS, migrations.RunSQL.noop),
    ]
