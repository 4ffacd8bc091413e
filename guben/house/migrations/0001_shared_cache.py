"""The table of the cache that all processes share."""

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.db import BaseDatabaseCache
from django.core.management import call_command
from django.db import migrations


def make(apps, schema_editor):
    if isinstance(caches["default"], BaseDatabaseCache):  # another kind of cache needs no table
        call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    table = schema_editor.quote_name(settings.CACHES["default"].get("LOCATION", "guben_cache"))
    schema_editor.execute(f"DROP TABLE IF EXISTS {table}")


class Migration(migrations.Migration):

    dependencies = []

    operations = [migrations.RunPython(make, drop)]
