"""The same roster into the same tables with django-import-export, `use_bulk`, as its manual says.

The work is the same: the same checks by row, names in pinyin, sealed numbers and addresses with their index, stages,
affiliation, standing and the history. What it does by library is reading (tablib), the loop over rows, looking up who
is known, and `bulk_create`.
"""

from __future__ import annotations

from typing import Any

from import_export import resources
from import_export.instance_loaders import CachedInstanceLoader
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


class PeopleResource(resources.ModelResource):
    """One row, one person; what hangs on a person is written after the people, in bulk as well."""

    class Meta:
        model = Person
        fields = FIELDS
        import_id_fields = ("id_number_index",)
        instance_loader_class = CachedInstanceLoader
        use_bulk = True
        batch_size = 2000
        skip_diff = True
        skip_html_diff = True
        force_init_instance = False
        skip_unchanged = False
        report_skipped = False

    def __init__(self, by: User, units: dict[str, Organisation], today: Any) -> None:
        super().__init__()
        self.by, self.units, self.today = by, units, today
        self.readers = {header: v.read_choice(BY_HEADER[header]) for header in CHOICES}
        self.read_day = v.read_day(today)
        self.told: list[tuple[Person, dict[str, Any]]] = []

    def before_import_row(self, row: dict[str, Any], **_named: Any) -> None:
        """Reads and checks the cells of one row and works out what is stored."""
        found = {header: self._taken(reader(row[header])) for header, reader in self.readers.items() if row.get(header)}
        facts = calculations.read_id_number(row[c.ID_NUMBER])
        born_on, joined_on, full_on = (self._day(row[header]) for header in (c.BORN, c.JOINED, c.FULL))
        calculations.check_name(row[c.NAME])
        calculations.check_identity(facts, born_on, found[c.SEX])
        calculations.check_stages((("probationary", joined_on), ("full", full_on)), born_on, self.today)
        unit, phone = self.units[row[c.BRANCH]], calculations.read_phone(row[c.PHONE])
        keys = name_keys(row[c.NAME])
        number, telephone = sealed.seal("id_number", facts.number), sealed.seal("phone", phone)
        row |= {
            "name": row[c.NAME], "sex": found[c.SEX], "born_on": born_on, "ethnicity": found[c.ETHNIC],
            "education": found[c.SCHOOLING], "occupation": found[c.WORK], "degree": found.get(c.DEGREE, ""),
            "stratum": row[c.STRATUM] or "", "professional_post": row[c.EXPERT] or "", "is_migrant_worker": False,
            "id_number_cipher": number.cipher, "id_number_index": number.key, "id_number_mask": number.mask,
            "phone_cipher": telephone.cipher, "phone_index": telephone.key, "phone_mask": telephone.mask,
            "home_cipher": sealed.seal_address("home", row[c.HOME]),
            "domicile_cipher": sealed.seal_address("domicile", row[c.DOMICILE]), "pinyin": keys.pinyin,
            "initials": keys.initials, "unit": unit, "joined_on": joined_on, "full_on": full_on,
        }  # fmt: skip

    def _taken(self, value: Any) -> Any:
        if isinstance(value, v.Wrong):
            raise ValueError(value.message)
        return value

    def _day(self, cell: str) -> Any:
        return self._taken(self.read_day(cell))

    def after_init_instance(self, instance: Person, new: bool, row: dict[str, Any], **_named: Any) -> None:
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


def run(content: bytes, by: User, units: dict[str, Organisation], today: Any) -> int:
    """Takes the workbook in; how many people were saved."""
    dataset = Dataset().load(content, format="xlsx")
    resource = PeopleResource(by, units, today)
    resource.import_data(dataset, use_transactions=True, raise_errors=False, rollback_on_validation_errors=False)
    return len(resource.told)
