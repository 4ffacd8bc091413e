"""PostgreSQL knows how many bear a name: whether few do decides between looking for them by name and unit by unit."""

from django.db import migrations

from guben.house.postgres_indexes import counted_finer


class Migration(migrations.Migration):
    dependencies = [("members", "0006_search_at_size")]

    operations = [
        counted_finer(
            "members_person",
            "TABLE members_person ALTER COLUMN name",
            "TABLE members_person ALTER COLUMN pinyin",
            "TABLE members_person ALTER COLUMN initials",
            "INDEX person_name_second ALTER COLUMN 1",
            "INDEX person_name_third ALTER COLUMN 1",
        )
    ]
