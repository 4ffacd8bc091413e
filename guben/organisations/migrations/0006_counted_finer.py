"""PostgreSQL knows how many units are below a path: a tenth of the tree is not taken for a hundredth."""

from django.db import migrations

from guben.house.postgres_indexes import counted_finer


class Migration(migrations.Migration):
    dependencies = [("organisations", "0005_social_organisations")]

    operations = [counted_finer("organisations_organisation", "TABLE organisations_organisation ALTER COLUMN path")]
