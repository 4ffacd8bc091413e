from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from guben.access.models import Grant
from guben.duties import queries
from guben.duties.queries import DutyItem
from guben.duties.states import State
from guben.meetings.actions import record_meeting
from guben.meetings.models import Meeting
from guben.members.models import Affiliation, Holding
from guben.organisations.actions import dissolve, found, keep_from, move
from guben.organisations.models import Organisation
from tests.cast import BRANCH, CITY, OTHER_VILLAGE, TODAY, TOWN, VILLAGE, Cast, hold
from tests.command import guben

pytestmark = pytest.mark.usefixtures("rules")
MEETING, COMMITTEE, THEME_DAY = "branch-member-meeting", "branch-committee-meeting", "theme-day"
Q1, Q2 = "2026-Q1", "2026-Q2"


def item(unit: Organisation, rule: str, period: str, on: date = TODAY, **more: object) -> DutyItem | None:
    found = [
        one
        for one in queries.items([unit], on, **more)
        if (one.duty.key, one.period.label) == (rule, period)  # type: ignore[arg-type]
    ]
    assert len(found) <= 1
    return found[0] if found else None


def told(at: str, rule: str, period: str, *more: object) -> dict[str, object] | None:
    """The same from the command line."""
    items = guben("due", "--at", at, "--json", *more).document["items"]
    found = [one for one in items if (one["unit"], one["rule"], one["period"]) == (at, rule, period)]
    assert len(found) <= 1
    return found[0] if found else None


ABSENT = ("牟青山", "麻二妹", "桑满仓")  # three of the five in OTHER_VILLAGE


def test_a_meeting_below_its_quorum_does_not_fulfil_its_duty(cast: Cast) -> None:
    short = hold(cast, cast.other_village, "member_meeting", date(2026, 3, 20), by=cast.clerk, absent=ABSENT)

    owed = item(cast.other_village, MEETING, Q1)
    assert owed is not None
    assert (owed.state, owed.records, owed.falls_short) == (State.LATE, (), (short.pk,))
    assert "不到应到的一半" in owed.reason
    answer = told(OTHER_VILLAGE, MEETING, Q1)
    assert answer is not None
    assert (answer["state"], answer["records"], answer["falls_short"]) == ("late", [], [str(short.pk)])


def test_the_same_meeting_recorded_again_with_a_quorum_fulfils_it(cast: Cast) -> None:
    hold(cast, cast.other_village, "member_meeting", date(2026, 3, 20), by=cast.clerk, absent=ABSENT)
    good = hold(cast, cast.other_village, "member_meeting", date(2026, 3, 27), by=cast.clerk, absent=ABSENT[:2])

    owed = item(cast.other_village, MEETING, Q1)
    assert owed is not None
    assert (owed.state, owed.records, owed.held_on, owed.reason) == (State.DONE, (good.pk,), date(2026, 3, 27), "")
    assert told(OTHER_VILLAGE, MEETING, Q1)["records"] == [str(good.pk)]  # type: ignore[index]


def test_exactly_half_is_a_quorum(cast: Cast) -> None:
    names = ("俞大坝", "葛铁蛋")  # two of four
    hold(cast, cast.small_branch, "member_meeting", date(2026, 3, 20), by=cast.clerk, absent=names)

    owed = item(cast.small_branch, MEETING, Q1)
    assert owed is not None
    assert owed.state == State.DONE


def test_a_withdrawn_meeting_fulfils_nothing(cast: Cast) -> None:
    assert item(cast.branch, MEETING, Q1).state == State.DONE  # type: ignore[union-attr]

    Meeting.objects.filter(held_on=date(2026, 3, 18)).update(withdrawn_at="2026-03-19T00:00Z")

    assert item(cast.branch, MEETING, Q1).state == State.LATE  # type: ignore[union-attr]


def test_a_branch_of_four_or_five_owes_no_committee_meeting_and_says_why(cast: Cast) -> None:
    owed = item(cast.small_branch, COMMITTEE, "2026-05")
    assert owed is not None
    assert (owed.state, owed.reason, owed.is_owed) == (State.EXEMPT, "本支部不设支部委员会。", False)
    answer = told(OTHER_VILLAGE, COMMITTEE, "2026-05")
    assert answer is not None
    assert (answer["state"], answer["reason"]) == ("exempt", "本支部不设支部委员会。")
    assert item(cast.branch, COMMITTEE, "2026-06").state == State.DUE  # type: ignore[union-attr]


def test_a_unit_founded_last_week_owes_nothing_for_this_or_last_quarter(cast: Cast) -> None:
    new = found(
        parent=cast.village, by=cast.operator, code="99000010120109", name="中共柳溪村第九支部委员会",
        short_name="柳溪村第九党支部", kind="branch", field="rural", founded_on=date(2026, 6, 23),
        kept_from=date(2026, 6, 23),
    )  # fmt: skip

    found_items = queries.items([new], TODAY)
    assert item(new, MEETING, Q1) is None
    assert {one.state for one in found_items} == {State.EXEMPT}
    assert "还没有成立" in item(new, MEETING, Q2).reason  # type: ignore[union-attr]
    answer = guben("due", "--at", new.code, "--json").document["items"]
    assert {one["state"] for one in answer} == {"exempt"}
    assert not [one for one in answer if one["period"] == Q1]


def test_a_branch_whose_records_are_not_kept_is_never_late(cast: Cast) -> None:
    keep_from(cast.other_village, day=None, by=cast.operator)
    cast.other_village.refresh_from_db()

    states = {one.state for one in queries.items([cast.other_village], TODAY)}
    assert State.LATE not in states
    assert State.NOT_KEPT in states
    assert told(OTHER_VILLAGE, MEETING, Q1)["state"] == "not_kept"  # type: ignore[index]


def test_before_the_day_from_which_records_are_kept_nothing_is_late(cast: Cast) -> None:
    keep_from(cast.other_village, day=date(2026, 4, 1), by=cast.operator)
    cast.other_village.refresh_from_db()

    assert item(cast.other_village, MEETING, Q1).state == State.NOT_KEPT  # type: ignore[union-attr]
    assert item(cast.other_village, MEETING, Q2).state == State.DUE  # type: ignore[union-attr]


def test_a_meeting_that_makes_up_for_a_past_quarter_is_done_late(cast: Cast) -> None:
    made_up = record_meeting(
        cast.other_village, "member_meeting", date(2026, 4, 9), "补开一季度的会", by=cast.clerk,
        makes_up_on=date(2026, 3, 31),
    )  # fmt: skip

    owed = item(cast.other_village, MEETING, Q1)
    assert owed is not None
    assert (owed.state, owed.records, owed.held_on) == (State.DONE_LATE, (made_up.pk,), date(2026, 4, 9))
    assert item(cast.other_village, MEETING, Q2).state == State.DUE  # type: ignore[union-attr]
    assert told(OTHER_VILLAGE, MEETING, Q1)["state"] == "done_late"  # type: ignore[index]


def test_a_late_entry_says_how_many_days_late_it_was_entered(cast: Cast) -> None:
    owed = item(cast.branch, COMMITTEE, "2026-05")
    assert owed is not None
    assert (owed.state, owed.recorded_after_days) == (State.DONE, 23)
    assert told(BRANCH, COMMITTEE, "2026-05")["recorded_after_days"] == 23  # type: ignore[index]


def test_on_an_earlier_day_the_duty_was_still_open(cast: Cast) -> None:
    assert item(cast.branch, MEETING, Q1, on=date(2026, 3, 17)).state == State.DUE  # type: ignore[union-attr]
    assert item(cast.branch, MEETING, Q1, on=date(2026, 3, 18)).state == State.DONE  # type: ignore[union-attr]


LOCAL = """
[rulebook]
key        = "town-days"
title      = {{ zh = "本镇规定", en = "Our town" }}
issued-by  = "{issuer}"
source     = "镇党委〔2026〕3号"
confidence = "verified"
from       = 2018-01-01

[[duty]]
key        = "{key}"
title      = {{ zh = "镇里的学习日", en = "The town's study day" }}
who        = "kind = 'branch'"
every      = "quarter"
evidence.record = "meeting"
evidence.is     = "form = 'theme_day'"
answerable = "secretary"
"""


def rules_file(folder: Path, text: str = LOCAL, issuer: str = TOWN, key: str = "town-study-day") -> Path:
    file = folder / f"{key}.toml"
    file.write_text(text.format(issuer=issuer, key=key), encoding="utf-8")
    return file


def owing_units(file: Path, on: date, at: str = CITY, period: str = Q1) -> set[str]:
    items = guben("due", "--at", at, "--below", "--on", on, "--rules", file, "--json").document["items"]
    return {one["unit"] for one in items if (one["rule"], one["period"]) == ("town-study-day", period)}


def test_a_towns_rule_holds_in_its_own_subtree_only(cast: Cast, tmp_path: Path) -> None:
    assert owing_units(rules_file(tmp_path), TODAY) == {BRANCH, "99000010120102", OTHER_VILLAGE}


def test_a_lower_organisation_may_not_reuse_a_superiors_key(cast: Cast, tmp_path: Path) -> None:
    file = rules_file(tmp_path, key="theme-day")

    answer = guben("rules", "check", file)

    assert answer.code == 1
    assert answer.out.startswith(f"{file}:10:1: ")
    assert "already used by 'national'" in answer.out
    assert guben("due", "--at", BRANCH, "--rules", file).code == 1


def test_a_moved_unit_is_bound_by_the_rules_of_the_place_where_it_stood(cast: Cast, tmp_path: Path) -> None:
    file = rules_file(tmp_path)
    move(cast.other_village, parent=cast.street, effective_on=date(2026, 5, 1), by=cast.operator)

    assert OTHER_VILLAGE in owing_units(file, TODAY, period=Q1)
    assert OTHER_VILLAGE not in owing_units(file, TODAY, period=Q2)


def test_a_moved_unit_counts_below_the_unit_under_which_it_stood_on_the_day(cast: Cast) -> None:
    move(cast.other_village, parent=cast.street, effective_on=date(2026, 5, 1), by=cast.operator)

    def below(at: str, on: str) -> set[str]:
        return {one["unit"] for one in guben("due", "--at", at, "--below", "--on", on, "--json").document["items"]}

    assert OTHER_VILLAGE in below(TOWN, "2026-04-30")
    assert OTHER_VILLAGE not in below("990000102", "2026-04-30")
    assert OTHER_VILLAGE not in below(TOWN, "2026-05-01")
    assert OTHER_VILLAGE in below("990000102", "2026-05-01")


def test_the_summary_of_the_level_below_counts_a_moved_unit_where_it_stood(cast: Cast) -> None:
    move(cast.other_village, parent=cast.street, effective_on=date(2026, 5, 1), by=cast.operator)
    cast.town.refresh_from_db()

    def codes(on: date) -> list[str]:
        return [row.child.code for row in queries.summary_below(cast.town, on)]

    assert codes(date(2026, 4, 30)) == [VILLAGE, OTHER_VILLAGE]
    assert codes(date(2026, 5, 1)) == [VILLAGE]
    city = {row.child.code: row.units for row in queries.summary_below(cast.city, date(2026, 4, 30))}
    assert city == {TOWN: 5, "990000102": 3}


def test_the_summary_of_the_level_below_adds_up_to_the_items(cast: Cast) -> None:
    rows = queries.summary_below(cast.city, TODAY)
    items = queries.items([unit for code, unit in cast.units.items() if code != CITY], TODAY)

    assert sum(row.owed for row in rows) == sum(one.is_owed for one in items)
    assert sum(row.late for row in rows) == sum(one.state == State.LATE for one in items) > 0
    assert sum(row.units for row in rows) == len(cast.units) - 1


def test_a_dissolved_unit_owes_nothing_more(cast: Cast) -> None:
    Affiliation.objects.filter(organisation=cast.small_branch).update(until_on=date(2026, 4, 20))
    Holding.objects.filter(post__organisation=cast.small_branch).update(until_on=date(2026, 4, 20))
    assert item(cast.small_branch, MEETING, Q1).state == State.LATE  # type: ignore[union-attr]
    dissolve(cast.small_branch, effective_on=date(2026, 5, 1), by=cast.operator)
    cast.small_branch.refresh_from_db()

    owed = [one for one in queries.items([cast.small_branch], TODAY) if one.is_owed]
    assert {one.period.ends_on >= date(2026, 5, 1) for one in owed} == {False}
    assert guben("due", "--at", cast.small_branch.code).code == 1


EDITIONS = """
[rulebook]
key        = "changing"
title      = { zh = "改过的规定", en = "A changed rule" }
issued-by  = "national"
source     = "示例"
confidence = "verified"

[[duty]]
key        = "study"
edition    = "旧版"
title      = { zh = "学习", en = "Study" }
who        = "kind = 'branch'"
every      = "quarter"
evidence.record = "meeting"
evidence.is     = "form = 'member_meeting'"
answerable = "secretary"
from       = 2020-01-01
until      = 2026-04-01

[[duty]]
key        = "study"
edition    = "新版"
title      = { zh = "学习", en = "Study" }
who        = "kind = 'branch'"
every      = "month"
evidence.record = "meeting"
evidence.is     = "form = 'member_meeting'"
evidence.where  = "present >= 7"
answerable = "secretary"
from       = 2026-04-01
"""


def test_the_edition_changes_in_mid_year_and_each_period_keeps_its_own(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "changing.toml"
    file.write_text(EDITIONS, encoding="utf-8")

    items = guben("due", "--at", BRANCH, "--rules", file, "--json").document["items"]

    study = {one["period"]: (one["edition"], one["state"]) for one in items if one["rule"] == "study"}
    assert study == {
        Q1: ("旧版", "done"),
        "2026-04": ("新版", "late"),
        "2026-05": ("新版", "late"),  # six present, and the new edition asks for seven
        "2026-06": ("新版", "due"),
    }


def test_the_number_of_queries_does_not_grow_with_the_units(cast: Cast, django_assert_max_num_queries: object) -> None:
    queries.items([cast.branch], TODAY)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        queries.items(list(cast.units.values()), TODAY)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        queries.summary_below(cast.city, TODAY)


def test_more_units_than_fit_in_a_list_of_ids_get_the_same_answer(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    units = list(cast.units.values())
    move(cast.other_village, parent=cast.street, effective_on=date(2026, 5, 1), by=cast.operator)
    units = [Organisation.objects.get(pk=unit.pk) for unit in units]
    expected = [(one.unit.code, one.duty.key, one.period.label, one.state) for one in queries.items(units, TODAY)]
    below = [one for one in units if one.code.startswith("990000102") or one.code == OTHER_VILLAGE]
    few = queries.items(below, TODAY)

    monkeypatch.setattr("guben.rulebook.live.MOST_IDS", 1)

    assert [(o.unit.code, o.duty.key, o.period.label, o.state) for o in queries.items(units, TODAY)] == expected
    assert queries.items(below, TODAY) == few


def test_who_may_not_see_a_unit_is_told_that_there_is_none(cast: Cast) -> None:
    answer = guben("--as", "stranger", "due", "--at", TOWN)

    assert (answer.code, answer.out) == (1, "")
    assert "There is no unit with the code" in answer.err
    Grant.objects.create(user=cast.stranger, role="clerk", organisation=cast.town, from_on=date(2026, 1, 1))
    assert guben("due", "--at", TOWN, "--as", "stranger").code == 0
