"""The same roster into the same tables with django-import-export, `use_bulk`, in two ways.

`Documented` is what its manual shows: fields with widgets, cleaning in `before_import_row`, batches of 1000, nothing of
ours but the rules themselves. `WithReaders` reads cells by our value readers, which keep what they have read, and keeps
the units in memory. The work is the same in both: the same checks by row, names in pinyin, sealed numbers and addresses
with their index, stages, affiliation, standing and the history.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from import_export import fields, resources, widgets
from tablib import Dataset

from guben.accounts.models import User
from guben.audit import trail
from guben.imports import columns as c
from guben.imports import values as v
from guben.imports.member_checks import BY_HEADER, CHOICES
from guben.kit.names import name_keys
from guben.members import calculations, sealed
from guben.members.models import Affiliation, Person, Stage, Standing
from guben.organisations.models import Organisation

FIELDS = (
    "name", "sex", "born_on", "ethnicity", "education", "occupation", "degree", "stratum", "professional_post",
    "is_migrant_worker", "id_number_cipher", "id_number_index", "id_number_mask", "phone_cipher", "phone_index",
    "phone_mask", "home_cipher", "domicile_cipher", "pinyin", "initials",
)  # fmt: skip
CODED = {
    "sex": c.SEX, "ethnicity": c.ETHNIC, "education": c.SCHOOLING, "occupation": c.WORK, "degree": c.DEGREE,
}  # fmt: skip


class BytesWidget(widgets.Widget):
    """Sealed values pass as they are."""

    def clean(self, value: Any, row: Any = None, **_named: Any) -> Any:
        return value


class PeopleResource(resources.ModelResource):
    """One row, one person; what hangs on a person is written after the people, in bulk as well."""

    id_number_cipher = fields.Field("id_number_cipher", "id_number_cipher", widget=BytesWidget())
    phone_cipher = fields.Field("phone_cipher", "phone_cipher", widget=BytesWidget())
    home_cipher = fields.Field("home_cipher", "home_cipher", widget=BytesWidget())
    domicile_cipher = fields.Field("domicile_cipher", "domicile_cipher", widget=BytesWidget())

    class Meta:
        model = Person
        fields = FIELDS
        import_id_fields = ("id_number_index",)
        use_bulk = True
        batch_size = 1000
        skip_diff = True

    def __init__(self, by: User, today: Any) -> None:
        super().__init__()
        self.by, self.today = by, today
        self.told: list[tuple[Person, dict[str, Any]]] = []

    def cells(self, row: dict[str, Any]) -> dict[str, Any]:
        """The values of the coded cells, days and unit of a row, or an error for the row."""
        raise NotImplementedError

    def before_import_row(self, row: dict[str, Any], **_named: Any) -> None:
        """Reads and checks the cells of one row and works out what is stored."""
        found = self.cells(row)
        facts = calculations.read_id_number(row[c.ID_NUMBER])
        born_on, joined_on, full_on = found["born_on"], found["joined_on"], found["full_on"]
        calculations.check_name(row[c.NAME])
        calculations.check_identity(facts, born_on, found["sex"])
        calculations.check_stages((("probationary", joined_on), ("full", full_on)), born_on, self.today)
        phone, keys = calculations.read_phone(row[c.PHONE]), name_keys(row[c.NAME])
        number, telephone = sealed.seal("id_number", facts.number), sealed.seal("phone", phone)
        row |= found | {
            "name": row[c.NAME], "stratum": row[c.STRATUM] or "", "professional_post": row[c.EXPERT] or "",
            "is_migrant_worker": False, "id_number_cipher": number.cipher, "id_number_index": number.key,
            "id_number_mask": number.mask, "phone_cipher": telephone.cipher, "phone_index": telephone.key,
            "phone_mask": telephone.mask, "home_cipher": sealed.seal_address("home", row[c.HOME]),
            "domicile_cipher": sealed.seal_address("domicile", row[c.DOMICILE]), "pinyin": keys.pinyin,
            "initials": keys.initials,
        }  # fmt: skip

    def after_init_instance(self, instance: Person, new: bool, row: dict[str, Any], **_named: Any) -> None:
        if new:
            self.told.append((instance, row))

    def after_import(self, dataset: Any, result: Any, **_named: Any) -> None:
        """Everything that hangs on the people, in bulk."""
        stages, affiliations, standings, entries = [], [], [], []
        for person, row in self.told:
            unit, joined_on, full_on = row["unit"], row["joined_on"], row["full_on"]
            stages += [
                Stage(person=person, kind="probationary", from_on=joined_on, until_on=full_on),
                Stage(person=person, kind="full", from_on=full_on),
            ]
            since = max(joined_on, unit.founded_on)
            affiliations.append(Affiliation(person=person, organisation=unit, from_on=since))
            standings.append(Standing(person=person, kind="home", from_on=since))
            changed = {name: row[name] for name in FIELDS if "cipher" not in name}
            entries.append(
                trail.entry_for("members.registered", person, by=self.by, organisation_id=unit.pk, changed=changed)
            )
        for model, rows in ((Stage, stages), (Affiliation, affiliations), (Standing, standings)):
            model.objects.bulk_create(rows, batch_size=2000)
        trail.record_many(entries)


class Documented(PeopleResource):
    """As the manual shows it."""

    unit_widget = widgets.ForeignKeyWidget(Organisation, field="short_name")
    day_widget = widgets.DateWidget(format="%Y-%m-%d")

    def cells(self, row: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, header in CODED.items():
            word = row[header] or ""
            found[name] = BY_HEADER[header].allowed[word] if word else ""
        for name, header in (("born_on", c.BORN), ("joined_on", c.JOINED), ("full_on", c.FULL)):
            found[name] = self.day_widget.clean(row[header])
        found["unit"] = self.unit_widget.clean(row[c.BRANCH])
        return found


class WithReaders(PeopleResource):
    """With our value readers, and the units kept."""

    def __init__(self, by: User, today: Any) -> None:
        super().__init__(by, today)
        self.units = {unit.short_name: unit for unit in Organisation.objects.filter(kind="branch")}
        self.readers = {header: v.read_choice(BY_HEADER[header]) for header in CHOICES}
        self.read_day = v.read_day(today)

    def cells(self, row: dict[str, Any]) -> dict[str, Any]:
        read = {header: _taken(reader(row[header])) for header, reader in self.readers.items() if row.get(header)}
        found: dict[str, Any] = {name: read.get(header, "") for name, header in CODED.items()}
        for name, header in (("born_on", c.BORN), ("joined_on", c.JOINED), ("full_on", c.FULL)):
            found[name] = _taken(self.read_day(row[header]))
        return found | {"unit": self.units[row[c.BRANCH]]}


def _taken(value: Any) -> Any:
    if isinstance(value, v.Wrong):
        raise ValueError(value.message)
    return value


def run(way: type[PeopleResource], content: bytes, by: User, today: Any) -> int:
    """Takes the workbook in; how many people were saved."""
    dataset = Dataset().load(content, format="xlsx")
    resource = way(by, today)
    with transaction.atomic():
        resource.import_data(dataset, use_transactions=True, raise_errors=False, rollback_on_validation_errors=False)
    return len(resource.told)
