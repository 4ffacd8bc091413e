"""PostgreSQL knows how many bear a name: whether few do decides between looking for them by name and unit by unit."""

from django.db import migrations

from guben.house.postgres_indexes import OnPostgres

FINE, USUAL = 1000, -1  # values that are counted; -1 is as many as of any other column
COUNTED = (
    "TABLE members_person ALTER COLUMN name",
    "TABLE members_person ALTER COLUMN pinyin",
    "TABLE members_person ALTER COLUMN initials",
    "INDEX person_name_second ALTER COLUMN 1",
    "INDEX person_name_third ALTER COLUMN 1",
)


def _statements(fineness: int) -> tuple[str, ...]:
    return (*(f"ALTER {column} SET STATISTICS {fineness}" for column in COUNTED), "ANALYZE members_person")


class Migration(migrations.Migration):
    dependencies = [("members", "0006_search_at_size")]

    operations = [OnPostgres(forwards=_statements(FINE), backwards=_statements(USUAL))]
