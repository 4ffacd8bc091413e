"""The nightly proof of the tree: whatever is damaged is found, and nothing below a broken place is shown to anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from guben.access import policy
from guben.access.models import Grant
from guben.accounts.models import Installation, User
from guben.cli.main import main
from guben.jobs import schedule
from guben.jobs.models import NightlyRun
from guben.members.models import Affiliation
from guben.organisations import actions, queries
from guben.organisations.models import Organisation, Placement, Post, TreeProof
from tests.cast import BRANCH, CITY, NEIGHBOUR_BRANCH, TOWN, VILLAGE, Cast, sign_in

NIGHT = datetime(2026, 7, 1, 2, 5, tzinfo=ZoneInfo("Asia/Shanghai"))


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def units(code: str) -> Any:
    return Organisation.objects.filter(code=code)


def places(code: str) -> Any:
    return Placement.objects.filter(organisation__code=code)


def into_a_cycle(cast: Cast) -> None:
    units(TOWN).update(parent=cast.village)
    places(TOWN).update(parent=cast.village)


DAMAGE: dict[str, Callable[[Cast], object]] = {
    "another path": lambda cast: units(BRANCH).update(path=cast.street.path + "ZZZZ"),
    "no step": lambda cast: units(BRANCH).update(path=cast.branch.path + "1"),
    "small letters": lambda cast: units(BRANCH).update(path=cast.village.path + "000a"),
    "another parent": lambda cast: units(BRANCH).update(parent=cast.street),
    "another name": lambda cast: units(BRANCH).update(name="别名"),
    "no placement": lambda cast: places(BRANCH).delete(),
    "a gap at the start": lambda cast: places(BRANCH).update(from_on=date(2013, 1, 1)),
    "dissolved above": lambda cast: (
        units(VILLAGE).update(dissolved_on=date(2026, 1, 1)),
        places(VILLAGE).update(until_on=date(2026, 1, 1)),
    ),
    "an end without an end": lambda cast: units(BRANCH).update(dissolved_on=date(2026, 1, 1)),
    "a cycle": into_a_cycle,
    "its own parent": lambda cast: units(BRANCH).update(parent=cast.branch),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_every_damage_is_found_and_shuts_the_place(cast: Cast, damage: Callable[[Cast], object]) -> None:
    assert actions.prove_tree().faults == []
    damage(cast)
    proof = actions.prove_tree()
    assert [fault for fault in proof.faults if fault["breaks"]]
    branch = Organisation.objects.get(code=BRANCH)
    for user in map(fresh, (cast.organiser, cast.clerk, cast.secretary, cast.administrator)):
        assert not policy.may(user, "units.view", branch)
        assert BRANCH not in {unit.code for unit in queries.visible_units(user)}
    assert policy.may(fresh(cast.neighbour), "units.view", cast.units[NEIGHBOUR_BRANCH])


def test_a_broken_place_answers_as_if_it_were_not_there(cast: Cast, client: Client) -> None:
    units(VILLAGE).update(path=cast.street.path + "ZZZZ")  # as if it lay in another town
    before = sign_in(client, cast.organiser).get(f"/organisations/{VILLAGE}/")
    assert before.status_code == 200
    actions.prove_tree()
    assert client.get(f"/organisations/{VILLAGE}/").status_code == 404
    assert client.get(f"/organisations/{VILLAGE}/team/").status_code == 404
    assert "柳溪村党总支" not in client.get("/search/", {"q": "柳溪村党总支"}).content.decode().split("<main")[
        1
    ].replace('value="柳溪村党总支"', "").replace("“柳溪村党总支”", "")
    assert client.get(f"/organisations/{TOWN}/").status_code == 200


def test_the_place_opens_again_when_it_is_whole(cast: Cast) -> None:
    path = cast.branch.path
    units(BRANCH).update(path=cast.street.path + "ZZZZ")
    actions.prove_tree()
    assert Installation.objects.get().broken_places
    actions.rebuild_index()
    assert actions.prove_tree().faults == []
    assert Installation.objects.get().broken_places == []
    assert Organisation.objects.get(code=BRANCH).path == path
    assert policy.may(fresh(cast.secretary), "units.view", Organisation.objects.get(code=BRANCH))


def test_rows_outside_of_their_units_life_raise_the_alarm_and_shut_nothing(cast: Cast) -> None:
    Post.objects.filter(organisation=cast.branch).update(from_on=date(2000, 1, 1))
    Affiliation.objects.filter(person__name="俞大坝").update(from_on=date(2000, 1, 1))
    faults = actions.prove_tree().faults
    assert len(faults) == 2
    assert not any(fault["breaks"] for fault in faults)
    assert policy.may(fresh(cast.secretary), "units.view", cast.branch)


def test_a_dissolved_unit_keeps_no_roles(cast: Cast) -> None:
    unit = actions.found(
        parent=cast.village, code="X9", name="新", short_name="新", kind="branch", field="rural",
        founded_on=date(2026, 5, 1), by=cast.clerk,
    )  # fmt: skip
    Grant.objects.create(user=cast.stranger, role="member", organisation=unit, from_on=date(2026, 5, 2))
    actions.dissolve(unit, effective_on=date(2026, 6, 1), by=cast.clerk)
    assert Grant.objects.get(organisation=unit).until_on == date(2026, 6, 1)
    assert actions.prove_tree().faults == []


@pytest.fixture
def only_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all that is done at night only the proof of the tree."""
    kept = schedule._work["organisations.prove_tree"]
    monkeypatch.setattr(schedule, "_work", {"organisations.prove_tree": kept})


def test_every_night_once_by_one_worker(cast: Cast, only_the_tree: None) -> None:
    assert schedule.run_due(NIGHT - timedelta(hours=1)) == []
    assert schedule.run_due(NIGHT) == ["organisations.prove_tree"]
    assert schedule.run_due(NIGHT + timedelta(minutes=1)) == []
    assert schedule.run_due(NIGHT + timedelta(days=1, hours=20)) == ["organisations.prove_tree"]
    assert TreeProof.objects.count() == 2
    assert NightlyRun.objects.get(name="organisations.prove_tree").finished_at is not None


def test_work_that_fails_is_noted_and_keeps_nobody_from_the_next(
    cast: Cast, only_the_tree: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> str:
        raise RuntimeError("broken")

    monkeypatch.setitem(schedule._work, "a.fails", schedule.Nightly("a.fails", 2, fails))
    assert set(schedule.run_due(NIGHT)) == {"a.fails", "organisations.prove_tree"}
    assert NightlyRun.objects.get(name="a.fails").failed


def test_administrators_see_the_proof_and_others_only_the_alarm(cast: Cast, client: Client) -> None:
    actions.prove_tree()
    assert "没有断处" in sign_in(client, cast.administrator).get("/more/").content.decode()
    assert "断处" not in sign_in(client, cast.secretary).get("/more/").content.decode()
    units(NEIGHBOUR_BRANCH).update(name="别名")
    actions.prove_tree()
    assert "别名" in sign_in(client, cast.administrator).get("/more/").content.decode()
    text = sign_in(client, cast.secretary).get("/more/").content.decode()
    assert "断处" in text
    assert "别名" not in text


def test_the_command_tells_faults_and_fails(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "check"]) == 0
    units(CITY).update(name="别名")
    assert main(["tree", "check", "--json"]) == 1
    assert "别名" in capsys.readouterr().out
