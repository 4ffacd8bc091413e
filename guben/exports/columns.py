"""What stands under each header: of a person, of a unit. The words are those that an import reads back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from guben.accounts.keyring import sealer
from guben.exports.beside import Place, Posts
from guben.exports.choices import Columns, What
from guben.exports.plans import Plan
from guben.imports import columns as c
from guben.kit.days import completed_years
from guben.kit.tables import Written
from guben.members import sealed
from guben.members.choices import MEMBER_STAGES, StageKind, StandingKind

YES, NO = "是", "否"
CIPHERS = ("id_number_cipher", "phone_cipher", "home_cipher", "domicile_cipher")
READ = (
    "pk", "name", "sex", "born_on", "ethnicity", "education", "degree", "occupation", "stratum", "professional_post",
    "is_migrant_worker", "service_correction", "stage", "standing", "id_number_mask", "phone_mask",
    "organisation_id_on", "group_name",
)  # fmt: skip
READ_BESIDE = ("placed_from", "standing_from", "standing_place", "contact_name")


@dataclass(slots=True)
class Known:
    """All that the cells of one person are made of."""

    values: Mapping[str, Any]
    unit: str
    since: Mapping[str, date]  # the first day of each stage
    on: date
    place: Place
    posts: Posts
    contacted_on: date | None

    @property
    def joined_on(self) -> date | None:
        return min((self.since[kind] for kind in MEMBER_STAGES if kind in self.since), default=None)

    @property
    def full_on(self) -> date | None:
        return self.since.get(StageKind.FULL)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


Cell = Callable[[Known], Written]


def _words() -> dict[str, dict[str, str]]:
    """For each coded column the word of a value: the first that an import knows."""
    words: dict[str, dict[str, str]] = {}
    for column in (*c.MEMBER_COLUMNS, *c.UNIT_COLUMNS):
        own = words.setdefault(column.header, {})
        for word, value in column.allowed.items():
            own.setdefault(value, word)
    return words


WORDS = _words()


def word(header: str, value: str) -> str:
    return WORDS[header].get(value, "")


def _coded(header: str, name: str) -> Cell:
    return lambda known: word(header, known[name])


def _plain(name: str) -> Cell:
    return lambda known: known[name]


def _yes_no(name: str) -> Cell:
    return lambda known: "" if known[name] is None else YES if known[name] else NO


def _standing(kind: str) -> Cell:
    return lambda known: YES if known["standing"] == kind else NO


def _service(known: Known) -> Written:
    """Counted from the day of full membership. Source: 党章 Art. 7."""
    return completed_years(known.full_on, known.on) if known.full_on else None


def _full_on(known: Known) -> Written:
    """Empty where only the day of admission is known: it stands under 入党日期."""
    return known.full_on if known.full_on != known.joined_on else None


def _whole(field: str) -> Cell:
    columns = {**sealed.COLUMNS, **sealed.ADDRESSES}
    name, column = f"{field}_cipher", columns[field]
    return lambda known: sealer().open(known[name], column) if known[name] else ""


MASKED: dict[str, Cell] = {
    c.ID_NUMBER: _plain("id_number_mask"),
    c.PHONE: _plain("phone_mask"),
    c.HOME: lambda known: "",
    c.DOMICILE: lambda known: "",
}
WHOLE: dict[str, Cell] = {
    c.ID_NUMBER: _whole("id_number"),
    c.PHONE: _whole("phone"),
    c.HOME: _whole("home"),
    c.DOMICILE: _whole("domicile"),
}
OF_A_PERSON: dict[str, Cell] = {
    c.NAME: _plain("name"),
    c.SEX: _coded(c.SEX, "sex"),
    c.BORN: _plain("born_on"),
    c.ETHNIC: _coded(c.ETHNIC, "ethnicity"),
    c.SCHOOLING: _coded(c.SCHOOLING, "education"),
    c.STAGE: _coded(c.STAGE, "stage"),
    c.WORK: _coded(c.WORK, "occupation"),
    c.BRANCH: lambda known: known.unit,
    c.GROUP: _plain("group_name"),
    c.JOINED: lambda known: known.joined_on,
    c.FULL: _full_on,
    c.STANDING: _coded(c.STANDING, "standing"),
    c.DEGREE: _coded(c.DEGREE, "degree"),
    c.SERVICE: _service,
    c.CORRECTION: _plain("service_correction"),
    c.STRATUM: _plain("stratum"),
    c.EXPERT: _plain("professional_post"),
    c.MIGRANT: _yes_no("is_migrant_worker"),
    c.LOST: _standing(StandingKind.LOST),
    c.AWAY: _standing(StandingKind.AWAY),
    c.AGE: lambda known: completed_years(known["born_on"], known.on),
    c.BRANCH_CODE: lambda known: known.place.code,
    c.KIND: lambda known: word(c.KIND, known.place.kind),
    c.FIELD: lambda known: word(c.FIELD, known.place.field),
    c.ABOVE: lambda known: known.place.above,
    c.PARENT: lambda known: known.place.above_code,
    c.APPLIED: lambda known: known.since.get(StageKind.APPLICANT),
    c.ACTIVIST: lambda known: known.since.get(StageKind.ACTIVIST),
    c.CANDIDATE: lambda known: known.since.get(StageKind.CANDIDATE),
    c.PLACED: _plain("placed_from"),
    c.SINCE: _plain("standing_from"),
    c.WHERE: _plain("standing_place"),
    c.HELPER: _plain("contact_name"),
    c.CONTACTED: lambda known: known.contacted_on,
    c.POSTS: lambda known: known.posts.titles,
    c.POSTED: lambda known: known.posts.from_on,
}
UNIT_HEADERS = tuple(column.header for column in c.UNIT_COLUMNS)


def headers(plan: Plan) -> list[str]:
    """The first line of the sheet."""
    if plan.what == What.ORGANISATIONS:
        return list(UNIT_HEADERS)
    if plan.is_all:
        return [*c.NATIONAL_COLUMNS, *c.EXTRA_COLUMNS, *c.FURTHER_COLUMNS]
    if plan.columns == Columns.NATIONAL:
        return [*c.NATIONAL_COLUMNS, *(c.EXTRA_COLUMNS if plan.extra else ())]
    ours = [column.header for column in c.MEMBER_COLUMNS if column.in_template]
    more = [column.header for column in c.MEMBER_COLUMNS if not column.in_template and not column.derived]
    return [*ours, *(more if plan.extra else ())]


def cells_of(plan: Plan) -> list[Cell]:
    """What makes the cells of a person, in the order of the headers."""
    known = OF_A_PERSON | (WHOLE if plan.whole else MASKED)
    return [known[header] for header in headers(plan)]


def fields_of(plan: Plan) -> Sequence[str]:
    """What has to be read of a person: sealed values only where they are opened."""
    return (*READ, *(READ_BESIDE if plan.is_all else ()), *(CIPHERS if plan.whole else ()))


def stages_of(plan: Plan) -> Sequence[str]:
    """Which stages' first days stand in the sheet."""
    return StageKind.values if plan.is_all else MEMBER_STAGES
