from django.db import models


class Counter(models.Model):
    """Last number given under a key, such as `TA-2018-AFG`; its row is the lock under which the next is taken."""

    key = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "core_counter"
