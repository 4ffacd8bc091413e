"""PostgreSQL knows how many units are below a path: a tenth of the tree is not taken for a hundredth."""

from django.db import migrations

from guben.house.postgres_indexes import OnPostgres

FINE, USUAL = 1000, -1  # values that are counted; -1 is as many as of any other column


def _statements(fineness: int) -> tuple[str, ...]:
    column = "organisations_organisation ALTER COLUMN path"
    return f"ALTER TABLE {column} SET STATISTICS {fineness}", "ANALYZE organisations_organisation"


class Migration(migrations.Migration):
    dependencies = [("organisations", "0005_social_organisations")]

    operations = [OnPostgres(forwards=_statements(FINE), backwards=_statements(USUAL))]
