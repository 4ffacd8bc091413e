"""From the application to full membership: what each step makes of the person, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from guben.development import errors
from guben.development.models import Application
from guben.development.printing.applying import political_review
from guben.kit.errors import DomainError
from guben.members.errors import TooYoung
from guben.members.models import Affiliation, Stage
from guben.procedures import actions
from guben.procedures.errors import FieldWrong, SubjectUnfit
from tests.cast import Cast
from tests.development.way import APPLIED, Way, begin, newcomer

pytestmark = pytest.mark.usefixtures("rules")


@pytest.fixture
def way(cast: Cast, rules: None) -> Way:
    return Way(cast, begin(cast, newcomer(cast)))


def test_an_applicant_goes_all_the_way_and_each_stage_begins_on_its_day(way: Way) -> None:
    way.walk()

    way.case.refresh_from_db()
    assert way.case.ended_as == "done"
    assert way.stages() == {
        "applicant": date(2023, 2, 1),
        "activist": date(2023, 6, 1),
        "candidate": date(2024, 7, 5),
        "probationary": date(2024, 9, 20),  # the day of the vote, not of the approval
        "full": date(2025, 9, 20),  # the day probation ended, not of the approval
    }
    assert Stage.objects.filter(person=way.case.person, until_on=None).get().kind == "full"


def test_the_application_is_told_by_the_steps_and_never_asked_again(way: Way) -> None:
    way.walk("political-review")
    known = Application.objects.get(case=way.case)
    ties = {(tie.kind, tie.person.name) for tie in known.ties.select_related("person")}

    assert (known.channel, known.recommended_by, known.applied_on) == ("able", "members", APPLIED)
    assert ties == {("contact", "柏守田"), ("introducer", "柏守田"), ("introducer", "邬春桥"), ("relative", "慕老根")}


def test_relatives_who_stand_on_no_roll_are_named_in_words(way: Way) -> None:
    others = "申大河，父亲，邻村村民\n申小山，哥哥"
    way.take("application", "done", APPLIED, way.own, {"channel": "能人", "other_relatives": others})

    assert "申大河，父亲，邻村村民；申小山，哥哥" in str(political_review(way.case, None))
    assert not Application.objects.get(case=way.case).ties.exists()


def test_a_candidate_who_is_voted_on_the_same_day_is_admitted_all_the_same(way: Way) -> None:
    """Far too quick, and told as such elsewhere; but a case must never get stuck."""
    day = date(2024, 9, 20)
    for step, outcome, on, by, values in way.steps():
        way.take(step, outcome, day if date(2024, 6, 26) < on < day else on, by, values)
    assert way.stages() == {
        "applicant": date(2023, 2, 1),
        "activist": date(2023, 6, 1),
        "probationary": day,
        "full": date(2025, 9, 20),
    }
    assert Application.objects.get(case=way.case).candidate_on == day


def test_nobody_is_a_probationary_member_before_the_approval(way: Way) -> None:
    way.walk("approval")
    assert "probationary" not in way.stages()


def test_the_new_member_is_put_into_the_group_that_was_named(way: Way) -> None:
    way.walk("oath")
    now = Affiliation.objects.get(person=way.case.person, until_on=None)
    assert now.group is not None
    assert now.group.name == "第二党小组"


def test_a_group_that_the_unit_has_not_is_refused(way: Way) -> None:
    way.walk("group")
    with pytest.raises(FieldWrong, match="^第二十九条：“党小组”"):
        way.take("group", "done", date(2024, 10, 22), way.own, {"group": "第九党小组"})


def test_who_is_not_eighteen_may_not_apply(cast: Cast) -> None:
    case = begin(cast, newcomer(cast, born_on=date(2005, 2, 2)))
    with pytest.raises(TooYoung):
        Way(cast, case).walk("talk")


def test_on_the_eighteenth_birthday_one_may(cast: Cast) -> None:
    case = begin(cast, newcomer(cast, born_on=date(2005, 2, 1)))
    assert Way(cast, case).walk("talk") is not None


def test_a_member_may_not_apply_again(cast: Cast) -> None:
    with pytest.raises(SubjectUnfit):
        begin(cast, cast.people["单小禾"])
    case = begin(cast, newcomer(cast))
    Stage.objects.create(person=case.person, kind="full", from_on=date(2022, 12, 1))  # recorded after the beginning
    with pytest.raises(errors.WrongStage, match="^第六条："):
        Way(cast, case).walk("talk")


def test_three_contacts_and_one_introducer_are_refused(way: Way) -> None:
    people = [way.cast.people[name].pk for name in ("柏守田", "邬春桥", "曾望川")]
    way.walk("contacts")
    with pytest.raises(DomainError):
        way.take("contacts", "done", date(2023, 6, 12), way.own, {"contacts": people})
    way.take("contacts", "done", date(2023, 6, 12), way.own, {"contacts": people[:1]})
    for step, outcome, on, by, values in list(way.steps())[5:10]:
        way.take(step, outcome, on, by, values)
    with pytest.raises(DomainError):
        way.take("introducers", "done", date(2024, 7, 8), way.own, {"introducers": people[:1]})


def test_a_probationary_member_can_keep_no_contact(way: Way) -> None:
    way.walk("contacts")
    with pytest.raises(DomainError):
        way.take("contacts", "done", date(2026, 3, 1), way.own, {"contacts": [way.cast.people["阮新芽"].pk]})


def test_probation_is_extended_once_and_full_membership_counts_from_its_new_end(way: Way) -> None:
    way.walk("full-vote")
    way.take("full-vote", "extended", date(2025, 9, 28), way.own, {"months": 6}, reason="学习不够。")
    known = Application.objects.get(case=way.case)
    assert (known.probation_ends_on, known.is_extended) == (date(2026, 3, 20), True)

    way.take("probation-extended", "kept", date(2026, 3, 25), way.own, {"opinion": "有改进。"})
    way.take("probation-extended", "ready", date(2026, 3, 26), way.own, {"opinion": "同意。"})
    way.take("full-application", "done", date(2026, 3, 27), way.own, {})
    with pytest.raises(DomainError):
        way.take("full-vote", "extended", date(2026, 4, 2), way.own, {"months": 6}, reason="再看看。")
    way.take("full-vote", "on-time", date(2026, 4, 3), way.own, {})
    way.take("full-approval", "agreed", date(2026, 4, 20), way.town, {})
    assert way.stages()["full"] == date(2026, 3, 20)


def test_an_extension_without_its_months_is_refused(way: Way) -> None:
    way.walk("full-vote")
    with pytest.raises(errors.ExtensionTooLong):
        way.take("full-vote", "extended", date(2025, 9, 28), way.own, {}, reason="学习不够。")


def test_probation_that_is_cancelled_ends_everything(way: Way) -> None:
    way.walk("full-vote")
    way.take("full-vote", "cancelled", date(2025, 9, 28), way.own, {}, reason="不合格。")
    assert "ended" not in way.stages()
    way.take("cancellation", "agreed", date(2025, 10, 20), way.town, {})
    assert way.stages()["ended"] == date(2025, 10, 20)
    assert not Affiliation.objects.filter(person=way.case.person, until_on=None).exists()


def test_a_case_written_down_afterwards_leaves_what_is_recorded(cast: Cast) -> None:
    """The roster knew the activist before the case did."""
    person = newcomer(cast)
    Stage.objects.create(person=person, kind="activist", from_on=date(2023, 5, 1))
    way = Way(cast, begin(cast, person))
    way.walk("introducers")
    assert way.stages() == {"activist": date(2023, 5, 1), "candidate": date(2024, 7, 5)}


# Corrections


def test_another_day_of_a_stage_is_followed_while_nothing_was_built_on_it(way: Way) -> None:
    entry = way.walk("activist-filing")
    assert entry is not None
    actions.correct(entry, done_on=date(2023, 6, 3), reason="日期写错", by=way.own, values=entry.values)
    assert way.stages() == {"applicant": date(2023, 2, 1), "activist": date(2023, 6, 3)}
    rows = Stage.objects.filter(person=way.case.person).order_by("from_on")
    assert [row.until_on for row in rows] == [date(2023, 6, 3), None]


def test_another_day_of_a_stage_that_was_left_since_is_refused(way: Way) -> None:
    way.walk("introducers")
    entry = way.case.entries.get(step="activist")
    with pytest.raises(DomainError):
        actions.correct(entry, done_on=date(2023, 6, 3), reason="日期写错", by=way.own, values=entry.values)


def test_another_contact_person_takes_the_place_of_the_first(way: Way) -> None:
    way.walk("cultivation")
    entry = way.case.entries.get(step="contacts")
    values = {"contacts": [way.cast.people["曾望川"].pk]}
    actions.correct(entry, done_on=entry.done_on, reason="写错人", by=way.own, values=values)
    now = way.case.application.ties.filter(kind="contact", until_on=None)
    assert [tie.person.name for tie in now] == ["曾望川"]


def test_an_effect_is_not_taken_back_by_taking_the_entry_back(way: Way) -> None:
    entry = way.walk("activist-filing")
    assert entry is not None
    with pytest.raises(DomainError):
        actions.take_back(entry, reason="不该登记", by=way.own)
    assert "activist" in way.stages()
