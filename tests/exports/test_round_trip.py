"""What is exported and imported into an empty Guben is the same."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from guben.access.models import Grant
from guben.accounts.models import User
from guben.accounts.operator import acting_user
from guben.exports import actions
from guben.exports.plans import Plan
from guben.imports.actions import import_members, import_organisations, read
from guben.organisations.models import Organisation
from tests.cast import TODAY
from tests.exports import county

pytestmark = pytest.mark.django_db(transaction=True)
MEMBERS = 330


def sheet_of(plan: Plan, by: User) -> bytes:
    file = io.BytesIO()
    rows = actions.write(plan, Organisation.objects.get(code=county.ROOT), file, by=by)
    assert rows == (MEMBERS if plan.what == "members" else 16)
    return file.getvalue()


def an_organiser() -> User:
    user = User.objects.create(username="organiser", display_name="组织员", password="!")
    root = Organisation.objects.get(code=county.ROOT)
    Grant.objects.create(user=user, role="organiser", organisation=root, from_on=TODAY)
    return user


@pytest.mark.parametrize("ending", ["xlsx", "csv", "csv-gb18030"])
@pytest.mark.parametrize("columns", ["national", "ours", "all"])
def test_the_same_members_come_back_in_an_empty_guben(columns: str, ending: str):
    county.found(acting_user())
    county.set_up_groups()
    county.settle(MEMBERS)
    by = an_organiser()
    units = sheet_of(Plan(what="organisations", format=ending), by)
    plan = Plan(columns=columns, extra=True, whole=True, reason="迁到新系统", format=ending)
    members = sheet_of(plan, by)
    before, units_before = county.everything(), county.units()

    call_command("flush", interactive=False, verbosity=0)
    assert county.everything() == county.units() == []
    operator = acting_user()
    result = import_organisations(read(units, "units.csv", "organisations"), None, operator)
    assert (result.accepted, result.faults, result.checks, result.notes) == (16, (), (), ())
    assert county.units() == units_before
    county.set_up_groups()
    root = Organisation.objects.get(code=county.ROOT)
    result = import_members(read(members, "members.csv", "members"), root, operator)
    assert [fault.message for fault in result.faults] == []
    assert result.accepted == MEMBERS
    assert county.everything() == before
    again = import_members(read(members, "members.csv", "members"), root, operator)
    assert (again.unchanged, again.updated, again.accepted) == (MEMBERS, 0, 0)


def test_without_the_columns_at_the_end_only_group_and_standing_differ():
    county.found(acting_user())
    county.set_up_groups()
    county.settle(MEMBERS)
    by = an_organiser()
    plan = Plan(columns="national", whole=True, reason="迁到新系统")
    units, members = sheet_of(Plan(what="organisations"), by), sheet_of(plan, by)
    before = county.everything()
    call_command("flush", interactive=False, verbosity=0)
    operator = acting_user()
    import_organisations(read(units, "", "organisations"), None, operator)
    root = Organisation.objects.get(code=county.ROOT)
    assert import_members(read(members, "", "members"), root, operator).accepted == MEMBERS
    for person in before:
        kind, since = person["standing"]
        person["group"] = ""
        person["standing"] = (kind if kind in ("away", "lost") else "home", since)
    assert county.everything() == before
