"""The fixed cast: one small city on four levels, and one user for each kind of eye that looks at it.

    990000             示范市委
    990000101            青石镇党委                  clerk
    990000101201           柳溪村党总支
    99000010120101           柳溪村第一党支部        secretary, member; 9 members, a committee, two groups, a site
    99000010120102           柳溪村第二党支部        4 members, no committee
    990000101202           山口村党支部              5 members, the secretary's post vacant
    990000102            临江街道党工委
    990000102001           滨河社区党总支
    99000010200101           滨河社区第一党支部      neighbour (its secretary); 7 members

The day is 2026-06-30. Books are kept from 2025-01-01. Branch members are full members at home unless the table of
people says otherwise. Nobody here is anybody: all names are made up.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from string import ascii_lowercase, digits
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string

from guben.access.models import Grant
from guben.accounts import sessions
from guben.accounts.models import Installation, SignIn, User
from guben.kit import tree
from guben.kit.days import add_months
from guben.meetings.models import Absence, Meeting
from guben.members.models import Affiliation, Holding, Person, Stage, Standing
from guben.organisations.models import Act, Group, Organisation, Placement, Post, Site, Team

BACKEND = "django.contrib.auth.backends.ModelBackend"
TODAY = date(2026, 6, 30)
KEPT_FROM = date(2025, 1, 1)
FOUNDED = date(2012, 7, 1)
ELECTED = date(2024, 5, 10)

CITY = "990000"
TOWN = "990000101"
VILLAGE = "990000101201"
BRANCH = "99000010120101"
SMALL_BRANCH = "99000010120102"
OTHER_VILLAGE = "990000101202"
STREET = "990000102"
COMMUNITY = "990000102001"
NEIGHBOUR_BRANCH = "99000010200101"

# code, parent, name, short name, kind, field, territory
UNITS = [
    (CITY, None, "中共示范市委员会", "示范市委", "committee", "agency", "city"),
    (TOWN, CITY, "中共青石镇委员会", "青石镇党委", "committee", "rural", "town"),
    (VILLAGE, TOWN, "中共柳溪村总支部委员会", "柳溪村党总支", "general_branch", "rural", "village"),
    (BRANCH, VILLAGE, "中共柳溪村第一支部委员会", "柳溪村第一党支部", "branch", "rural", ""),
    (SMALL_BRANCH, VILLAGE, "中共柳溪村第二支部委员会", "柳溪村第二党支部", "branch", "rural", ""),
    (OTHER_VILLAGE, TOWN, "中共山口村支部委员会", "山口村党支部", "branch", "rural", "village"),
    (STREET, CITY, "中共临江街道工作委员会", "临江街道党工委", "work_committee", "urban_community", "town"),
    (COMMUNITY, STREET, "中共滨河社区总支部委员会", "滨河社区党总支", "general_branch", "urban_community", "community"),
    (NEIGHBOUR_BRANCH, COMMUNITY, "中共滨河社区第一支部委员会", "滨河社区第一党支部", "branch", "urban_community", ""),
]

# name, unit, sex, born, education, occupation, joined (stage full a year later), group, standing
PEOPLE = [
    ("柏守田", BRANCH, "1", date(1971, 3, 2), "60", "farmer", date(1998, 6, 20), 0, "home"),
    ("邬春桥", BRANCH, "2", date(1980, 11, 9), "30", "farmer", date(2006, 7, 1), 0, "home"),
    ("敖石匠", BRANCH, "1", date(1958, 1, 25), "80", "farmer", date(1985, 5, 4), 1, "home"),
    ("单小禾", BRANCH, "2", date(1994, 8, 17), "20", "professional", date(2019, 6, 1), 1, "home"),
    ("曾望川", BRANCH, "1", date(1966, 6, 30), "70", "farmer", date(1993, 9, 12), 0, "home"),
    ("仇月初", BRANCH, "2", date(1988, 2, 29), "30", "worker", date(2013, 4, 2), 1, "home"),
    ("宁远行", BRANCH, "1", date(1990, 5, 5), "40", "worker", date(2014, 11, 30), 1, "away"),
    ("慕老根", BRANCH, "1", date(1941, 12, 1), "80", "farmer", date(1969, 8, 8), 0, "unable"),
    ("阮新芽", BRANCH, "2", date(2001, 10, 10), "20", "farmer", date(2026, 2, 14), 0, "home"),  # probationary
    ("俞大坝", SMALL_BRANCH, "1", date(1969, 4, 4), "60", "farmer", date(1997, 3, 3), None, "home"),
    ("葛铁蛋", SMALL_BRANCH, "1", date(1955, 9, 19), "70", "farmer", date(1980, 1, 15), None, "home"),
    ("池秀莲", SMALL_BRANCH, "2", date(1978, 7, 7), "60", "farmer", date(2008, 12, 24), None, "home"),
    ("尉迟明灯", SMALL_BRANCH, "1", date(1984, 1, 1), "30", "other", date(2011, 6, 6), None, "home"),
    ("牟青山", OTHER_VILLAGE, "1", date(1963, 2, 11), "70", "farmer", date(1990, 10, 1), None, "home"),
    ("麻二妹", OTHER_VILLAGE, "2", date(1975, 5, 23), "70", "farmer", date(2001, 7, 1), None, "home"),
    ("桑满仓", OTHER_VILLAGE, "1", date(1959, 8, 30), "80", "farmer", date(1984, 4, 18), None, "home"),
    ("辛木匠", OTHER_VILLAGE, "1", date(1968, 11, 3), "60", "worker", date(1995, 2, 2), None, "home"),
    ("厉冬梅", OTHER_VILLAGE, "2", date(1992, 12, 12), "20", "professional", date(2018, 9, 9), None, "home"),
    ("苗江月", NEIGHBOUR_BRANCH, "2", date(1979, 1, 15), "20", "manager", date(2003, 6, 18), None, "home"),
    ("乐长亭", NEIGHBOUR_BRANCH, "1", date(1985, 3, 8), "10", "civil_servant", date(2009, 5, 20), None, "home"),
    ("盖天宝", NEIGHBOUR_BRANCH, "1", date(1952, 6, 1), "40", "retired", date(1979, 10, 1), None, "home"),
    ("翟红叶", NEIGHBOUR_BRANCH, "2", date(1960, 9, 9), "30", "retired", date(1988, 7, 1), None, "home"),
    ("区海生", NEIGHBOUR_BRANCH, "1", date(1997, 4, 27), "20", "professional", date(2021, 6, 28), None, "home"),
    ("朴顺玉", NEIGHBOUR_BRANCH, "2", date(1970, 10, 21), "30", "worker", date(1999, 12, 1), None, "home"),
    ("解千帆", NEIGHBOUR_BRANCH, "1", date(1989, 8, 8), "20", "manager", date(2015, 3, 1), None, "retired_elsewhere"),
]

# unit, kind, holder (None = vacant)
POSTS = [
    (BRANCH, "secretary", "柏守田"),
    (BRANCH, "organisation", "邬春桥"),
    (BRANCH, "discipline", "曾望川"),
    (SMALL_BRANCH, "secretary", "俞大坝"),
    (OTHER_VILLAGE, "secretary", None),
    (OTHER_VILLAGE, "deputy_secretary", "麻二妹"),
    (NEIGHBOUR_BRANCH, "secretary", "苗江月"),
    (NEIGHBOUR_BRANCH, "organisation", "乐长亭"),
    (NEIGHBOUR_BRANCH, "discipline", "朴顺玉"),
]

# username, display name, role, unit (None = no grant), person
USERS = [
    ("organiser", "邱组织", "organiser", CITY, None),
    ("clerk", "覃干事", "clerk", TOWN, None),
    ("secretary", "柏守田", "secretary", BRANCH, "柏守田"),
    ("member", "单小禾", "member", BRANCH, "单小禾"),
    ("neighbour", "苗江月", "secretary", NEIGHBOUR_BRANCH, "苗江月"),
    ("stranger", "路过", None, None, None),
    ("statistician", "数统计", "statistician", CITY, None),
    ("auditor", "沈审计", "auditor", CITY, None),
    ("administrator", "管系统", "administrator", CITY, None),
    ("security", "安守门", "security_administrator", CITY, None),
    ("inspector", "巡督查", "inspector", CITY, None),
]


@dataclass
class Cast:
    """Everybody and everything, by name. `units` by code, `people` by name, `users` by username."""

    units: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    today: date = TODAY

    def __getattr__(self, name: str) -> Any:
        """`cast.clerk` is a user; `cast.branch` a unit."""
        users, units = self.__dict__.get("users", {}), self.__dict__.get("units", {})
        if name in users:
            return users[name]
        code = globals().get(name.upper())
        if isinstance(code, str) and code in units:
            return units[code]
        raise AttributeError(name)


def sign_in(client: Client, who: User | None, *, at_work: bool = False) -> Client:
    """Signs a user in without a password (nobody when None) and gives the client back: the session is written as
    signing in leaves it, in a tenth of the time. Who is at work already has asked for a page in it before."""
    if who is None:
        client.logout()
        return client
    user = User.objects.get(pk=who.pk)
    key = get_random_string(32, ascii_lowercase + digits)
    row = SignIn.objects.create(session_key=key, user=user, way="demo" if user.is_demo else "")
    said = {SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: BACKEND, HASH_SESSION_KEY: user.get_session_auth_hash()}
    said |= {sessions.KEY: row.pk} | ({sessions.LAST_SEEN: int(time.time())} if at_work else {})
    data = {"session_data": SessionStore().encode(said), "expire_date": timezone.now() + timedelta(days=1)}
    Session.objects.create(session_key=key, **data)
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def stay_signed_in(client: Client, who: User) -> Client:
    """Signs in anew only where what was sent before signed out: signing in costs as much as a page that is not there."""
    cookie = client.cookies.get("sessionid")
    return client if cookie and cookie.value else sign_in(client, who)


def build() -> Cast:
    """Writes the whole cast into the database and hands it back."""
    Installation.objects.update_or_create(
        pk=1, defaults={"is_demo": True, "demo_day": TODAY, "demo_sign_in": False, "demo_root_code": CITY}
    )
    cast = Cast()
    operator = User.objects.create(username="operator", display_name="命令行操作员", is_operator=True, password="!")
    cast.users["operator"] = operator
    _found_units(cast, operator)
    _fill_units(cast)
    _write_people(cast)
    _write_users(cast)
    _hold_meetings(cast)
    return cast


def _found_units(cast: Cast, operator: User) -> None:
    children: dict[str | None, int] = {}
    for code, above, name, short, kind, unit_field, territory in UNITS:
        parent = cast.units.get(above or "")
        children[above] = children.get(above, 0) + 1
        shape = {
            "parent": parent,
            "path": (parent.path if parent else "") + tree.step(children[above]),
            "name": name,
            "short_name": short,
            "kind": kind,
            "field": unit_field,
            "territory": territory,
        }
        unit = Organisation.objects.create(code=code, founded_on=FOUNDED, kept_from=KEPT_FROM, **shape)
        act = Act.objects.create(kind="found", organisation=unit, effective_on=FOUNDED, recorded_by=operator)
        Placement.objects.create(organisation=unit, from_on=FOUNDED, act=act, **shape)
        cast.units[code] = unit


def _fill_units(cast: Cast) -> None:
    for code, seats in ((BRANCH, 3), (OTHER_VILLAGE, 2), (NEIGHBOUR_BRANCH, 3)):
        months = 36
        Team.objects.create(
            organisation=cast.units[code],
            elected_on=ELECTED,
            term_months=months,
            ends_on=add_months(ELECTED, months),
            seats=seats,
        )
    for name in ("第一党小组", "第二党小组"):
        cast.groups.append(Group.objects.create(organisation=cast.branch, name=name, from_on=FOUNDED))
    Site.objects.create(
        organisation=cast.village,
        name="柳溪村党群服务中心",
        area_m2=220,
        tenure="owned",
        condition="sound",
        from_on=FOUNDED,
    )
    Site.objects.create(
        organisation=cast.community,
        name="滨河社区党员活动室",
        area_m2=8,
        tenure="borrowed",
        condition="worn",
        lease_ends_on=date(2026, 12, 31),
        from_on=FOUNDED,
    )


def _write_people(cast: Cast) -> None:
    for number, (name, code, sex, born_on, education, occupation, joined_on, group, standing) in enumerate(PEOPLE, 1):
        person = Person.objects.create(name=name, sex=sex, born_on=born_on, education=education, occupation=occupation)
        cast.people[name] = person
        full_on = add_months(joined_on, 12)
        is_full = full_on <= TODAY
        Stage.objects.create(
            person=person, kind="probationary", from_on=joined_on, until_on=full_on if is_full else None
        )
        if is_full:
            Stage.objects.create(person=person, kind="full", from_on=full_on)
        Affiliation.objects.create(
            person=person,
            organisation=cast.units[code],
            group=None if group is None else cast.groups[group],
            from_on=max(joined_on, FOUNDED),
        )
        helper = cast.people["邬春桥"] if standing == "away" else None
        since = max(joined_on, FOUNDED) if standing == "home" else date(2025, 1, number)
        Standing.objects.create(person=person, kind=standing, from_on=since, contact_person=helper)
    for code, kind, holder in POSTS:
        post = Post.objects.create(organisation=cast.units[code], kind=kind, from_on=ELECTED)
        cast.posts.append(post)
        if holder:
            Holding.objects.create(person=cast.people[holder], post=post, from_on=ELECTED)


def _write_users(cast: Cast) -> None:
    for username, display_name, role, code, person in USERS:
        user = User.objects.create(username=username, display_name=display_name, language="zh-hans", password="!")
        cast.users[username] = user
        if role and code:
            holding = Holding.objects.filter(person=cast.people[person]).first() if person else None
            Grant.objects.create(user=user, role=role, organisation=cast.units[code], from_on=ELECTED, holding=holding)
        if person:
            Person.objects.filter(pk=cast.people[person].pk).update(user=user)


def _hold_meetings(cast: Cast) -> None:
    secretary, neighbour = cast.secretary, cast.neighbour
    hold(cast, cast.branch, "member_meeting", date(2026, 3, 18), by=secretary, topic="学习基层组织建设要点")
    hold(cast, cast.branch, "committee", date(2026, 4, 15), by=secretary, topic="研究春耕互助")
    hold(cast, cast.branch, "committee", date(2026, 5, 14), by=secretary, topic="研究积极分子培养", recorded_after=23)
    hold(cast, cast.branch, "member_meeting", date(2026, 5, 20), by=secretary, topic="通报半年工作", absent=("敖石匠",))
    hold(cast, cast.neighbour_branch, "member_meeting", date(2026, 6, 10), by=neighbour, topic="讨论社区议事规则")


def hold(
    cast: Cast,
    unit: Organisation,
    form: str,
    held_on: date,
    *,
    by: User,
    topic: str = "学习和议事",
    absent: tuple[str, ...] = (),
    recorded_after: int = 0,
    minutes: str = "会议记录齐全。",
    group: Group | None = None,
) -> Meeting:
    """Writes a meeting as it would stand in the books: 应到 are the full members at home (the team's holders for a
    committee), all present but those named."""
    roll = list(
        Stage.objects.filter(person__affiliations__organisation=unit, until_on__isnull=True).select_related("person")
    )
    if form == "committee":
        holders = set(Holding.objects.filter(post__organisation=unit).values_list("person_id", flat=True))
        roll = [stage for stage in roll if stage.person_id in holders]
    at_home = set(Standing.objects.filter(kind="home", until_on__isnull=True).values_list("person_id", flat=True))
    entitled = [stage for stage in roll if stage.kind == "full" and stage.person_id in at_home]
    recorded_on = date.fromordinal(held_on.toordinal() + recorded_after)
    meeting = Meeting.objects.create(
        organisation=unit,
        group=group,
        form=form,
        held_on=held_on,
        minutes_long=60,
        topic=topic,
        minutes=minutes,
        roll_count=len(roll),
        entitled_count=len(entitled),
        recorded_at=datetime(recorded_on.year, recorded_on.month, recorded_on.day, 10, tzinfo=UTC),
        recorded_on=recorded_on,
        recorded_by=by,
    )
    for name in absent:
        person = cast.people[name]
        Absence.objects.create(
            meeting=meeting, person=person, reason="leave", entitled=any(s.person_id == person.pk for s in entitled)
        )
    cast.meetings.append(meeting)
    return meeting
