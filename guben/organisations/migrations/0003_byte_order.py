"""Paths in the order of their bytes on PostgreSQL too; SQLite has nothing to do."""

from django.db import migrations

import guben.house.byte_order


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0002_reform"),
    ]

    operations = [
        guben.house.byte_order.OrderByBytes(
            model_name="organisation",
            name="path",
            field=guben.house.byte_order.ByteOrderedField(editable=False, max_length=80, unique=True),
        ),
        guben.house.byte_order.OrderByBytes(
            model_name="placement",
            name="path",
            field=guben.house.byte_order.ByteOrderedField(max_length=80),
        ),
    ]
