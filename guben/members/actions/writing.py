"""Writing checked people with all that is dated about them and their history, in sets and inside one transaction.

People come by column: a mapping from the fields of `NewPerson` to their values, one for each person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from guben.accounts import bulk
from guben.accounts.models import User
from guben.audit import trail
from guben.kit.names import bulk_name_keys
from guben.kit.sealing import Sealer
from guben.members import sealed
from guben.members.choices import MEMBER_STAGES, StageKind
from guben.members.models import Affiliation, Person, Stage, Standing

PLAIN = (
    "name", "sex", "born_on", "ethnicity", "education", "occupation", "degree", "stratum", "professional_post",
    "is_migrant_worker", "service_correction",
)  # fmt: skip
Stages = Sequence[tuple[str, date]]
Columns = Mapping[str, Sequence[Any]]


def joined_on(stages: Stages) -> date | None:
    """The day of admission among (kind, day) pairs."""
    return next((day for kind, day in stages if kind in MEMBER_STAGES), None)


def write(people: Columns, rights: Mapping[int, str], by: User) -> list[int]:
    """Writes people whose values are checked; `rights` tells under which right at each unit. Gives their keys."""
    keys = bulk.take_keys(Person, len(people["name"]))
    box = sealed.sealer()
    found = _sealed(people, box)
    pinyin, initials = zip(*bulk_name_keys(people["name"]), strict=True)
    plain = {name: people[name] for name in PLAIN}
    bulk.insert(Person, {"id": keys, **plain, **found, "pinyin": pinyin, "initials": initials})
    _write_stages(keys, people["stages"])
    _write_affiliations(keys, people)
    _write_standings(keys, people)
    _record(keys, people, found, rights, by)
    return keys


def _sealed(people: Columns, box: Sealer) -> dict[str, Sequence[Any]]:
    """The columns of the numbers and addresses."""
    found: dict[str, Sequence[Any]] = {}
    for field in sealed.COLUMNS:
        ciphers, indexes, masks = sealed.seal_all(field, people[field], box)
        found |= {f"{field}_cipher": ciphers, f"{field}_index": indexes, f"{field}_mask": masks}
    # The identity number's index is unique, so that "none" must be null there.
    found["id_number_index"] = [index or None for index in found["id_number_index"]]
    for field in sealed.ADDRESSES:
        found[f"{field}_cipher"] = sealed.seal_addresses(field, people[field], box)
    return found


def _write_stages(keys: Sequence[int], told: Sequence[Stages]) -> None:
    rows = [
        (key, kind, day, end)
        for key, stages in zip(keys, told, strict=True)
        for (kind, day), end in zip(stages, [*[day for _kind, day in stages[1:]], None], strict=True)
    ]
    columns = zip(*rows, strict=True)
    bulk.insert(Stage, dict(zip(("person_id", "kind", "from_on", "until_on"), columns, strict=True)))


def _ended_on(stages: Stages) -> date | None:
    kind, day = stages[-1]
    return day if kind == StageKind.ENDED else None


def _write_affiliations(keys: Sequence[int], people: Columns) -> None:
    columns = {name: people[name] for name in ("organisation_id", "group_id")}
    ends = list(map(_ended_on, people["stages"]))
    bulk.insert(Affiliation, {"person_id": keys, **columns, "from_on": people["affiliated_on"], "until_on": ends})


def _write_standings(keys: Sequence[int], people: Columns) -> None:
    """Who is a member, and still one, stands somewhere."""
    told = people["stages"]
    members = [place for place, stages in enumerate(told) if not _ended_on(stages) and joined_on(stages)]
    helpers = [None if row is None else keys[row] for row in people["contact_row"]]
    columns = {
        "person_id": keys, "kind": people["standing"], "contact_person_id": helpers, "place": people["place"],
        "from_on": people["standing_from"],
    }  # fmt: skip
    chosen = columns if len(members) == len(told) else {
        name: [values[place] for place in members] for name, values in columns.items()
    }  # fmt: skip
    bulk.insert(Standing, {**chosen, "until_on": [None] * len(members)})


def _record(keys: Sequence[int], people: Columns, found: Columns, rights: Mapping[int, str], by: User) -> None:
    trail.record_all(
        "members.registered",
        Person,
        keys,
        by=by,
        organisation_ids=people["organisation_id"],
        rights=[rights[unit] for unit in people["organisation_id"]],
        changed=_kept(people, found, sealed.sealer()),
        details=[{"stage": stages[-1][0]} for stages in people["stages"]],
    )


def _kept(people: Columns, found: Columns, box: Sealer) -> Columns:
    """What the history commits to: numbers only through their index, since a number can be guessed."""
    kept = {name: people[name] for name in (*PLAIN, "stages", "standing")}
    kept |= {"id_number": [index or "" for index in found["id_number_index"]], "phone": found["phone_index"]}
    for field in sealed.ADDRESSES:
        indexes = sealed.address_indexes(field, people[field], box)
        kept[field] = [index or trail.LEFT_OUT for index in indexes]
    return kept
