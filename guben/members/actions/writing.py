"""Writing checked people with all that is dated about them and their history, in sets and inside one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from guben.accounts import bulk
from guben.accounts.models import User
from guben.audit import trail
from guben.kit.names import bulk_name_keys
from guben.kit.sealing import Sealer
from guben.members import sealed
from guben.members.choices import MEMBER_STAGES, StageKind
from guben.members.models import Affiliation, Person, Stage, Standing

if TYPE_CHECKING:
    from guben.members.actions.register import NewPerson

PLAIN = (
    "name", "sex", "born_on", "ethnicity", "education", "occupation", "degree", "stratum", "professional_post",
    "is_migrant_worker", "service_correction",
)  # fmt: skip
COLUMNS = (
    "id", *PLAIN, "id_number_cipher", "id_number_index", "id_number_mask", "phone_cipher", "phone_index", "phone_mask",
    "home_cipher", "domicile_cipher", "pinyin", "initials",
)  # fmt: skip
Stages = Sequence[tuple[str, date]]


def joined_on(stages: Stages) -> date | None:
    """The day of admission among (kind, day) pairs."""
    return next((day for kind, day in stages if kind in MEMBER_STAGES), None)


def write(rows: Sequence[NewPerson], rights: Mapping[int, str], by: User) -> list[int]:
    """Writes people whose values are checked; `rights` tells under which right at each unit. Gives their keys."""
    keys = bulk.take_keys(Person, len(rows))
    records = _records(keys, rows)
    bulk.insert(Person, COLUMNS, records)
    stages: list[tuple[Any, ...]] = []
    affiliations: list[tuple[Any, ...]] = []
    standings: list[tuple[Any, ...]] = []
    for key, row in zip(keys, rows, strict=True):
        ended_on = row.stages[-1][1] if row.stages[-1][0] == StageKind.ENDED else None
        ends = [*[day for _kind, day in row.stages[1:]], None]
        stages += [(key, kind, day, end) for (kind, day), end in zip(row.stages, ends, strict=True)]
        affiliations.append((key, row.organisation_id, row.group_id, row.affiliated_on, ended_on))
        if not ended_on and joined_on(row.stages):
            helper = None if row.contact_row is None else keys[row.contact_row]
            standings.append((key, row.standing, helper, row.place, row.standing_from, None))
    bulk.insert(Stage, ("person_id", "kind", "from_on", "until_on"), stages)
    bulk.insert(Affiliation, ("person_id", "organisation_id", "group_id", "from_on", "until_on"), affiliations)
    bulk.insert(Standing, ("person_id", "kind", "contact_person_id", "place", "from_on", "until_on"), standings)
    _record(keys, rows, records, rights, by)
    return keys


def _records(keys: Sequence[int], rows: Sequence[NewPerson]) -> list[tuple[Any, ...]]:
    names = bulk_name_keys(row.name for row in rows)
    records, box = [], sealed.sealer()
    for key, row, name in zip(keys, rows, names, strict=True):
        number, phone = sealed.seal("id_number", row.id_number, box), sealed.seal("phone", row.phone, box)
        home = sealed.seal_address("home", row.home, box)
        domicile = sealed.seal_address("domicile", row.domicile, box)
        records.append(
            (
                key, row.name, row.sex, row.born_on, row.ethnicity, row.education, row.occupation, row.degree,
                row.stratum, row.professional_post, row.is_migrant_worker, row.service_correction,
                number.cipher, number.key or None, number.mask, *phone, home, domicile, *name,
            )
        )  # fmt: skip
    return records


def _record(
    keys: Sequence[int],
    rows: Sequence[NewPerson],
    records: Sequence[tuple[Any, ...]],
    rights: Mapping[int, str],
    by: User,
) -> None:
    box = sealed.sealer()
    trail.record_all(
        "members.registered",
        Person,
        [
            trail.Told(
                key, row.organisation_id, rights[row.organisation_id], _kept(row, record, box),
                {"stage": row.stages[-1][0]},
            )
            for key, row, record in zip(keys, rows, records, strict=True)
        ],
        by=by,
    )  # fmt: skip


def _kept(row: NewPerson, record: tuple[Any, ...], box: Sealer) -> dict[str, Any]:
    """What the history commits to: numbers only through their index, since a number can be guessed."""
    kept = dict(zip(PLAIN, record[1:], strict=False))
    kept |= {"id_number": record[13] or "", "phone": record[16], "stages": row.stages, "standing": row.standing}
    for field, text in (("home", row.home), ("domicile", row.domicile)):
        if text:
            kept[field] = sealed.address_index(field, text, box)
    return kept
