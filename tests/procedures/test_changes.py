"""Corrections, withdrawals, papers: nothing is lost, and nothing is made wrong by putting something right."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.http import Http404

from guben.audit.models import Entry as History
from guben.procedures import actions, effects, errors, papers, queries, storage
from guben.procedures.models import Case, Entry, Paper
from tests.cast import Cast
from tests.procedures import cases
from tests.procedures.cases import take

pytestmark = pytest.mark.usefixtures("procedures")
PDF = b"%PDF-1.7 something"


@pytest.fixture(autouse=True)
def _files_of_this_test(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path / "files"


def hall(cast: Cast) -> Case:
    case = cases.hall(cast, begun_on=date(2026, 6, 1))
    take(case, "ask", date(2026, 6, 2), cast.secretary, values={"people": 30, "when": date(2026, 6, 20)})
    actions.hand_in(case, "plan", by=cast.secretary, kept_where="文件柜", dated_on=date(2026, 6, 3))
    take(case, "hand-in", date(2026, 6, 3), cast.secretary)
    return case


def entry_of(case: Case, step: str) -> Entry:
    return case.entries.filter(step=step).latest("number")


class TestCorrections:
    def test_other_values_take_the_place_of_the_first(self, cast: Cast) -> None:
        case = hall(cast)
        old = entry_of(case, "ask")
        new = actions.correct(old, values={"people": 50, "when": "2026-06-21"}, reason="写错", by=cast.secretary)
        assert new.corrects == old
        assert new.number == 3
        assert Entry.objects.get(pk=old.pk).values["people"] == 30
        case.refresh_from_db()
        assert case.step == "review"
        with pytest.raises(errors.NothingToCorrect):
            actions.correct(old, values={"people": 60, "when": "2026-06-21"}, reason="再改", by=cast.secretary)
        actions.correct(new, values={"people": 60, "when": "2026-06-21"}, reason="再改", by=cast.secretary)
        assert Case.objects.get(pk=case.pk).entries.count() == 4

    def test_a_day_after_which_a_later_step_would_be_wrong(self, cast: Cast) -> None:
        case = hall(cast)
        with pytest.raises(errors.LaterStepsHang, match="交方案"):
            actions.correct(entry_of(case, "ask"), done_on=date(2026, 6, 5), reason="x", by=cast.secretary)
        with pytest.raises(errors.BeforeEarlierStep):
            actions.correct(entry_of(case, "hand-in"), done_on=date(2026, 6, 1), reason="x", by=cast.secretary)
        with pytest.raises(errors.InFuture):
            actions.correct(entry_of(case, "hand-in"), done_on=date(2026, 12, 1), reason="x", by=cast.secretary)
        actions.correct(entry_of(case, "hand-in"), done_on=date(2026, 6, 8), reason="x", by=cast.secretary)
        case.refresh_from_db()
        assert case.due_on == date(2026, 6, 15)

    def test_the_review_opens_later_after_a_later_day(self, cast: Cast) -> None:
        case = hall(cast)
        take(case, "review", date(2026, 6, 9), cases.town_organiser(cast), "agreed")
        with pytest.raises(errors.LaterStepsHang, match="审核"):
            actions.correct(entry_of(case, "hand-in"), done_on=date(2026, 6, 8), reason="x", by=cast.secretary)

    def test_another_outcome_opens_an_ended_case_again(self, cast: Cast) -> None:
        case, organiser = hall(cast), cases.town_organiser(cast)
        take(case, "review", date(2026, 6, 9), organiser, "refused", reason="没有场地")
        entry = entry_of(case, "review")
        with pytest.raises(errors.WrongPerson):
            actions.correct(entry, outcome="agreed", reason="看错了", by=cast.secretary)
        with pytest.raises(errors.ReasonMissing):
            actions.correct(entry, outcome="agreed", reason=" ", by=organiser)
        with pytest.raises(errors.UnknownOutcome):
            actions.correct(entry, outcome="perhaps", reason="x", by=organiser)
        actions.correct(entry, outcome="agreed", reason="看错了", by=organiser)
        case.refresh_from_db()
        assert (case.step, case.ended_on) == ("hand-over", None)

    def test_an_effect_that_cannot_be_followed_stays(self, cast: Cast) -> None:
        case = hall(cast)
        take(case, "review", date(2026, 6, 9), cases.town_organiser(cast), "agreed")
        take(case, "hand-over", date(2026, 6, 12), cast.secretary)
        entry = entry_of(case, "hand-over")
        with pytest.raises(errors.EffectStays):
            actions.correct(entry, done_on=date(2026, 6, 15), reason="x", by=cast.secretary)
        with pytest.raises(errors.EffectStays):
            actions.take_back(entry, reason="x", by=cast.secretary)
        followed: list[date] = []
        effects.register(
            "test-handed-over",
            lambda case, entry, by: None,
            None,
            lambda case, old, new, by: followed.append(new.done_on),
        )
        actions.correct(entry, done_on=date(2026, 6, 15), reason="x", by=cast.secretary)
        assert followed == [date(2026, 6, 15)]
        case.refresh_from_db()
        assert case.ended_on == date(2026, 6, 15)

    def test_the_last_entry_is_taken_back_and_its_paper_stays(self, cast: Cast) -> None:
        case = hall(cast)
        with pytest.raises(errors.OnlyTheLast):
            actions.take_back(entry_of(case, "ask"), reason="x", by=cast.secretary)
        actions.take_back(entry_of(case, "hand-in"), reason="还没交", by=cast.secretary)
        case.refresh_from_db()
        assert case.step == "hand-in"
        assert case.entries.count() == 3
        take(case, "hand-in", date(2026, 6, 4), cast.secretary)
        actions.take_back(entry_of(case, "hand-in"), reason="又错", by=cast.secretary)
        actions.take_back(entry_of(case, "ask"), reason="又错", by=cast.secretary)
        case.refresh_from_db()
        assert case.step == "ask"

    def test_a_vote_is_counted_anew_and_never_corrected(self, cast: Cast) -> None:
        case = cases.voted(cast)
        entry = entry_of(case, "vote")
        with pytest.raises(errors.VoteStays):
            actions.correct(entry, outcome="failed", reason="x", by=cast.secretary)
        actions.take_back(entry, reason="票数错", by=cast.secretary)
        case.refresh_from_db()
        assert case.step == "vote"
        at = entry.meeting
        assert at is not None
        with pytest.raises(errors.CountsMissing):
            take(case, "vote", entry.done_on, cast.secretary, "passed", meeting=at)
        cases.counted(case, cast, at, votes=(5, 1, 0, 0))
        take(case, "vote", entry.done_on, cast.secretary, "passed", meeting=at)

    def test_a_posted_notice_is_not_corrected(self, cast: Cast) -> None:
        case = cases.noticed(cast)
        with pytest.raises(errors.NoticeStays):
            actions.correct(case.entries.get(outcome="posted"), done_on=date(2026, 4, 8), reason="x", by=cast.secretary)

    def test_nobody_else_corrects(self, cast: Cast) -> None:
        case = hall(cast)
        with pytest.raises(Http404):
            actions.correct(entry_of(case, "ask"), done_on=date(2026, 6, 1), reason="x", by=cast.neighbour)
        with pytest.raises(errors.WrongPerson):
            actions.correct(entry_of(case, "ask"), done_on=date(2026, 6, 1), reason="x", by=cast.inspector)


class TestWithdrawal:
    def test_everything_stays(self, cast: Cast) -> None:
        case = hall(cast)
        for other, refusal in ((cast.neighbour, Http404), (cast.inspector, errors.WrongPerson)):
            with pytest.raises(refusal):
                actions.withdraw(case, "不用了", by=other)
        with pytest.raises(errors.ReasonMissing):
            actions.withdraw(case, " ", by=cast.secretary)
        actions.withdraw(case, "不用了", by=cast.secretary)
        case.refresh_from_db()
        assert (case.ended_as, case.ended_on, case.step) == ("withdrawn", cast.today, "")
        assert case.entries.count() == 3
        assert case.papers.count() == 1
        with pytest.raises(errors.WrongPerson):
            actions.take_back(entry_of(case, "review"), reason="还要用", by=cast.inspector)
        actions.take_back(entry_of(case, "review"), reason="还要用", by=cast.secretary)
        case.refresh_from_db()
        assert case.step == "review"


class TestPapers:
    def test_an_upload_is_kept_for_its_owner_alone(self, cast: Cast) -> None:
        case = cases.hall(cast)
        paper = actions.hand_in(case, "plan", by=cast.secretary, file=("方案.PDF", PDF))
        place = storage.path(paper.file)
        assert place is not None
        assert place.stat().st_mode & 0o777 == 0o600
        assert place.parent.stat().st_mode & 0o777 == 0o700
        assert storage.is_unchanged(paper.file, paper.digest)
        place.write_bytes(PDF + b"!")
        assert not storage.is_unchanged(paper.file, paper.digest)
        assert queries.paper_for(cast.inspector, paper.pk) == paper
        for stranger in (cast.neighbour, cast.member, cast.statistician):
            with pytest.raises(Http404):
                queries.paper_for(stranger, paper.pk)

    @pytest.mark.parametrize(
        "file",
        [
            ("x.pdf", b""),
            ("x.exe", b"MZ"),
            ("x.pdf", b"MZ not a pdf"),
            ("x.html", b"<script>"),
            ("x", PDF),
            ("x.jpg", PDF),
            ("x.pdf", PDF + b"0" * storage.MOST_BYTES),
        ],
    )
    def test_other_files_are_refused(self, cast: Cast, file: tuple[str, bytes]) -> None:
        case = cases.hall(cast)
        with pytest.raises(errors.FileRefused):
            actions.hand_in(case, "plan", by=cast.secretary, file=file)
        assert not case.papers.exists()

    def test_a_name_never_leads_elsewhere(self) -> None:
        for name in ("../../guben.sqlite3", "/etc/passwd", "", "1/../../x", "1"):
            assert storage.path(name) is None

    def test_an_original_needs_its_place(self, cast: Cast) -> None:
        case = cases.hall(cast)
        with pytest.raises(errors.PaperWhereMissing):
            actions.hand_in(case, "plan", by=cast.secretary)
        with pytest.raises(errors.UnknownPaper):
            actions.hand_in(case, "no-such", by=cast.secretary, kept_where="x")
        with pytest.raises(errors.InFuture):
            actions.hand_in(case, "plan", by=cast.secretary, kept_where="x", dated_on=date(2026, 12, 1))
        with pytest.raises(errors.WrongPerson):
            actions.hand_in(case, "plan", by=cast.inspector, kept_where="x")

    def test_a_withdrawn_paper_counts_no_longer_and_a_used_one_stays(self, cast: Cast) -> None:
        case = cases.hall(cast, begun_on=date(2026, 6, 1))
        first = actions.hand_in(case, "plan", by=cast.secretary, kept_where="x", dated_on=date(2026, 6, 1))
        actions.withdraw_paper(first, "交错", by=cast.secretary)
        with pytest.raises(errors.PaperWithdrawn):
            actions.withdraw_paper(first, "交错", by=cast.secretary)
        take(case, "ask", date(2026, 6, 2), cast.secretary, values={"people": 3, "when": cast.today})
        with pytest.raises(errors.PaperMissing):
            take(case, "hand-in", date(2026, 6, 3), cast.secretary)
        second = actions.hand_in(case, "plan", by=cast.secretary, kept_where="x", dated_on=date(2026, 6, 3))
        take(case, "hand-in", date(2026, 6, 3), cast.secretary)
        with pytest.raises(errors.PaperInUse):
            actions.withdraw_paper(second, "交错", by=cast.secretary)

    def test_a_produced_paper_is_numbered_and_kept(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        case = hall(cast)
        with pytest.raises(errors.NoTemplate):
            actions.issue_paper(case, "plan", by=cast.secretary)
        papers.register("hall-permit", lambda case, entry: {"title": case.title})
        seen: list[dict[str, object]] = []

        def pdf(template: str, data: dict[str, object], **_more: object) -> bytes:
            seen.append({"template": template, **data})
            return PDF

        monkeypatch.setattr("guben.procedures.actions.papers.documents.pdf", pdf)
        first = actions.issue_paper(case, "permit", by=cast.secretary)
        with pytest.raises(errors.PaperIssued, match=first.number):
            actions.issue_paper(case, "permit", by=cast.secretary)
        actions.withdraw_paper(first, "写错日期", by=cast.secretary)
        second = actions.issue_paper(case, "permit", by=cast.secretary)
        assert Paper.objects.get(pk=first.pk).withdrawn_reason == "写错日期"
        year = cast.today.year
        code = cast.town.code
        assert [first.number, second.number] == [f"{code}-{year}-0001", f"{code}-{year}-0002"]
        assert (seen[0]["template"], seen[0]["title"]) == ("procedures/hall-permit", "村民议事")
        assert seen[0]["number"] == first.number
        assert storage.is_unchanged(first.file, first.digest)

    def test_files_of_undone_acts_are_cleared_by_night(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        from guben.procedures import tasks

        paper = actions.hand_in(cases.hall(cast), "plan", by=cast.secretary, file=("a.pdf", PDF))
        left = storage.store(77, "pdf", PDF)
        assert tasks.clear_files() == "0 files removed"
        monkeypatch.setattr(tasks, "A_DAY", -10)
        assert tasks.clear_files() == "1 files removed"
        assert storage.path(left.name) is None
        assert storage.path(paper.file) is not None


def test_the_history_says_what_was_done_and_nothing_about_the_person(cast: Cast) -> None:
    from guben.audit import sentences

    case = cases.noticed(cast)
    rows = History.objects.filter(action__startswith="cases.")
    assert {row.action for row in rows} >= {"cases.begun", "cases.step_taken", "cases.counted", "cases.paper_received"}
    for row in rows:
        assert sentences.name_of(row.action) != row.action
        assert row.right
        for person in cast.people:
            assert person not in str(row.details)
    assert case.number in str(rows[0].details)
