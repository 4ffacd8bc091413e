"""`guben dues show` and `guben coverage`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.cli.context import BadInput, print_json, unit_of, user_of
from guben.dues import queries
from guben.dues.money import yuan
from guben.dues.queries import Line, Sums
from guben.establishments import queries as establishments
from guben.establishments.queries import Row
from guben.organisations.choices import BRANCH_KINDS


def show(options: Namespace) -> int:
    """A branch's year by member, or the sums of the units below; only sums for who may not see amounts."""
    user, on = user_of(options), today()
    unit = unit_of(options.at, user)
    year = options.year or on.year
    if year not in (known := queries.years(on)):
        raise BadInput(f"{year} is out of reach: give a year from {known.start} to {known.stop - 1}.")
    sees = policy.may(user, queries.VIEW, unit)
    if not sees:
        policy.require(user, "figures.view", unit)
    if sees and unit.kind in BRANCH_KINDS:
        lines = queries.lines_of(unit, year, on)
        document = {"at": unit.code, "year": year, "on": on, "sums": _sums(queries.sums_of(lines))}
        document["members"] = [_line(line) for line in lines]
    else:
        found = queries.summary(unit, year, on, coarse=not sees)
        document = {"at": unit.code, "year": year, "on": on, "sums": None if found.is_hidden else _sums(found.total)}
        document["units"] = [
            {"unit": line.unit.code, "name": line.unit.short_name, "sums": None if line.is_hidden else _sums(line.sums)}
            for line in found.lines
        ]
    return print_json(document) if options.json else _print_dues(document)


def _sums(sums: Sums) -> dict[str, Any]:
    return {
        "members": sums.members,
        "without_standard": sums.without,
        "owed_cents": sums.owed,
        "due_cents": sums.due,
        "settled_cents": sums.settled,
        "paid_cents": sums.paid,
        "share": sums.share,
        "members_late": sums.late,
        "members_six_months_unpaid": sums.long_late,
    }


def _line(line: Line) -> dict[str, Any]:
    account = line.account
    return {
        "member": line.member.person_id,
        "name": line.member.name,
        "band": line.balance.band if line.balance else None,
        "owed_cents": account.owed if account else None,
        "paid_cents": account.paid if account else None,
        "paid_up_to": account.paid_up_to if account else None,
        "late_months": list(account.late_months) if account else None,
        "unpaid_months": line.unpaid,
        "extra_cents": line.extra,
    }


def _print_dues(document: dict[str, Any]) -> int:
    for one in document.get("units", []):
        print(f"{one['unit']:<16} {_sum_words(one['sums'])}  {one['name']}")
    for one in document.get("members", []):
        state = (
            "no standard" if one["owed_cents"] is None else f"{yuan(one['paid_cents'])} of {yuan(one['owed_cents'])}"
        )
        late = f"  {len(one['late_months'])} months late" if one["late_months"] else ""
        print(f"{one['name']}  {state}{late}")
    print(f"{document['at']} {document['year']}: {_sum_words(document['sums'])}")
    return 0


def _sum_words(sums: dict[str, Any] | None) -> str:
    if sums is None:
        return "too few members to show"
    share = "—" if sums["share"] is None else f"{sums['share']:.1%}"
    return (
        f"{sums['members']:,} members, {sums['members_late']:,} late; "
        f"paid {yuan(sums['settled_cents'])} of {yuan(sums['due_cents'])} that are due ({share})"
    )


def coverage(options: Namespace) -> int:
    """The establishments at and below a unit with their next step."""
    user = user_of(options)
    unit = unit_of(options.at, user)
    policy.require(user, establishments.VIEW, unit)
    rows = establishments.rows_at(user, unit, today())
    tally = establishments.tally(rows)
    if options.json:
        counts = {name: getattr(tally, name) for name in tally.__slots__}
        return print_json(
            {"at": unit.code, "on": today(), **counts, "establishments": [_row(row, user) for row in rows]}
        )
    for row in rows:
        one = row.establishment
        staff = "?" if one.staff_count is None else one.staff_count
        full = "few" if _is_hidden(row, user) else row.full
        print(f"{one.organisation.code:<16} {row.step.value:<16} {full} full  {staff} staff  {one.name}")
    print(
        f"{tally.total} establishments, {tally.covered} covered; of {tally.should} with three full members or more "
        f"{tally.should_covered} are covered."
    )
    return 0


def _is_hidden(row: Row, user: User) -> bool:
    """Few members, and none of them this user may see."""
    return row.counts_few and not policy.may(user, "members.view", row.establishment.organisation)


def _row(row: Row, user: User) -> dict[str, Any]:
    one, shown = row.establishment, not _is_hidden(row, user)
    return {
        "unit": one.organisation.code,
        "name": one.name,
        "uscc": one.uscc,
        "kind": one.kind,
        "staff": one.staff_count,
        "members_known": row.members if shown else None,
        "full_known": row.full if shown else None,
        "way": row.way,
        "covered_by": row.cover_code,
        "has_instructor": row.has_instructor,
        "step": row.step.value,
        "source": row.source,
    }
