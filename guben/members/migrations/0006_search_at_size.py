"""What PostgreSQL finds people by among millions; docs/operators.md says what each is for."""

from django.db import migrations

from guben.house.postgres_indexes import OnPostgres

NEEDLESS = (
    ("members_person_pinyin_9d27de8b", "members_person", "(pinyin)"),
    ("members_person_initials_d2baa549", "members_person", "(initials)"),
    ("members_person_id_number_index_00760be3_like", "members_person", "(id_number_index varchar_pattern_ops)"),
    ("members_person_phone_index_b3cd1567_like", "members_person", "(phone_index varchar_pattern_ops)"),
)
CHANGED = (
    ("person_name", "members_person", "(name)", "(name varchar_pattern_ops)"),
    (
        "stage_person_kind",
        "members_stage",
        "(person_id, kind, from_on)",
        "(person_id, kind, from_on) INCLUDE (until_on)",
    ),
    (
        "affiliation_unit",
        "members_affiliation",
        "(organisation_id, until_on, person_id)",
        "(organisation_id, until_on, person_id) INCLUDE (from_on)",
    ),
)
_OTHER = "(substring({0}, strpos({0}, ' ') + 1) text_pattern_ops) WHERE {0} LIKE '% %'"
NEW = (
    ("person_name_second", "members_person", '(substring("name", 2) text_pattern_ops)'),
    ("person_name_third", "members_person", '(substring("name", 3) text_pattern_ops)'),
    ("person_name_long", "members_person", '("name") WHERE length("name") > 3'),
    ("person_pinyin_other", "members_person", _OTHER.format("pinyin")),
    ("person_initials_other", "members_person", _OTHER.format("initials")),
)


def _create(name: str, table: str, what: str) -> str:
    return f"CREATE INDEX {name} ON {table} {what}"


def _drop(name: str) -> str:
    return f"DROP INDEX IF EXISTS {name}"


class Migration(migrations.Migration):
    dependencies = [("members", "0005_contact_at_a_host")]

    operations = [
        OnPostgres(
            forwards=(
                *(_drop(name) for name, _, _ in NEEDLESS),
                *(
                    statement
                    for name, table, _, new in CHANGED
                    for statement in (_drop(name), _create(name, table, new))
                ),
                *(_create(*index) for index in NEW),
                "CREATE STATISTICS person_name_length ON length(\"name\") FROM members_person",  # few names are long
            ),
            backwards=(
                "DROP STATISTICS IF EXISTS person_name_length",
                *(_drop(name) for name, _, _ in NEW),
                *(
                    statement
                    for name, table, old, _ in CHANGED
                    for statement in (_drop(name), _create(name, table, old))
                ),
                *(_create(*index) for index in NEEDLESS),
            ),
        ),
    ]
