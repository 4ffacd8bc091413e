"""Members away in the demo: registered at home, most of them received by a branch of the city, some guests from far away;
what they attended there (M3.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from guben.accounts.models import User
from guben.demo.events import Special
from guben.demo.plan import DAY, PersonPlan, UnitPlan
from guben.demo.shape import City
from guben.demo.transfers import MEMBERS, OUTSIDE, places_of
from guben.meetings.models import Meeting
from guben.members.choices import ContactWay
from guben.members.models import Contact
from guben.transfers.models import GuestAttendance, Inflow, Outflow
from guben.transfers.queries.away import FORMS

AWAY, MATCHED, UNREGISTERED, BY_HAND = 80, 50, 5, 2
WORK = ("工厂务工", "跑运输", "做小生意", "照看孙辈", "餐馆帮工")
STRANGERS = "赵远来 钱石生 孙外秀 李江英 周路平 吴川娟 郑泊舟 王客松 冯桥生 陈渡兰 褚行远 卫新来".split()


@dataclass(slots=True, eq=False)
class Stay:
    """One member away. `host` is where he or she was received; `is_known_at_home` whether home has registered it."""

    unit: UnitPlan
    person: PersonPlan
    host: UnitPlan | None
    is_known_at_home: bool = True
    is_matched: bool = True


def plan_stays(city: City, special: Special, members: int) -> list[Stay]:
    """Whoever is away from the featured branch, and from others; those who are received stay in another town."""
    near, far = places_of(city, special)
    if not (near and far):
        return []
    wanted, received = round(AWAY * members / MEMBERS) or 1, round(MATCHED * members / MEMBERS) or 1
    people = [pair for unit in [*near, *far] if unit.parent for pair in _away(unit)]
    own = [Stay(special.branch, person, None) for _unit, person in _away(special.branch)]
    chosen = people[:: max(1, len(people) // (wanted + UNREGISTERED))][: wanted + UNREGISTERED]
    hosts = [special.branch, *near[::3], special.branch, *far[::4]]
    stays = []
    for number, (unit, person) in enumerate(chosen):
        others = [one for one in hosts if one.parent is not unit.parent]
        host = others[number % len(others)] if others and number < received + UNREGISTERED else None
        if host and special.branch in others and number % 9 == 0:
            host = special.branch
        stay = Stay(unit, person, host, is_known_at_home=not received <= number < received + UNREGISTERED)
        stay.is_matched = stay.is_known_at_home and number >= BY_HAND
        if host and host.parent:
            person.place = f"{host.parent.short_name.removesuffix('党委').removesuffix('党工委')}务工"
        stays.append(stay)
    return own + stays


def _away(unit: UnitPlan) -> list[tuple[UnitPlan, PersonPlan]]:
    return [(unit, person) for person in unit.full if person.standing == "away" and person.contact_person]


def write_stays(stays: Sequence[Stay], by: User) -> dict[str, int]:
    """Both sides' rows, the guests from far away, and who came to what."""
    out = {
        id(stay): Outflow(
            person_id=stay.person.id, organisation_id=stay.unit.id, from_on=stay.person.standing_since,
            place=stay.person.place, workplace=WORK[number % len(WORK)], recorded_by_id=stay.unit.recorder or by.pk,
            contact_person_id=stay.person.contact_person.id if stay.person.contact_person else None,
            expected_until=date(2027, 2, 10) if number % 3 == 0 else None,
        )
        for number, stay in enumerate(stays)
        if stay.is_known_at_home
    }  # fmt: skip
    Outflow.objects.bulk_create(out.values())
    here = [_inflow(stay, stay.host, out.get(id(stay)), by) for stay in stays if stay.host]
    hosts = list({stay.host.id: stay.host for stay in stays if stay.host}.values())
    hosts.sort(key=lambda host: -sum(stay.host is host for stay in stays))
    here += [_stranger(number, host, by) for number, host in enumerate(hosts[: len(STRANGERS)])]
    Inflow.objects.bulk_create(here)
    _attend(here, {host.id: host.recorder or by.pk for host in hosts})
    return {"outflows": len(out), "inflows": len(here)}


def _inflow(stay: Stay, host: UnitPlan, outflow: Outflow | None, by: User) -> Inflow:
    is_found = stay.is_matched or not stay.is_known_at_home
    return Inflow(
        organisation_id=host.id, person_id=stay.person.id if is_found else None, name=stay.person.name,
        home_words=stay.unit.name[:120], home_id=stay.unit.id, outflow=outflow if stay.is_matched else None,
        from_on=max(host.founded_on, min(stay.person.standing_since + timedelta(20), DAY - timedelta(3))),
        contact_person_id=host.team[0].id if host.team else None, recorded_by_id=host.recorder or by.pk,
    )  # fmt: skip


def _stranger(number: int, host: UnitPlan, by: User) -> Inflow:
    """Somebody whose branch does not use Guben."""
    return Inflow(
        organisation_id=host.id, name=STRANGERS[number], home_words=f"{OUTSIDE[number % 3].removesuffix('委组织部')}某村党支部",
        from_on=max(host.founded_on, DAY - timedelta(40 + number * 9)), recorded_by_id=host.recorder or by.pk,
        contact_person_id=host.team[0].id if host.team and number % 4 else None,
    )  # fmt: skip


def _attend(here: Sequence[Inflow], recorders: dict[int, int]) -> None:
    """Guests at the last meetings of their hosts: most were invited, not all came, some hosts forgot."""
    held: dict[int, list[tuple[int, date, str]]] = defaultdict(list)
    rows = Meeting.objects.filter(
        organisation__in=list(recorders), withdrawn_at=None, group=None, form__in=FORMS, held_on__lte=DAY
    )
    for meeting in rows.select_related("organisation").order_by("-held_on", "-pk"):
        words = f"在{meeting.organisation.short_name}参加{meeting.get_form_display()}"
        held[meeting.organisation_id].append((meeting.pk, meeting.held_on, words))
    told: list[GuestAttendance] = []
    for number, guest in enumerate(here):
        since = [one for one in held[guest.organisation_id] if one[1] >= guest.from_on][: 30 if number % 5 else 4]
        for place, (meeting_id, on, words) in enumerate(since):
            if number % 7 == 3 and place % 3 == 1:
                continue  # nobody told the guest
            by_id, came = recorders[guest.organisation_id], (number + place) % 4 != 0
            contact = None
            if came and guest.person_id:
                contact = Contact(
                    person_id=guest.person_id, contacted_on=on, way=ContactWay.MEETING, note=words[:200],
                    recorded_by_id=by_id,
                )  # fmt: skip
            told.append(
                GuestAttendance(
                    inflow=guest, meeting_id=meeting_id, present=came, contact=contact, recorded_by_id=by_id
                )
            )
    Contact.objects.bulk_create([one.contact for one in told if one.contact])
    for one in told:
        one.inflow_id, one.contact_id = one.inflow.pk, one.contact.pk if one.contact else None
    GuestAttendance.objects.bulk_create(told)
