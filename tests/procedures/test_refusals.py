"""What taking a step refuses: wrong people, skipped steps, wrong days, missing papers, wrong counts. Each names the article."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.kit.errors import DomainError
from guben.members.models import Affiliation, Person, Stage
from guben.procedures import actions, errors, queries, standing
from guben.procedures.models import Case, Count, Entry, Held
from tests.cast import BRANCH, NEIGHBOUR_BRANCH, STREET, TOWN, VILLAGE, Cast
from tests.procedures import cases
from tests.procedures.cases import take

pytestmark = pytest.mark.usefixtures("procedures")
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 8)


def hall_at_review(cast: Cast) -> Case:
    case = cases.hall(cast, begun_on=date(2026, 6, 1))
    take(case, "ask", date(2026, 6, 2), cast.secretary, values={"people": 30, "when": date(2026, 6, 20)})
    actions.hand_in(case, "plan", by=cast.secretary, kept_where="文件柜", dated_on=date(2026, 6, 3))
    take(case, "hand-in", date(2026, 6, 3), cast.secretary)
    case.refresh_from_db()
    return case


class TestWho:
    def test_a_stranger_hears_that_there_is_no_such_case(self, cast: Cast) -> None:
        case = cases.hall(cast)
        for stranger in (cast.neighbour, cast.stranger, cast.statistician, cast.administrator):
            with pytest.raises(Http404):
                take(case, "ask", cast.today, stranger)
            with pytest.raises(Http404):
                queries.case_for(stranger, case.pk)

    def test_who_sees_the_case_hears_whose_step_it_is(self, cast: Cast) -> None:
        case = cases.hall(cast)
        for other in (cast.inspector, cases.user(cast, "deputy", "deputy", BRANCH)):
            with pytest.raises(
                errors.WrongPerson, match="第三条：这一步由柳溪村第一党支部的书记、组织委员办"
            ) as refusal:
                take(case, "ask", cast.today, other)
            assert refusal.value.status == 403

    def test_another_role_at_the_unit_is_not_enough(self, cast: Cast) -> None:
        with pytest.raises(errors.WrongPerson):
            take(cases.hall(cast), "ask", cast.today, cases.user(cast, "officer", "discipline_officer", BRANCH))

    def test_the_role_at_another_unit_is_not_enough(self, cast: Cast) -> None:
        with pytest.raises(Http404):
            take(cases.hall(cast), "ask", cast.today, cast.neighbour)
        with pytest.raises(errors.WrongPerson):  # a secretary above is not the branch's secretary
            take(cases.hall(cast), "ask", cast.today, cases.user(cast, "above", "secretary", VILLAGE))

    def test_a_clerk_above_records_for_the_unit_but_never_a_review(self, cast: Cast) -> None:
        case = hall_at_review(cast)
        assert not case.entries.filter(recorded_for_unit=True).exists()
        city_clerk = cases.user(cast, "city-clerk", "clerk", "990000")
        for who in (cast.clerk, city_clerk, cast.organiser):
            with pytest.raises(errors.WrongPerson):
                take(case, "review", date(2026, 6, 9), who, "agreed")
        other = cases.hall(cast)
        entry = take(other, "ask", cast.today, cast.clerk, values={"people": 3, "when": cast.today})
        assert entry.recorded_for_unit
        assert entry.acted_at == cast.branch

    def test_nobody_reviews_what_is_about_oneself(self, cast: Cast) -> None:
        case = cases.voted(cast)
        organiser = cases.town_organiser(cast)
        Case.objects.filter(pk=case.pk).update(person=cast.people["单小禾"])
        Person.objects.filter(user=cast.member).update(user=None)
        Person.objects.filter(pk=cast.people["单小禾"].pk).update(user=organiser)
        cases.to_review(case, cast)
        with pytest.raises(errors.AboutOneself, match="第十六条"):
            take(case, "approve", cast.today, organiser, "agreed")

    def test_the_member_sees_the_own_case_and_takes_only_what_a_rule_leaves_to_her(self, cast: Cast) -> None:
        case = cases.trial(cast)
        assert queries.case_for(cast.member, case.pk) == case
        mentors = {"mentors": [cast.people["邬春桥"].pk]}
        take(case, "name", cast.today, cast.member, values=mentors)
        with pytest.raises(errors.WrongPerson):
            take(case, "vote", cast.today, cast.member, "passed")
        with pytest.raises(errors.WrongPerson):
            actions.hand_in(case, "letter", by=cast.member, kept_where="x")
        other = cases.trial(cast, "仇月初")
        with pytest.raises(Http404):
            take(other, "name", cast.today, cast.member, values=mentors)

    def test_without_a_unit_that_fits_a_sentence_says_so(self, cast: Cast) -> None:
        cast.units[TOWN].kind = "work_committee"
        cast.units[TOWN].save()
        cast.city.kind = "general_branch"
        cast.city.save()
        case = hall_at_review(cast)
        assert case.actor is None
        assert "乡镇党委" in standing.of(case, date(2026, 6, 9)).closed_because
        with pytest.raises(errors.NobodyActs, match="第五条：上级里没有“乡镇党委”"):
            take(case, "review", date(2026, 6, 9), cast.organiser, "agreed")


class TestBegin:
    def test_needs_the_right_at_the_unit(self, cast: Cast) -> None:
        with pytest.raises(Http404):
            actions.begin("hall-use", cast.branch, by=cast.neighbour, title="x")
        with pytest.raises(PermissionDenied):
            actions.begin("hall-use", cast.branch, by=cast.inspector, title="x")
        with pytest.raises(errors.WrongPerson, match="柳溪村第一党支部的书记"):
            actions.begin("hall-use", cast.branch, by=cases.user(cast, "vice", "deputy", BRANCH), title="x")

    def test_only_where_the_rule_allows_it(self, cast: Cast) -> None:
        town = cases.user(cast, "town-secretary", "secretary", TOWN)
        with pytest.raises(errors.NotHere):
            actions.begin("hall-use", cast.town, by=town, title="x")
        with pytest.raises(errors.UnknownProcedure):
            actions.begin("no-such", cast.branch, by=cast.secretary, title="x")

    def test_once_for_a_person(self, cast: Cast) -> None:
        case = cases.trial(cast)
        with pytest.raises(errors.OpenCaseExists, match=case.number) as refusal:
            cases.trial(cast)
        assert refusal.value.case_pk == case.pk
        actions.withdraw(case, "本人不愿意", by=cast.secretary)
        assert cases.trial(cast).number != case.number
        cases.hall(cast)
        cases.hall(cast)  # about a matter: as many as there are

    def test_only_about_people_of_the_unit_who_fit(self, cast: Cast) -> None:
        with pytest.raises(errors.SubjectUnfit):
            cases.trial(cast, "阮新芽")
        with pytest.raises(Http404):
            cases.trial(cast, "苗江月")  # of another town: nobody learns that there is one
        with pytest.raises(errors.SubjectMissing):
            actions.begin("trial", cast.branch, by=cast.secretary)
        with pytest.raises(errors.SubjectNotWanted):
            actions.begin("hall-use", cast.branch, by=cast.secretary, title="x", person=cast.people["邬春桥"])
        with pytest.raises(errors.TitleMissing):
            actions.begin("hall-use", cast.branch, by=cast.secretary, title="  ")

    def test_not_in_the_future(self, cast: Cast) -> None:
        with pytest.raises(errors.InFuture):
            cases.hall(cast, begun_on=cast.today + timedelta(days=1))


class TestOrderAndDays:
    def test_no_step_is_skipped_and_none_taken_twice(self, cast: Cast) -> None:
        case = cases.hall(cast, begun_on=date(2026, 6, 1))
        with pytest.raises(errors.NotItsTurn, match="步骤不能跳过"):
            take(case, "hand-in", date(2026, 6, 3), cast.secretary)
        values = {"people": 30, "when": "2026-06-20"}
        take(case, "ask", date(2026, 6, 2), cast.secretary, values=values)
        with pytest.raises(errors.AlreadyTaken, match="这一步已经登记过"):
            take(case, "ask", date(2026, 6, 2), cast.secretary, values=values)
        with pytest.raises(errors.UnknownStep):
            take(case, "no-such", date(2026, 6, 3), cast.secretary)
        assert case.entries.count() == 1

    def test_a_day_too_early_is_refused_with_the_article_and_the_day(self, cast: Cast) -> None:
        case = hall_at_review(cast)
        with pytest.raises(errors.TooEarly, match="第五条：.*6月5日（周五）开放") as refusal:
            take(case, "review", date(2026, 6, 4), cases.town_organiser(cast), "agreed")
        assert refusal.value.opens_on == date(2026, 6, 5)
        take(case, "review", date(2026, 6, 5), cases.town_organiser(cast), "agreed")

    def test_no_day_in_the_future_and_none_before_the_step_before(self, cast: Cast) -> None:
        case = hall_at_review(cast)
        organiser = cases.town_organiser(cast)
        with pytest.raises(errors.InFuture):
            take(case, "review", cast.today + timedelta(days=1), organiser, "agreed")
        for day in (date(2026, 6, 2), date(2026, 5, 1), date(1949, 10, 1)):
            with pytest.raises((errors.BeforeEarlierStep, errors.TooEarly)):
                take(case, "review", day, organiser, "agreed")

    def test_a_wait_passes_by_itself(self, cast: Cast) -> None:
        case = hall_at_review(cast)
        take(case, "review", date(2026, 6, 9), cases.town_organiser(cast), "agreed")
        for day in (date(2026, 6, 10), date(2026, 6, 11)):
            with pytest.raises(DomainError):
                take(case, "hand-over", day, cast.secretary)
        with pytest.raises(errors.UnknownOutcome):
            take(case, "quiet", date(2026, 6, 11), cast.secretary, "passed")
        take(case, "hand-over", date(2026, 6, 12), cast.secretary)

    def test_late_is_never_refused_and_stays_visible(self, cast: Cast) -> None:
        case = hall_at_review(cast)
        entry = take(case, "review", date(2026, 6, 15), cases.town_organiser(cast), "agreed")
        assert entry.days_late == 5

    def test_an_ended_case_takes_nothing_more(self, cast: Cast) -> None:
        case = hall_at_review(cast)
        organiser = cases.town_organiser(cast)
        take(case, "review", date(2026, 6, 9), organiser, "refused", reason="场地在修")
        case.refresh_from_db()
        assert case.ended_as == "refused"
        for act in (
            lambda: take(case, "review", date(2026, 6, 9), organiser, "agreed"),
            lambda: actions.hand_in(case, "plan", by=cast.secretary, kept_where="x"),
            lambda: actions.withdraw(case, "x", by=cast.secretary),
            lambda: actions.hold(case, "x", until_on=date(2026, 7, 30), by=cast.secretary),
        ):
            with pytest.raises(errors.CaseEnded):
                act()

    def test_a_return_keeps_everything_and_goes_back(self, cast: Cast) -> None:
        case = hall_at_review(cast)
        organiser = cases.town_organiser(cast)
        with pytest.raises(errors.ReasonMissing, match="第五条"):
            take(case, "review", date(2026, 6, 9), organiser, "returned", reason="  ")
        take(case, "review", date(2026, 6, 9), organiser, "returned", reason="人数写错")
        case.refresh_from_db()
        assert (case.step, case.actor) == ("hand-in", cast.branch)
        take(case, "hand-in", date(2026, 6, 10), cast.secretary)
        take(case, "review", date(2026, 6, 15), organiser, "agreed")
        assert case.entries.count() == 5


class TestValuesAndPapers:
    def test_wrong_values_are_refused_one_by_one(self, cast: Cast) -> None:
        case = cases.hall(cast)
        right = {"people": "30", "when": "2026-07-20"}
        for wrong in (
            {"people": ""}, {"people": "0"}, {"people": "201"}, {"people": "viele"}, {"people": "9" * 400},
            {"people": None}, {"when": "20.7.2026"}, {"when": ""}, {"when": "0001-01-01"}, {"other": "x"},
        ):  # fmt: skip
            with pytest.raises((errors.FieldMissing, errors.FieldWrong, errors.UnknownField)):
                take(case, "ask", cast.today, cast.secretary, values={**right, **wrong})
        entry = take(case, "ask", cast.today, cast.secretary, values=right)
        assert entry.values == {"people": 30, "when": "2026-07-20"}

    def test_people_named_are_known_fit_and_others(self, cast: Cast) -> None:
        case = cases.trial(cast)
        for wrong in (
            [],
            [cast.people["单小禾"].pk],  # the person it is about
            [cast.people["阮新芽"].pk],  # not a full member
            [cast.people["苗江月"].pk],  # somebody of another town
            [10**9],
            ["x"],
            [True],
            [cast.people[name].pk for name in ("柏守田", "邬春桥", "敖石匠")],
        ):
            with pytest.raises((errors.FieldMissing, errors.FieldWrong)):
                take(case, "name", cast.today, cast.secretary, values={"mentors": wrong})
        assert not Entry.objects.filter(case=case).exists()

    def test_a_missing_paper_is_named(self, cast: Cast) -> None:
        case = cases.hall(cast)
        take(case, "ask", cast.today, cast.secretary, values={"people": 3, "when": cast.today})
        with pytest.raises(errors.PaperMissing, match="第四条：还缺材料：活动方案"):
            take(case, "hand-in", cast.today, cast.secretary)
        assert [lack.key for lack in standing.of(case, cast.today).missing] == ["plan"]

    def test_an_unknown_effect_is_refused(self, cast: Cast) -> None:
        from guben.procedures import effects

        with pytest.raises(errors.NoSuchEffect):
            effects.find("conquer-the-world")


class TestVotes:
    def test_passed_by_two_tellers_who_agree(self, cast: Cast) -> None:
        case = cases.voted(cast)
        entry = case.entries.get(step="vote")
        assert entry.meeting_id
        assert entry.values["vote"]["in_favour"] == 6
        assert Count.objects.filter(entry=entry).count() == 2
        assert case.step == "notice"

    def test_a_quorum_one_short(self, cast: Cast) -> None:
        """Six are entitled: more than half are four."""
        case = cases.named(cast)
        at = cases.meeting(cast, APRIL, absent=("敖石匠", "邬春桥", "柏守田"))
        with pytest.raises(errors.QuorumMissing, match="第九条：.*至少要到4人，实到3人"):
            take(case, "vote", APRIL, cast.secretary, "passed", meeting=at)
        with pytest.raises(errors.QuorumMissing):
            take(case, "vote", APRIL, cast.secretary, "failed", meeting=at)

    def test_exactly_half_in_favour_is_one_short(self, cast: Cast) -> None:
        case = cases.named(cast)
        at = cases.meeting(cast, APRIL, absent=("敖石匠",))
        cases.counted(case, cast, at, votes=(3, 2, 0, 0))
        with pytest.raises(errors.MajorityMissing, match="第九条：.*按6人算至少要4票，得3票"):
            take(case, "vote", APRIL, cast.secretary, "passed", meeting=at)
        take(case, "vote", APRIL, cast.secretary, "failed", meeting=at)
        case.refresh_from_db()
        assert case.ended_as == "failed"

    def test_a_majority_is_not_called_failed(self, cast: Cast) -> None:
        case = cases.named(cast)
        at = cases.meeting(cast, APRIL)
        cases.counted(case, cast, at, votes=(4, 2, 0, 0))
        with pytest.raises(errors.MajorityReached):
            take(case, "vote", APRIL, cast.secretary, "failed", meeting=at)
        take(case, "vote", APRIL, cast.secretary, "passed", meeting=at)

    def test_the_meeting_is_the_units_own_of_the_right_form_on_that_day(self, cast: Cast) -> None:
        case = cases.named(cast)
        with pytest.raises(errors.MeetingMissing, match="第九条"):
            take(case, "vote", APRIL, cast.secretary, "passed")
        foreign = cast.meetings[-1]
        committee = cases.meeting(cast, APRIL, form="committee")
        for wrong in (foreign, committee):
            with pytest.raises(errors.WrongMeeting):
                take(case, "vote", APRIL, cast.secretary, "passed", meeting=wrong)
        at = cases.meeting(cast, date(2026, 4, 9))
        with pytest.raises(errors.OtherDay):
            take(case, "vote", APRIL, cast.secretary, "passed", meeting=at)

    def test_counts_must_be_there_and_agree(self, cast: Cast) -> None:
        case = cases.named(cast)
        at = cases.meeting(cast, APRIL)
        with pytest.raises(errors.CountsMissing):
            take(case, "vote", APRIL, cast.secretary, "passed", meeting=at)
        first = count(case, cast, at, "邬春桥", (6, 0, 0, 0))
        assert first.agrees is None
        with pytest.raises(errors.CountsMissing):
            take(case, "vote", APRIL, cast.secretary, "passed", meeting=at)
        second = count(case, cast, at, "曾望川", (5, 1, 0, 0))
        assert second.agrees is False
        assert not Count.objects.filter(set_aside_at=None).exists()
        with pytest.raises(errors.CountsMissing):
            take(case, "vote", APRIL, cast.secretary, "passed", meeting=at)
        cases.counted(case, cast, at)
        take(case, "vote", APRIL, cast.secretary, "passed", meeting=at)
        assert Count.objects.count() == 4

    def test_counts_that_contradict_each_other(self, cast: Cast) -> None:
        case = cases.named(cast)
        at = cases.meeting(cast, APRIL, absent=("敖石匠",))
        for cast_votes, votes in (
            (6, (6, 0, 0, 0)),
            (5, (4, 0, 0, 0)),
            (5, (5, 1, 0, 0)),
            (5, (6, -1, 0, 0)),
            (-1, (0, 0, 0, 0)),
        ):
            with pytest.raises(errors.CountWrong, match="第九条"):
                count(case, cast, at, "邬春桥", votes, cast_votes=cast_votes)
        assert not Count.objects.exists()

    def test_tellers_were_there_and_are_not_the_candidate(self, cast: Cast) -> None:
        case = cases.named(cast)
        at = cases.meeting(cast, APRIL, absent=("敖石匠",))
        for teller in ("单小禾", "敖石匠", "俞大坝", "苗江月"):
            with pytest.raises(errors.TellerUnfit):
                count(case, cast, at, teller, (5, 0, 0, 0))

    def test_one_teller_alone_does_not_make_two(self, cast: Cast) -> None:
        case = cases.named(cast)
        at = cases.meeting(cast, APRIL)
        count(case, cast, at, "邬春桥", (6, 0, 0, 0))
        again = count(case, cast, at, "邬春桥", (6, 0, 0, 0))
        assert again.agrees is None
        with pytest.raises(errors.CountsMissing):
            take(case, "vote", APRIL, cast.secretary, "passed", meeting=at)

    def test_a_meeting_that_carries_a_vote_stays(self, cast: Cast) -> None:
        from guben.meetings import actions as meetings
        from guben.meetings.errors import InUse

        case = cases.voted(cast)
        at = case.entries.get(step="vote").meeting
        assert at is not None
        with pytest.raises(InUse, match=case.number):
            meetings.withdraw(at, "记错", by=cast.secretary)


def count(case: Case, cast: Cast, at, teller: str, votes, *, cast_votes: int | None = None) -> actions.CountResult:  # type: ignore[no-untyped-def]
    numbers = dict(zip(("in_favour", "against", "abstained", "invalid"), votes, strict=True))
    total = sum(votes) if cast_votes is None else cast_votes
    return actions.count(case, "vote", meeting=at, teller=cast.people[teller], cast=total, by=cast.secretary, **numbers)


class TestNotices:
    def test_the_result_opens_after_five_working_days(self, cast: Cast) -> None:
        case = cases.voted(cast)
        with pytest.raises(errors.NoticeMissing, match="第十三条"):
            take(case, "notice", date(2026, 4, 9), cast.secretary, "clear")
        with pytest.raises(errors.PlacesMissing):
            take(case, "notice", date(2026, 4, 9), cast.secretary, "posted")
        entry = take(case, "notice", date(2026, 4, 9), cast.secretary, "posted", values={"places": ["村务公开栏"]})
        assert entry.notice is not None
        assert ["姓名", "单小禾"] in entry.notice.lines
        assert entry.notice.title == "培养试验"
        assert entry.notice.source.endswith("第十三条")
        assert ["出生年月", "1994-08"] in entry.notice.lines
        assert ["联系人", "邬春桥"] in entry.notice.lines
        with pytest.raises(errors.NoticeHangsAlready):
            take(case, "notice", date(2026, 4, 9), cast.secretary, "posted", values={"places": ["村务公开栏"]})
        case.refresh_from_db()
        assert case.opens_on == date(2026, 4, 16)
        with pytest.raises(errors.NoticeHanging, match="第十三条：公示不少于5个工作日，4月16日（周四）开放"):
            take(case, "notice", date(2026, 4, 15), cast.secretary, "clear")
        take(case, "notice", date(2026, 4, 16), cast.secretary, "clear")
        case.refresh_from_db()
        assert case.step == "training"

    def test_an_open_objection_holds_the_result_and_an_upheld_one_decides_it(self, cast: Cast) -> None:
        from guben.publication import actions as publication

        officer = cases.user(cast, "officer", "discipline_officer", BRANCH)
        cases.set_day(date(2026, 4, 9))
        case = cases.voted(cast)
        entry = take(case, "notice", date(2026, 4, 9), cast.secretary, "posted", values={"places": ["村务公开栏"]})
        assert entry.notice is not None
        cases.set_day(date(2026, 4, 14))
        received = publication.receive_objection(entry.notice, text="有不同意见", way="letter", by=officer)
        cases.set_day(date(2026, 4, 16))
        with pytest.raises(errors.ObjectionOpen, match="第十三条：还有1条反映没有处理"):
            take(case, "notice", date(2026, 4, 16), cast.secretary, "clear")
        with pytest.raises(errors.NothingUpheld):
            take(case, "notice", date(2026, 4, 16), cast.secretary, "upheld", reason="x")
        publication.decide_objection(received.objection, finding="upheld", answer="属实", by=officer)
        with pytest.raises(errors.ObjectionUpheld):
            take(case, "notice", date(2026, 4, 16), cast.secretary, "clear")
        take(case, "notice", date(2026, 4, 16), cast.secretary, "upheld", reason="反映属实")
        case.refresh_from_db()
        assert case.ended_as == "upheld"


class TestTrainingExaminationReview:
    def test_training_must_be_long_enough(self, cast: Cast) -> None:
        case = cases.noticed(cast)
        for values in ({}, {"days": 2}, {"hours": 23}, {"days": "x"}, {"days": -3}):
            with pytest.raises((errors.TrainingTooShort, errors.CountWrong), match="第十四条"):
                take(case, "training", date(2026, 4, 20), cast.secretary, values=values)
        take(case, "training", date(2026, 4, 20), cast.secretary, values={"hours": 24})

    def test_an_examination_is_repeated_before_it_goes_on(self, cast: Cast) -> None:
        case = cases.noticed(cast)
        take(case, "training", date(2026, 4, 20), cast.secretary, values={"days": 3})
        with pytest.raises(DomainError):
            take(case, "look", date(2026, 5, 25), cast.secretary, "ready")
        take(case, "look", date(2026, 5, 10), cast.secretary, "kept")
        with pytest.raises(errors.AlreadyTaken):
            take(case, "look", date(2026, 5, 10), cast.secretary, "kept")
        with pytest.raises(errors.TooEarly, match="第十五条"):
            take(case, "look", date(2026, 5, 12), cast.secretary, "ready")
        take(case, "look", date(2026, 5, 25), cast.secretary, "ready")
        case.refresh_from_db()
        assert (case.step, case.actor, case.due_on) == ("approve", cast.town, date(2026, 6, 25))

    def test_an_extension_is_given_once(self, cast: Cast) -> None:
        case, organiser = cases.voted(cast), cases.town_organiser(cast)
        cases.to_review(case, cast)
        take(case, "approve", date(2026, 6, 1), organiser, "extended", reason="再看看")
        with pytest.raises(errors.OnceOnly, match="第十六条"):
            take(case, "approve", date(2026, 6, 2), organiser, "extended", reason="再看看")
        take(case, "approve", date(2026, 6, 2), organiser, "returned", reason="材料不全")
        case.refresh_from_db()
        assert case.step == "look"


class TestHolds:
    def test_a_held_case_waits_and_goes_on_by_itself(self, cast: Cast) -> None:
        case = hall_at_review(cast)
        organiser = cases.town_organiser(cast)
        for until in (cast.today, date(2099, 1, 1)):
            with pytest.raises(errors.HoldTooLong):
                actions.hold(case, "查举报", until_on=until, by=organiser)
        with pytest.raises(errors.WrongPerson):
            actions.hold(case, "查举报", until_on=date(2026, 7, 10), by=cast.inspector)
        actions.hold(case, "查举报", until_on=date(2026, 7, 10), by=organiser)
        with pytest.raises(errors.CaseHeld, match="查举报"):
            take(case, "review", date(2026, 6, 20), organiser, "agreed")
        with pytest.raises(errors.CaseHeld):
            actions.hold(case, "再停", until_on=date(2026, 7, 20), by=organiser)
        assert Held.objects.get(case=case).ended_on is None
        cases.set_day(date(2026, 7, 10))
        take(case, "review", date(2026, 7, 10), organiser, "agreed")

    def test_released_by_hand(self, cast: Cast) -> None:
        case, organiser = hall_at_review(cast), cases.town_organiser(cast)
        with pytest.raises(errors.NotHeld):
            actions.release(case, "查清了", by=organiser)
        actions.hold(case, "查举报", until_on=date(2026, 7, 10), by=organiser)
        with pytest.raises(errors.ReasonMissing):
            actions.release(case, " ", by=organiser)
        actions.release(case, "查清了", by=organiser)
        take(case, "review", cast.today, organiser, "agreed")


def test_the_person_who_leaves_does_not_take_the_case_away(cast: Cast) -> None:
    case = cases.named(cast)
    Affiliation.objects.filter(person=case.person).update(until_on=date(2026, 4, 1))
    Stage.objects.filter(person=case.person, until_on=None).update(until_on=date(2026, 4, 1))
    assert queries.case_for(cast.secretary, case.pk) == case
    assert standing.of(case, cast.today).current is not None
    assert "不属于任何组织" in standing.person_note(case, cast.today)
    Affiliation.objects.create(person=case.person, organisation=cast.neighbour_branch, from_on=date(2026, 4, 1))
    assert "滨河社区第一党支部" in standing.person_note(case, cast.today)
    Stage.objects.create(person=case.person, kind="ended", from_on=date(2026, 4, 1))
    assert "不再是党员" in standing.person_note(case, cast.today)


def test_cases_are_seen_where_the_right_reaches(cast: Cast) -> None:
    case = cases.hall(cast)
    for who in (cast.secretary, cast.clerk, cast.organiser, cast.inspector):
        assert list(queries.cases_for(who)) == [case]
    street = cases.user(cast, "street", "organiser", STREET)
    for who in (cast.member, cast.neighbour, cast.stranger, cast.auditor, street):
        assert not queries.cases_for(who).exists()
    Case.objects.filter(pk=case.pk).update(host=cast.units[NEIGHBOUR_BRANCH])
    assert list(queries.cases_for(cases.again(cast.neighbour))) == [case]
