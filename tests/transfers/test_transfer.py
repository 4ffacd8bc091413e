"""A transfer between two towns: who acts, what is refused, and that exactly one unit answers at any moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.access import policy
from guben.access.models import Grant
from guben.kit.errors import DomainError
from guben.members import actions as members
from guben.members.actions import NewPerson
from guben.members.models import Affiliation, Person
from guben.procedures import actions as cases
from guben.procedures.models import Case
from guben.procedures.queries import cases_for
from guben.transfers import proving
from guben.transfers.models import Letter
from tests.cast import BRANCH, NEIGHBOUR_BRANCH, TODAY, Cast
from tests.transfers import moves
from tests.transfers.moves import NAME, NUMBER, homes, numbered, take


def test_a_transfer_between_two_towns_moves_on_the_day_of_reception_and_not_before(town: Cast) -> None:
    person = town.people[NAME]
    case = moves.request(town)
    take(case, "branch", 2, town.secretary)
    take(case, "letter", 3, town.sender, values={"valid-days": 30})
    take(case, "receiving", 5, town.receiver, "agreed")
    assert homes(person) == [BRANCH]
    take(case, "accept", 8, town.neighbour)
    assert homes(person) == [NEIGHBOUR_BRANCH]
    take(case, "receipt", 9, town.receiver)
    rows = list(Affiliation.objects.filter(person=person).order_by("from_on").values_list("from_on", "until_on"))
    assert rows[-2][1] == rows[-1][0] == date(2026, 6, 8)
    case.refresh_from_db()
    assert (case.ended_as, case.ended_on) == ("done", date(2026, 6, 9))
    letter = Letter.objects.get(case=case)
    assert (letter.received_on, letter.receipt_on) == (date(2026, 6, 8), date(2026, 6, 9))
    assert letter.valid_until == date(2026, 7, 3)
    assert proving.prove(TODAY).holds


def test_both_units_and_those_above_see_it_and_a_stranger_does_not(town: Cast) -> None:
    case = moves.request(town)
    for name in ("secretary", "sender", "neighbour", "receiver", "organiser", "inspector"):
        assert cases_for(moves.again(town.users[name])).filter(pk=case.pk).exists(), name
    assert not cases_for(town.stranger).filter(pk=case.pk).exists()


def test_the_member_asks_oneself_and_withdraws(town: Cast) -> None:
    case = moves.request(town, "单小禾", by=town.member)
    assert case.step == "branch"
    cases.withdraw(case, "不去了", by=town.member)
    assert homes(town.people["单小禾"]) == [BRANCH]


def test_nobody_asks_for_somebody_else(town: Cast) -> None:
    with pytest.raises((DomainError, Http404, PermissionDenied)):
        moves.request(town, by=town.member)
    with pytest.raises((DomainError, Http404)):
        moves.request(town, by=town.neighbour)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("step", "who"),
    [("branch", "neighbour"), ("branch", "receiver"), ("letter", "secretary"), ("letter", "receiver")],
)
def test_each_step_is_its_own_units(town: Cast, step: str, who: str) -> None:
    case = moves.request(town)
    if step == "letter":
        take(case, "branch", 2, town.secretary)
    with pytest.raises(DomainError):
        take(case, step, 3, town.users[who], values={"valid-days": 30} if step == "letter" else {})


def test_the_sender_does_not_receive(town: Cast) -> None:
    case = moves.lettered(town)
    with pytest.raises(DomainError):
        take(case, "receiving", 5, town.sender, "agreed")
    take(case, "receiving", 5, town.receiver, "agreed")
    with pytest.raises(DomainError):
        take(case, "accept", 6, town.secretary)
    assert homes(town.people[NAME]) == [BRANCH]


@pytest.mark.parametrize("days", [0, 91, -3, 10**9])
def test_a_letter_holds_ninety_days_at_most(town: Cast, days: int) -> None:
    case = moves.request(town)
    take(case, "branch", 2, town.secretary)
    with pytest.raises(DomainError):
        take(case, "letter", 3, town.sender, values={"valid-days": days})
    assert not Letter.objects.exists()


def test_a_letter_past_its_day_receives_nobody_until_another_is_issued(town: Cast) -> None:
    case, person = moves.agreed(town, days=4), town.people[NAME]  # until 7 June
    with pytest.raises(DomainError, match="有效"):
        take(case, "accept", 8, town.neighbour)
    take(case, "accept", 9, town.neighbour, "returned", reason="信过期了")
    assert homes(person) == [BRANCH]
    take(case, "letter", 10, town.sender, values={"valid-days": 20})
    assert Letter.objects.filter(case=case).count() == 2
    assert Letter.objects.filter(case=case, void_on=None).count() == 1
    take(case, "receiving", 11, town.receiver, "agreed")
    take(case, "accept", 12, town.neighbour)
    assert homes(person) == [NEIGHBOUR_BRANCH]
    assert proving.prove(TODAY).holds


def test_on_its_last_day_a_letter_still_holds(town: Cast) -> None:
    case = moves.agreed(town, days=4)
    take(case, "accept", 7, town.neighbour)
    assert homes(town.people[NAME]) == [NEIGHBOUR_BRANCH]


@pytest.mark.parametrize("outcome", ["returned", "refused"])
def test_returned_or_refused_only_with_a_reason_and_the_origin_answers(town: Cast, outcome: str) -> None:
    case = moves.lettered(town)
    with pytest.raises(DomainError):
        take(case, "receiving", 5, town.receiver, outcome)
    take(case, "receiving", 5, town.receiver, outcome, reason="单位名称写错")
    case.refresh_from_db()
    assert (case.ended_on is None) == (outcome == "returned")
    assert homes(town.people[NAME]) == [BRANCH]
    assert Letter.objects.filter(case=case, void_on=None).exists() == (outcome == "returned")


def test_a_post_is_given_up_before_the_letter(town: Cast) -> None:
    case = moves.request(town, "邬春桥")
    take(case, "branch", 2, town.secretary)
    with pytest.raises(DomainError, match="免去职务"):
        take(case, "letter", 3, town.sender, values={"valid-days": 30})


@pytest.mark.parametrize("code", [BRANCH, "990000102", "990000102001"])
def test_the_receiver_is_another_branch(town: Cast, code: str) -> None:
    with pytest.raises(DomainError):
        moves.request(town, host=town.units[code])
    assert not Case.objects.exists()


def test_one_transfer_at_a_time_whatever_its_kind(town: Cast) -> None:
    moves.request(town)
    with pytest.raises(DomainError):
        moves.request(town)
    with pytest.raises(DomainError, match="在办"):
        moves.request(town, host=None, receiver="某省某县委组织部")
    assert Case.objects.count() == 1


def test_an_unknown_group_moves_nobody(town: Cast) -> None:
    case = moves.agreed(town)
    with pytest.raises(DomainError, match="党小组"):
        take(case, "accept", 8, town.neighbour, values={"group": "没有的小组"})
    assert homes(town.people[NAME]) == [BRANCH]


def test_who_was_away_is_at_home_after_the_transfer(town: Cast) -> None:
    case, person = moves.agreed(town, "宁远行"), town.people["宁远行"]
    take(case, "accept", 8, town.neighbour)
    assert person.standings.get(until_on=None).kind == "home"
    assert person.standings.get(until_on=None).contact_person is None


def test_the_member_s_own_sign_in_follows_to_the_new_branch(town: Cast) -> None:
    moves.user(town, "member", "clerk", BRANCH)
    case = moves.agreed(town, "单小禾")
    take(case, "accept", 8, town.neighbour)
    held = Grant.objects.filter(user=town.member).values_list("role", "organisation__code", "until_on")
    day = date(2026, 6, 8)
    assert set(held) == {("member", BRANCH, day), ("clerk", BRANCH, day), ("member", NEIGHBOUR_BRANCH, None)}
    again = moves.again(town.member)
    assert policy.may(again, "meetings.view", town.neighbour_branch)
    assert not policy.may(again, "members.view", town.branch)


# A lost receiver


def test_a_lost_receiver_leaves_the_member_with_the_origin(town: Cast) -> None:
    person = town.people[NAME]
    case = moves.lettered(town, host=None, receiver="某省某县委组织部", days=10)
    assert (case.procedure, case.step, case.host) == ("transfer-out", "receipt", None)
    take(case, "receipt", 20, town.sender, "lost", reason="县里查无此支部")
    case.refresh_from_db()
    assert (case.ended_as, homes(person)) == ("lost", [BRANCH])
    assert Letter.objects.get(case=case).void_on == date(2026, 6, 20)
    assert proving.prove(TODAY).holds
    moves.request(town)  # the next one may begin


def test_a_receiver_outside_ends_what_the_origin_answers_for(town: Cast) -> None:
    person = town.people[NAME]
    case = moves.lettered(town, host=None, receiver="某省某县委组织部")
    assert homes(person) == [BRANCH]
    take(case, "receipt", 20, town.sender, values={"received-by": "某县某社区党支部"})
    assert homes(person) == []
    proof = proving.prove(TODAY)
    assert (proof.holds, proof.left) == (True, 1)
    assert person.stages.get(until_on=None).kind == "full"


def test_whoever_left_and_comes_back_is_taken_in_by_the_receiving_branch(town: Cast) -> None:
    person = numbered(town)
    case = moves.lettered(town, host=None, receiver="某省某县委组织部")
    take(case, "receipt", 20, town.sender, values={"received-by": "某县某社区党支部"})
    row = NewPerson(
        name=NAME, organisation_id=town.neighbour_branch.pk, stages=(("full", date(2020, 7, 1)),), id_number=NUMBER,
        affiliated_on=date(2026, 6, 19),
    )  # fmt: skip
    with pytest.raises(DomainError):  # before the former unit let go
        members.register_person(row, by=town.neighbour)
    with pytest.raises(DomainError):  # of another name
        members.register_person(replace(row, name="别的人"), by=town.neighbour)
    with pytest.raises((Http404, PermissionDenied)):
        members.register_person(replace(row, affiliated_on=date(2026, 6, 25)), by=town.stranger)
    back = members.register_person(replace(row, affiliated_on=date(2026, 6, 25)), by=town.neighbour)
    assert (back, homes(person)) == (person, [NEIGHBOUR_BRANCH])
    assert person.standings.get(until_on=None).kind == "home"
    assert proving.prove(TODAY).holds
    with pytest.raises(DomainError):  # and nobody else takes her in now
        members.register_person(replace(row, organisation_id=town.branch.pk), by=town.secretary)


def test_an_unknown_receiver_is_named_by_words(town: Cast) -> None:
    with pytest.raises(DomainError):
        moves.request(town, host=None, receiver="")
    assert not Case.objects.exists()


# From outside


def test_from_outside_one_goes_on_the_roll_on_reporting(town: Cast) -> None:
    case = cases.begin("transfer-in", town.neighbour_branch, by=town.neighbour, title="外省转入", begun_on=moves.BEGUN)
    values = {"letter-number": "外2026-7", "sender-name": "某县委组织部", "valid-until": "2026-07-30"}
    take(case, "letter-in", 2, town.receiver, values=values)
    with pytest.raises(DomainError):  # of another branch: a transfer, not an arrival
        take(case, "accept", 3, town.neighbour, values={"person": town.people[NAME].pk})
    here = town.people["区海生"]
    take(case, "accept", 3, town.neighbour, values={"person": here.pk})
    take(case, "receipt", 4, town.receiver)
    case.refresh_from_db()
    assert (case.person_id, case.ended_as) == (here.pk, "done")


# The proof


def test_the_proof_sees_what_is_wrong(town: Cast) -> None:
    person: Person = town.people[NAME]
    row = Affiliation.objects.get(person=person, until_on=None)
    Affiliation.objects.filter(pk=row.pk).update(until_on=date(2026, 1, 1))
    assert {one.kind for one in proving.prove(TODAY).faults} == {"in_none"}
    Affiliation.objects.create(person=person, organisation=town.neighbour_branch, from_on=date(2026, 2, 1))
    assert {one.kind for one in proving.prove(TODAY).faults} == {"gap"}
    Affiliation.objects.filter(pk=row.pk).update(until_on=date(2026, 3, 1))
    assert {one.kind for one in proving.prove(TODAY).faults} == {"in_two"}
    Affiliation.objects.filter(pk=row.pk).update(until_on=date(2026, 2, 1))
    assert proving.prove(TODAY).holds
