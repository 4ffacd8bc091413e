"""A batch of graduates: one list, many receivers, three hundred at once; rows that fail keep their reason."""

from __future__ import annotations

import os
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.jobs import actions as jobs
from guben.jobs.models import Job
from guben.kit.errors import DomainError
from guben.kit.tables import workbook_bytes
from guben.members.models import Affiliation, Person, Stage, Standing
from guben.procedures.models import Case
from guben.transfers import actions, proving
from guben.transfers.actions.batches import COLUMNS, Listed, read_list
from guben.transfers.models import Batch, BatchRow, Letter
from tests import cast as the_cast
from tests.cast import BRANCH, NEIGHBOUR_BRANCH, OTHER_VILLAGE, SMALL_BRANCH, TODAY, TOWN, Cast
from tests.installed import install_shipped
from tests.transfers import moves
from tests.transfers.moves import homes, take

MANY, FEW = 300, 20


def graduates(cast: Cast, number: int) -> list[Person]:
    """Members of the small branch."""
    people = Person.objects.bulk_create(
        Person(name=f"毕业{place:03d}", sex="1", born_on=date(2002, 5, 4)) for place in range(number)
    )
    since = date(2024, 6, 1)
    Stage.objects.bulk_create(Stage(person=one, kind="full", from_on=since) for one in people)
    Affiliation.objects.bulk_create(
        Affiliation(person=one, organisation=cast.small_branch, from_on=since) for one in people
    )
    Standing.objects.bulk_create(Standing(person=one, kind="home", from_on=since) for one in people)
    return people


def begin(cast: Cast, rows: list[Listed], code: str = TOWN) -> Batch:
    by = moves.user(cast, "town-clerk", "clerk", TOWN)
    return actions.begin_batch(cast.units[code], rows, title="2026届毕业生", valid_days=90, cause="毕业", by=by)


def all_move(town: Cast, number: int) -> None:
    """A list of so many people for three receivers: each has a letter, and one unit all the time."""
    people = graduates(town, number)
    receivers = [NEIGHBOUR_BRANCH, OTHER_VILLAGE, BRANCH]
    rows = [Listed(n, one.name, receivers[n % 3]) for n, one in enumerate(people)]
    batch = begin(town, rows)
    clerk = moves.again(town.users["town-clerk"])
    jobs.run(actions.start_batch(batch, by=clerk).pk)
    job = Job.objects.get(kind="transfers.batch")
    assert (job.state, job.result["sent"]) == ("done", number), job.message
    assert Letter.objects.filter(void_on=None).count() == number
    assert Letter.objects.values("number").distinct().count() == number
    assert Affiliation.objects.filter(organisation=town.small_branch, until_on=None).count() == number + 4
    case = Case.objects.filter(host=town.neighbour_branch).earliest("pk")
    take(case, "receiving", 30, town.receiver, "agreed")
    take(case, "accept", 30, town.neighbour)
    assert homes(case.person) == [NEIGHBOUR_BRANCH]  # type: ignore[arg-type]
    proof = proving.prove(TODAY)
    assert (proof.holds, proof.left) == (True, 0)
    open_rows = Affiliation.objects.filter(person__in=people, until_on=None)
    assert open_rows.count() == open_rows.values("person").distinct().count() == number


def test_graduates_go_to_many_receivers_and_each_has_one_unit(town: Cast) -> None:
    all_move(town, FEW)


@pytest.mark.slow
@pytest.mark.skipif("GUBEN_LONG_TESTS" not in os.environ, reason="half a minute; set GUBEN_LONG_TESTS=1")
def test_three_hundred_graduates_go_to_many_receivers_and_each_has_one_unit(transactional_db: None) -> None:
    """As it is at work: each act is a transaction of its own. Inside one transaction around them all, PostgreSQL keeps
    every lock of every savepoint, and each further one costs more than the one before."""
    install_shipped()
    town = the_cast.build()
    moves.people_of_two_towns(town)
    all_move(town, MANY)


def test_rows_that_fail_keep_their_reason_and_the_others_go_on(town: Cast) -> None:
    first, second, _third = graduates(town, 3)
    rows = [
        Listed(2, first.name, NEIGHBOUR_BRANCH),
        Listed(3, second.name, "没有的支部"),
        Listed(4, "查无此人", NEIGHBOUR_BRANCH),
        Listed(5, "毕业002", "", "某省某县委组织部"),
        Listed(6, "苗江月", BRANCH),  # of another town: nobody here
        Listed(7, "毕业002", NEIGHBOUR_BRANCH),  # twice in the list
    ]
    batch = begin(town, rows)
    found = actions.advance(batch, by=moves.again(town.users["town-clerk"]))
    states = dict(BatchRow.objects.values_list("number", "state"))
    assert states == {2: "sent", 3: "failed", 4: "failed", 5: "sent", 6: "failed", 7: "failed"}
    assert (found["sent"], found["failed"]) == (2, 4)
    assert all(BatchRow.objects.filter(state="failed").values_list("reason", flat=True))
    assert Case.objects.count() == 2
    BatchRow.objects.filter(number=3).update(receiver=SMALL_BRANCH)
    actions.advance(batch, by=moves.again(town.users["town-clerk"]))
    assert "同一个支部" in BatchRow.objects.get(number=3).reason
    assert Case.objects.count() == 2


def test_a_branch_begins_and_the_committee_goes_on(town: Cast) -> None:
    (one,) = graduates(town, 1)
    own = moves.user(town, "small", "secretary", SMALL_BRANCH)
    batch = actions.begin_batch(
        town.small_branch, [Listed(2, one.name, NEIGHBOUR_BRANCH)], title="", valid_days=30, cause="毕业", by=own
    )
    actions.advance(batch, by=own)
    row = BatchRow.objects.get()
    assert (row.state, row.case.step) == ("under_way", "letter")  # type: ignore[union-attr]
    clerk = moves.user(town, "town-clerk", "clerk", TOWN)
    actions.advance(batch, by=clerk)
    assert BatchRow.objects.get().state == "sent"


def test_a_list_is_read_from_a_sheet(town: Cast) -> None:
    content = workbook_bytes(COLUMNS, [["毕业000", "", SMALL_BRANCH, NEIGHBOUR_BRANCH, ""], ["", "", "", "", ""]])
    (row,) = read_list(content)
    assert (row.name, row.unit, row.receiver) == ("毕业000", SMALL_BRANCH, NEIGHBOUR_BRANCH)
    with pytest.raises(DomainError, match="缺"):
        read_list(workbook_bytes(["谁", "去哪"], [["甲", "乙"]]))


def test_nobody_begins_one_without_the_right_and_not_without_sense(town: Cast) -> None:
    rows = [Listed(2, "柏守田", NEIGHBOUR_BRANCH)]
    for name in ("member", "stranger", "neighbour"):
        with pytest.raises((Http404, PermissionDenied)):
            actions.begin_batch(town.branch, rows, title="", valid_days=30, cause="毕业", by=town.users[name])
    with pytest.raises(DomainError):
        begin(town, [])
    for days in (0, 91, -1):
        with pytest.raises(DomainError):
            actions.begin_batch(town.branch, rows, title="", valid_days=days, cause="毕业", by=town.secretary)
