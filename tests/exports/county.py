"""A made-up county whose members have a value in every column, and all that a record of them holds, to compare."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from guben.accounts.models import Installation, User
from guben.kit.days import add_months
from guben.kit.names import bulk_name_keys
from guben.members import sealed
from guben.members.choices import EDUCATION, ETHNICITY, Degree, Occupation, StandingKind
from guben.members.models import Affiliation, Person, Stage, Standing
from guben.organisations.actions import NewUnit, found_many
from guben.organisations.models import Group, Organisation
from tests.cast import TODAY
from tests.imports.sheets import id_number

ROOT = "980000"
FOUNDED = date(1950, 7, 1)
SURNAMES, NAMES = "赵钱孙李周吴郑王冯陈褚卫欧阳", "伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛明超兰霞平刚桂㐂𠮷"


def found(by: User) -> None:
    """One committee, three towns, four branches each; two branches share a name."""
    Installation.objects.update_or_create(pk=1, defaults={"is_demo": True, "demo_day": TODAY, "demo_sign_in": False})
    units = [_unit(ROOT, "中共试县委员会", "committee", "", "county")]
    for town in range(1, 4):
        code = f"{ROOT}{town:03d}"
        units.append(_unit(code, f"中共试{town}镇委员会", "committee", ROOT, "town"))
        for branch in range(1, 5):
            name = "中共同名村支部委员会" if branch == 4 else f"中共试{town}镇第{branch}支部委员会"
            units.append(_unit(f"{code}{branch:02d}", name, "branch", code, "village" if branch == 4 else ""))
    found_many(units, by=by)


def _unit(code: str, name: str, kind: str, parent: str, territory: str) -> NewUnit:
    return NewUnit(
        code=code,
        name=name,
        short_name=name.removeprefix("中共").removesuffix("委员会"),
        kind=kind,
        field="rural",
        territory=territory,
        parent_code=parent,
        founded_on=FOUNDED,
        kept_from=date(2025, 1, 1) if territory else None,
        paper=f"试组〔1950〕{len(code)}号" if territory else "",
    )


def set_up_groups() -> None:
    """Two groups in every second branch: no sheet founds them."""
    for unit in Organisation.objects.filter(kind="branch", code__endswith="1"):
        for name in ("第一党小组", "第二党小组"):
            Group.objects.create(organisation=unit, name=name, from_on=FOUNDED)


def settle(number: int) -> None:
    """So many members, some with few and some with all values."""
    chance = random.Random(7)
    branches = list(Organisation.objects.filter(kind="branch"))
    groups = {unit.pk: list(Group.objects.filter(organisation=unit)) for unit in branches}
    for place in range(number):
        _settle_one(place, chance, branches[place % len(branches)], groups)


def _settle_one(place: int, chance: random.Random, unit: Organisation, groups: dict[int, list[Group]]) -> None:
    sex = chance.choice("12")
    born_on = date(1940, 1, 1) + timedelta(days=chance.randrange(21_000))
    person = Person(
        name=chance.choice(SURNAMES) + "".join(chance.choices(NAMES, k=chance.choice([1, 2]))),
        sex=sex,
        born_on=born_on,
        ethnicity=chance.choice(list(ETHNICITY)),
        education=chance.choice(["", *EDUCATION]),
        degree=chance.choice(["", *Degree.values]),
        occupation=chance.choice(["", *Occupation.values]),
        stratum=chance.choice(["", "民办非企业单位从业人员"]),
        professional_post=chance.choice(["", "高级工程师", "二级教师"]),
        is_migrant_worker=chance.choice([None, True, False]),
        service_correction=chance.choice([None, 0, 3, -2]),
        home_cipher=sealed.seal_address("home", chance.choice(["", f"试镇{place}号，东屋"])),
        domicile_cipher=sealed.seal_address("domicile", chance.choice(["", f"外省某县{place}组"])),
    )
    ((person.pinyin, person.initials),) = bulk_name_keys([person.name])
    sealed.put(person, "id_number", id_number(born_on, "男" if sex == "1" else "女", place) if place % 9 else "")
    sealed.put(person, "phone", chance.choice(["", f"139{place:08d}", f"0757-8{place:07d}".replace("-", "")]))
    person.save()
    _enter(person, unit, groups[unit.pk], chance)


def _enter(person: Person, unit: Organisation, groups: list[Group], chance: random.Random) -> None:
    joined_on = add_months(person.born_on, 12 * 19) + timedelta(days=chance.randrange(1500))
    how = chance.choice(["both", "both", "both", "old", "probationary"])
    if how == "probationary":
        joined_on = max(joined_on, TODAY - timedelta(days=chance.randrange(1, 300)))
        Stage.objects.create(person=person, kind="probationary", from_on=joined_on)
    elif how == "old":
        Stage.objects.create(person=person, kind="full", from_on=joined_on)
    else:
        full_on = add_months(joined_on, 12)
        Stage.objects.create(person=person, kind="probationary", from_on=joined_on, until_on=full_on)
        Stage.objects.create(person=person, kind="full", from_on=full_on)
    group = chance.choice([None, *groups])
    since = max(joined_on, FOUNDED)
    Affiliation.objects.create(person=person, organisation=unit, group=group, from_on=since)
    Standing.objects.create(person=person, kind=chance.choice(StandingKind.values), from_on=since)


FIELDS = (
    "name", "sex", "born_on", "ethnicity", "education", "degree", "occupation", "stratum", "professional_post",
    "is_migrant_worker", "service_correction", "pinyin", "initials", "id_number_index", "id_number_mask", "phone_index",
    "phone_mask",
)  # fmt: skip


def everything() -> list[dict[str, Any]]:
    """All that is kept of every member, whatever its key in the database."""
    found = []
    for person in Person.objects.prefetch_related("stages", "affiliations__organisation", "affiliations__group"):
        (affiliation,) = person.affiliations.all()
        standing = Standing.objects.get(person=person)
        found.append(
            {name: getattr(person, name) for name in FIELDS}
            | {
                "id_number": sealed.clear_value(person, "id_number"),
                "phone": sealed.clear_value(person, "phone"),
                "home": sealed.address_in("home", person.home_cipher),
                "domicile": sealed.address_in("domicile", person.domicile_cipher),
                "stages": sorted((stage.from_on, stage.kind, stage.until_on) for stage in person.stages.all()),
                "unit": affiliation.organisation.code,
                "since": affiliation.from_on,
                "group": affiliation.group.name if affiliation.group else "",
                "standing": (standing.kind, standing.from_on),
            }
        )
    return sorted(found, key=lambda person: (person["unit"], person["name"], person["born_on"], person["id_number"]))


def units() -> list[tuple[Any, ...]]:
    """All that is kept of every unit, whatever its key in the database."""
    rows = Organisation.objects.values_list(
        "code", "name", "short_name", "kind", "field", "territory", "parent__code", "founded_on", "kept_from"
    )
    return sorted(rows)
