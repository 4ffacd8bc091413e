"""From the application to full membership over the pages, each step by the person entitled, and what is refused on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from guben.kit.days import add_months
from guben.members.models import Stage
from guben.procedures.models import Entry
from tests.cast import Cast
from tests.procedures import cases
from tests.procedures.road import ALL, LEAST, PAPERS, VOTES, Move, Walk, refusal

pytestmark = pytest.mark.usefixtures("rules")

NEW, OLD = date(2026, 6, 1), date(2023, 2, 1)
SUPERIORS = ("town", "town-clerk", "city")
OF_2014 = ["candidate-filing"]
OF_2026 = ["candidate-consent", "candidate-notice", "candidate-notice"]


def steps(walk: Walk) -> list[str]:
    return [step for step, _edition in walk.done()]


# Every step, with everything that is refused before it is taken


def refused(walk: Walk, move: Move, article: str = "", status: int = 422, **change: object) -> str:
    """Sends what must be refused: the sentence names the article, and nothing is entered."""
    before = walk.entries
    answer = walk.send(move, **change)
    said = refusal(answer)
    assert answer.status_code == status, (move.step, change, answer.status_code, said)
    assert (article or move.article) in said, (move.step, change, said)
    assert walk.entries == before, (move.step, change, "was entered")
    return said


def refuse_all(walk: Walk, move: Move, later: Move | None) -> None:
    """A wrong person, a stranger, a skipped step, a day before what was done before."""
    wrong = "secretary" if move.who in SUPERIORS else "discipline"
    assert "您不能办" in refused(walk, move, status=403, who=wrong)
    assert walk.send(move, who="stranger").status_code == 404
    if later is not None and later.step != move.step:
        said = refused(walk, later, move.article, status=200, who=later.who, on=move.on)
        assert "步骤不能跳过" in said
    if move.step not in VOTES and walk.entries:
        last = Entry.objects.filter(case=walk.case).latest("number").done_on
        assert "早于" in refused(walk, move, on=last - timedelta(1))


def refuse_without_paper(walk: Walk, move: Move) -> None:
    assert "还缺材料" in refused(walk, move)


def refuse_votes_one_short(walk: Walk, move: Move) -> None:
    """Nobody counted; a quorum one short; a majority one short."""
    assert "没有选是哪次会" in refused(walk, move)
    walk.vote(move, present=LEAST - 1, in_favour=LEAST - 1)
    said = refused(walk, move)
    assert f"至少要到{LEAST}人，实到{LEAST - 1}人" in said
    walk.vote(move, present=ALL, in_favour=LEAST - 1)  # exactly half
    said = refused(walk, move)
    assert f"至少要{LEAST}票，得{LEAST - 1}票" in said


def refuse_too_early(walk: Walk, move: Move) -> None:
    """One day before the first day on which a step may be taken."""
    opens_on = walk.opens_on()
    cases.set_day(move.on)
    said = refused(walk, move, "第十三条" if move.step == "cultivation" else "第三十一条", on=opens_on - timedelta(1))
    assert "开放" in said


def test_one_applicant_becomes_a_full_member_and_everything_else_is_refused_with_its_article(
    cast: Cast, client: Client
) -> None:
    walk = Walk(client, cast, NEW)
    planned = walk.moves(NEW)
    move: Move | None = next(planned)
    while move is not None:
        cases.set_day(move.on)
        later = None if (move.step, move.outcome) == ("candidate-notice", "posted") else next(planned, None)
        refuse_all(walk, move, later)
        if move.step in PAPERS:
            refuse_without_paper(walk, move)
        if move.step in VOTES:
            refuse_votes_one_short(walk, move)
        if move.outcome == "ready":
            refuse_too_early(walk, move)
        if move.step == "training":
            assert "培训至少3天，填了2天" in refused(walk, move, days=2)
            assert "培训至少24学时，填了23学时" in refused(walk, move, days=None, hours=23)
        if move.outcome == "clear":
            refuse_hanging(walk, move)
        walk.prepare(move)
        walk.take(move)
        move = later or next(planned, None)

    case = walk.reread()
    assert (case.ended_as, case.step) == ("done", "")
    assert {edition for _step, edition in walk.done()} == {"2026"}
    vote = Entry.objects.get(case=case, step="vote").done_on
    assert stages_of(walk) == {
        "applicant": NEW,
        "activist": date(2026, 9, 1),
        "candidate": Entry.objects.get(case=case, outcome="clear").done_on,
        "probationary": vote,
        "full": add_months(vote, 12),
    }
    again = walk.send(Move("archive", "done", date(2030, 1, 1), "officer", ""))
    assert "办结" in refusal(again)
    assert steps(walk).count("archive") == 1


def refuse_hanging(walk: Walk, move: Move) -> None:
    """The result of a notice on the last day of its term."""
    assert "公示不少于5个工作日" in refused(walk, move, on=walk.opens_on() - timedelta(1))


def stages_of(walk: Walk) -> dict[str, date]:
    return dict(Stage.objects.filter(person=walk.person).values_list("kind", "from_on"))


# The two editions, and a case that runs from the one into the other


def walked(client: Client, cast: Cast, begun_on: date, name: str, until: str = "") -> Walk:
    walk = Walk(client, cast, begun_on, name)
    for move in walk.moves(begun_on):
        if move.step == until:
            break
        walk.prepare(move)
        walk.take(move)
    return walk


@pytest.mark.one_database
def test_the_same_road_under_both_texts_differs_exactly_where_they_differ(cast: Cast, client: Client) -> None:
    old = walked(client, cast, OLD, "申小麦")
    new = walked(client, cast, NEW, "申小谷", until="political-review")
    assert {edition for _step, edition in old.done()} == {"2014"}
    assert {edition for _step, edition in new.done()} == {"2026"}
    until = steps(old).index("political-review")
    assert [one for one in steps(old)[:until] if one not in OF_2014] == [
        one for one in steps(new) if one not in OF_2026
    ]
    assert [one for one in steps(old) if one in OF_2014] == OF_2014
    assert [one for one in steps(new) if one in OF_2026] == OF_2026
    assert old.reread().ended_as == "done"
    assert list(stages_of(old)) == ["applicant", "activist", "candidate", "probationary", "full"]


@pytest.mark.parametrize(
    ("begun_on", "expected"),
    [
        (date(2025, 2, 12), OF_2026),  # chosen on 14 May 2026, and nothing filed before the 18th
        (date(2025, 2, 5), OF_2014),  # filed on 12 May 2026: what was done stays done
    ],
)
def test_a_case_that_was_begun_under_2014_goes_on_under_2026(
    cast: Cast, client: Client, begun_on: date, expected: list[str]
) -> None:
    walk = walked(client, cast, begun_on, "申小麦", until="political-review")
    of_both = [one for one in walk.done() if one[0] in OF_2014 + OF_2026]
    assert [step for step, _edition in of_both] == expected
    chosen = dict(walk.done())["candidate"]
    assert chosen == "2014"
    assert dict(walk.done())["introducers"] == ("2026" if expected == OF_2026 else "2014")
    shown = walk.as_("secretary").get(walk.address("case")).content.decode()
    assert "适用2026版" in shown or expected == OF_2014
    assert "适用2014版）" in shown or expected == OF_2014
