"""The pages of cases: who sees what, the road with the step at hand, what a refusal says, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from guben.audit.models import Entry as History
from guben.procedures import actions
from guben.procedures.models import Case, Count, Entry, Paper
from guben.publication.models import Notice
from tests.cast import BRANCH, SMALL_BRANCH, Cast, hold, sign_in
from tests.procedures import cases

pytestmark = pytest.mark.usefixtures("rules", "procedures")

ASK = {
    "step": "ask",
    "after": "0",
    "outcome": "done",
    "done_on": "2026-06-02",
    "f-people": "30",
    "f-when": "2026-06-20",
}


@pytest.fixture
def hall(cast: Cast) -> Case:
    """A case about a matter that stands before its first step, late since 2026-06-12."""
    return cases.hall(cast, begun_on=date(2026, 6, 1))


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def page_of(case: Case, name: str = "case", *more: object) -> str:
    return reverse(f"procedures:{name}", args=[case.pk, *more])


def at_review(cast: Cast, title: str = "村民议事") -> Case:
    """A hall's case before the town's review, since 2026-06-03."""
    case = actions.begin("hall-use", cast.branch, by=cast.secretary, title=title, begun_on=date(2026, 6, 1))
    cases.take(case, "ask", date(2026, 6, 2), cast.secretary, values={"people": "30", "when": "2026-06-20"})
    actions.hand_in(case, "plan", by=cast.secretary, kept_where="文件柜", dated_on=date(2026, 6, 3))
    cases.take(case, "hand-in", date(2026, 6, 3), cast.secretary)
    case.refresh_from_db()
    return case


# The list


def test_late_cases_stand_first_and_the_counts_say_so(cast: Cast, client: Client, hall: Case) -> None:
    trial = cases.trial(cast, begun_on=date(2026, 6, 20))
    shown = text(sign_in(client, cast.secretary), reverse("procedures:list"))
    assert shown.index(hall.number) < shown.index(trial.number)
    assert "逾期19天" in shown
    assert "没办结2件，其中逾期1件。" in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=late", ["hall", "review"]),
        ("state=mine", ["hall", "trial"]),
        ("state=others", ["review"]),
        ("state=ended", ["ended"]),
        ("procedure=trial", ["trial"]),
        ("q=单小禾", ["trial"]),
        ("q=散会", ["ended"]),
        (f"at={BRANCH}", ["hall", "trial", "review", "ended"]),
        ("state=nonsense&procedure=nothing&phase=x&page=99&person=abc", ["hall", "trial", "review", "ended"]),
        ("q=%1f%0a", ["hall", "trial", "review", "ended"]),
        ("q=没有这个人", []),
    ],
)
def test_the_filters_of_the_address(cast: Cast, client: Client, hall: Case, query: str, found: list[str]) -> None:
    ended = actions.begin("hall-use", cast.branch, by=cast.secretary, title="散会")
    actions.withdraw(ended, "不办了", by=cast.secretary)
    known = {"hall": hall, "trial": cases.trial(cast), "review": at_review(cast, "评议"), "ended": ended}
    shown = text(sign_in(client, cast.secretary), f"{reverse('procedures:list')}?{query}")
    numbers = {name for name, case in known.items() if case.get_absolute_url() in shown}
    assert numbers == set(found)
    if not found:
        assert "这些条件下没有办件" in shown


def test_nobody_sees_the_cases_of_others(cast: Cast, client: Client, hall: Case) -> None:
    shown = text(sign_in(client, cast.neighbour), reverse("procedures:list"))
    assert hall.number not in shown
    assert "还没有办件" in shown
    for who in (cast.neighbour, cast.member, cast.stranger):
        assert sign_in(client, who).get(page_of(hall)).status_code == 404
        assert client.post(page_of(hall, "take"), ASK).status_code == 404
    assert not Entry.objects.exists()


def test_the_list_and_the_sheet_take_few_queries(
    cast: Cast, client: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(12):
        at_review(cast, f"议事{number}")
    sign_in(client, cast.clerk).get(reverse("procedures:list"))
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get(reverse("procedures:list"))


def test_the_sheet_holds_what_the_list_shows_and_is_in_the_history(cast: Cast, client: Client, hall: Case) -> None:
    cases.trial(cast)
    address = f"{reverse('procedures:export')}?procedure=hall-use"
    answer = sign_in(client, cast.secretary).post(address)
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [hall.number]
    assert "逾期19天" in rows[1]
    assert History.objects.get(action="cases.exported").details["count"] == 1
    assert sign_in(client, cast.inspector).post(address).status_code in {403, 404}


# One case


def test_the_page_shows_the_road_the_step_and_what_is_missing(cast: Cast, client: Client, hall: Case) -> None:
    cases.take(hall, "ask", date(2026, 6, 2), cast.secretary, values={"people": "30", "when": "2026-06-20"})
    shown = text(sign_in(client, cast.secretary), page_of(hall))
    assert shown.count("<h1") == 1
    assert re.search(r'aria-current="step"[^§]*?交方案', shown)
    assert "缺：" in shown
    assert "活动方案" in shown
    assert "第2步，共5步" in shown
    assert "2026-06-02" in shown
    assert "为什么：第四条" in shown
    assert "<b>等待" not in shown


@pytest.mark.parametrize("who", ["secretary", "clerk", "organiser", "inspector"])
def test_a_case_page_takes_at_most_twelve_queries(
    cast: Cast, client: Client, django_assert_max_num_queries: object, who: str
) -> None:
    noticed = cases.voted(cast)
    cases.take(noticed, "notice", date(2026, 6, 29), cast.secretary, "posted", values={"places": ["村务公开栏"]})
    for case in (at_review(cast), noticed, cases.trial(cast, "曾望川")):
        sign_in(client, cast.users[who]).get(page_of(case))
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            client.get(page_of(case))


def test_a_step_that_is_not_open_yet_says_when_and_why_and_can_be_reached(cast: Cast, client: Client) -> None:
    organiser = cases.town_organiser(cast)
    case = at_review(cast)
    cases.set_day(date(2026, 6, 4))
    shown = text(sign_in(client, organiser), page_of(case))
    assert "“审核”6月5日（周五）开放" in shown
    closed = re.search(r'<button type="button" class="btn" aria-disabled="true" aria-describedby="closed-why">', shown)
    assert closed, "a closed button is shown, dashed, and can have the focus"
    assert 'name="outcome" value="agreed"' not in shown
    assert " disabled" not in shown
    sent = {"step": "review", "after": "2", "outcome": "agreed", "done_on": "2026-06-04"}
    answer = client.post(page_of(case, "take"), sent)
    assert answer.status_code == 422
    assert "第五条" in answer.content.decode()


def test_who_does_not_act_sees_for_whom_it_waits(cast: Cast, client: Client) -> None:
    case = at_review(cast)
    shown = text(sign_in(client, cast.secretary), page_of(case))
    assert "等青石镇党委的上级组织员、副书记。" in shown
    assert 'name="outcome"' not in shown
    sent = {"step": "review", "after": "2", "outcome": "agreed", "done_on": "2026-06-08"}
    assert client.post(page_of(case, "take"), sent).status_code == 403
    case.refresh_from_db()
    assert case.step == "review"


# Taking a step


def test_a_step_is_taken_and_the_page_says_so(cast: Cast, client: Client, hall: Case) -> None:
    answer = sign_in(client, cast.secretary).post(page_of(hall, "take"), ASK, follow=True)
    assert "已记下“提出申请”。" in answer.content.decode()
    entry = Entry.objects.get()
    assert entry.values == {"people": 30, "when": "2026-06-20"}
    assert entry.done_on == date(2026, 6, 2)


def test_a_clerk_above_records_it_for_the_branch(cast: Cast, client: Client, hall: Case) -> None:
    sign_in(client, cast.clerk)
    assert "替柳溪村第一党支部代录" in text(client, page_of(hall))
    client.post(page_of(hall, "take"), ASK)
    assert Entry.objects.get().recorded_for_unit
    assert "代录" in text(client, page_of(hall))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"f-people": ""}, "没有填“人数”"),
        ({"f-people": "201"}, "200"),
        ({"f-people": "9" * 40}, "200"),
        ({"f-people": "三十"}, "整数"),
        ({"f-when": "下周"}, "2026-07-06"),
        ({"done_on": ""}, "没有写日期"),
        ({"done_on": "2026-07-01"}, "还没到"),
        ({"done_on": "2026-05-31"}, "早于"),
        ({"done_on": "0000-00-00"}, "看不懂这个日期"),
        ({"outcome": "agreed"}, "结果只能是"),
        ({"outcome": ""}, "结果只能是"),
        ({"outcome": "x" * 5000}, "结果只能是"),
        ({"after": "7"}, "有了新的经过"),
        ({"after": "x"}, "没有保存"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_keeps_what_was_typed(
    cast: Cast, client: Client, hall: Case, change: dict[str, str], words: str
) -> None:
    answer = sign_in(client, cast.secretary).post(page_of(hall, "take"), ASK | change)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert words in shown
    assert 'id="form-errors"' in shown
    if "f-when" not in change:
        assert 'value="2026-06-20"' in shown
    assert not Entry.objects.exists()


def test_a_form_that_is_sent_twice_counts_once(cast: Cast, client: Client, hall: Case) -> None:
    sign_in(client, cast.secretary).post(page_of(hall, "take"), ASK)
    answer = client.post(page_of(hall, "take"), ASK, follow=True)
    assert "没有再记" in answer.content.decode()
    assert Entry.objects.count() == 1


def test_an_examination_that_is_sent_twice_counts_once(cast: Cast, client: Client) -> None:
    case = cases.noticed(cast)
    cases.take(case, "training", date(2026, 4, 20), cast.secretary, values={"days": 3})
    number = Entry.objects.filter(case=case).count()
    sent = {"step": "look", "after": str(number), "outcome": "kept", "done_on": "2026-05-10"}
    sign_in(client, cast.secretary)
    assert client.post(page_of(case, "take"), sent).status_code == 302
    answer = client.post(page_of(case, "take"), sent)
    assert answer.status_code == 422
    assert "有了新的经过" in answer.content.decode()
    assert f'name="after" value="{number + 1}"' in answer.content.decode()
    assert Entry.objects.filter(case=case).count() == number + 1


def test_a_step_that_is_not_there_or_not_at_hand_changes_nothing(cast: Cast, client: Client, hall: Case) -> None:
    sign_in(client, cast.secretary)
    for step in ("hand-over", "review", "nothing", "", "'; --"):
        assert client.post(page_of(hall, "take"), ASK | {"step": step}).status_code == 302
    assert not Entry.objects.exists()


def test_people_of_others_cannot_be_named(cast: Cast, client: Client) -> None:
    case = cases.trial(cast, begun_on=date(2026, 6, 20))
    sent = {"step": "name", "after": "0", "outcome": "done", "done_on": "2026-06-21"}
    sign_in(client, cast.secretary)
    for pk in (cast.people["苗江月"].pk, cast.people["单小禾"].pk, 10**17, "x"):
        answer = client.post(page_of(case, "take"), sent | {"f-mentors": [str(pk)]})
        assert answer.status_code == 422
    assert "苗江月" not in answer.content.decode()
    assert "阮新芽" not in text(client, page_of(case)), "probationary members are not full ones"
    assert client.post(page_of(case, "take"), sent | {"f-mentors": [cast.people["邬春桥"].pk]}).status_code == 302
    assert "邬春桥" in text(client, page_of(case))


def test_it_leads_back_only_to_this_house(cast: Cast, client: Client, hall: Case) -> None:
    sign_in(client, cast.secretary)
    answer = client.post(page_of(hall, "take"), ASK | {"next": "https://example.org/"})
    assert answer.headers["Location"] == page_of(hall)


# Votes


def counted(one: Cast, at: int, name: str, **change: str) -> dict[str, str]:
    numbers = {"cast": "6", "in_favour": "6", "against": "0", "abstained": "0", "invalid": "0"}
    return {"step": "vote", "meeting": str(at), "teller": str(one.people[name].pk)} | numbers | change


def test_two_tellers_count_and_the_second_does_not_see_the_first(cast: Cast, client: Client) -> None:
    case = cases.named(cast)
    sign_in(client, cast.secretary)
    assert "/meetings/record/?at=" in text(client, page_of(case)), "the way to record the meeting"
    at = cases.meeting(cast, date(2026, 4, 8))
    client.post(page_of(case, "count"), counted(cast, at.pk, "邬春桥", in_favour="5", against="1"))
    shown = text(client, page_of(case))
    assert "邬春桥的计票已登记" in shown
    assert not re.search(r'<input[^>]*value="5"', shown)
    assert 'name="outcome"' not in shown
    client.post(page_of(case, "count"), counted(cast, at.pk, "曾望川", in_favour="5", against="1"))
    shown = text(client, page_of(case))
    assert "收回6张：赞成5，反对1，弃权0，无效0。两份计票相同。" in shown
    assert 'name="outcome" value="passed"' in shown
    assert 'name="outcome" value="failed"' not in shown
    sent = {"step": "vote", "after": "1", "outcome": "passed"}
    assert client.post(page_of(case, "take"), sent).status_code == 302
    entry = Entry.objects.get(step="vote")
    assert (entry.meeting_id, entry.done_on) == (at.pk, date(2026, 4, 8))
    assert "公示" in text(client, page_of(case))


def test_counts_that_differ_are_both_set_aside(cast: Cast, client: Client) -> None:
    case, at = cases.named(cast), cases.meeting(cast, date(2026, 4, 8))
    sign_in(client, cast.secretary)
    client.post(page_of(case, "count"), counted(cast, at.pk, "邬春桥"))
    answer = client.post(
        page_of(case, "count"), counted(cast, at.pk, "曾望川", in_favour="5", against="1"), follow=True
    )
    assert "两份计票不一致，都已作废" in answer.content.decode()
    assert Count.objects.filter(set_aside_at=None).count() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"in_favour": "5"}, "收回6张，赞成、反对、弃权、无效合计5张"),
        ({"cast": "9", "in_favour": "9"}, "票多于人"),
        ({"cast": "-1"}, "0"),
        ({"cast": "x"}, "整数"),
        ({"teller": "0"}, "没有保存"),
        ({"meeting": "0"}, "没有保存"),
        ({"meeting": ""}, "没有选是哪次会"),
    ],
)
def test_a_count_that_contradicts_itself_is_refused(
    cast: Cast, client: Client, change: dict[str, str], words: str
) -> None:
    case, at = cases.named(cast), cases.meeting(cast, date(2026, 4, 8))
    answer = sign_in(client, cast.secretary).post(page_of(case, "count"), counted(cast, at.pk, "邬春桥", **change))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Count.objects.exists()


def test_a_meeting_of_others_is_not_offered(cast: Cast, client: Client) -> None:
    case = cases.named(cast)
    other = hold(cast, cast.units[SMALL_BRANCH], "member_meeting", date(2026, 4, 8), by=cast.clerk)
    answer = sign_in(client, cast.secretary).post(page_of(case, "count"), counted(cast, other.pk, "邬春桥"))
    assert answer.status_code == 422
    assert not Count.objects.exists()


# A notice


def test_a_notice_is_posted_with_its_places_and_its_result_waits(cast: Cast, client: Client) -> None:
    case = cases.voted(cast)
    cases.set_day(date(2026, 4, 10))
    sign_in(client, cast.secretary)
    sent = {"step": "notice", "after": "2", "outcome": "posted", "done_on": "2026-04-09"}
    answer = client.post(page_of(case, "take"), sent | {"place-1": ""})
    assert "没有写贴在哪里" in answer.content.decode()
    assert client.post(page_of(case, "take"), sent | {"place-1": "村务公开栏"}).status_code == 302
    shown = text(client, page_of(case))
    assert "公示已贴出：村务公开栏" in shown
    assert "“登记公示结果”4月16日（周四）开放" in shown
    assert "4月9日（周四）贴出，到4月15日（周三）满期" in shown
    assert 'name="outcome"' not in shown
    cases.set_day(date(2026, 4, 16))
    shown = text(client, page_of(case))
    assert 'name="outcome" value="clear"' in shown
    assert 'name="outcome" value="upheld"' not in shown
    sent = {"step": "notice", "after": "3", "outcome": "clear", "done_on": "2026-04-16"}
    assert client.post(page_of(case, "take"), sent).status_code == 302


def test_whoever_reads_english_posts_a_chinese_notice(cast: Cast, client: Client) -> None:
    case = cases.voted(cast)
    cases.set_day(date(2026, 4, 10))
    sign_in(client, cast.secretary)
    sent = {"step": "notice", "after": "2", "outcome": "posted", "done_on": "2026-04-09", "place-1": "村务公开栏"}
    assert client.post(page_of(case, "take"), sent, headers={"accept-language": "en"}).status_code == 302
    notice = Notice.objects.get()
    assert "有关情况公示如下" in notice.text
    assert notice.title == "培养试验"
    assert not [line for line in notice.lines if line[0].isascii()]


# Beginning


def test_a_case_is_begun_about_somebody_on_the_roll(cast: Cast, client: Client) -> None:
    sign_in(client, cast.secretary)
    offered = text(client, f"{reverse('procedures:start')}?at={BRANCH}")
    assert "培养试验" in offered
    assert "发展党员" in offered
    address = f"{reverse('procedures:start')}?at={BRANCH}&procedure=trial"
    shown = text(client, address)
    assert "单小禾" in shown
    assert "阮新芽" not in shown, "the procedure is about full members"
    assert "先登记" in shown
    person = cast.people["单小禾"].pk
    answer = client.post(address, {"person": person, "begun_on": "2026-06-20"})
    case = Case.objects.get()
    assert answer.headers["Location"] == page_of(case)
    assert (case.person_id, case.begun_on) == (person, date(2026, 6, 20))
    again = client.post(address, {"person": person, "begun_on": "2026-06-20"})
    assert again.status_code == 422
    assert page_of(case) in again.content.decode()
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"person": "", "begun_on": "2026-06-20"},
        {"person": "x", "begun_on": "2026-06-20"},
        {"person": "999999", "begun_on": "2026-06-20"},
        {"begun_on": "2026-07-20"},
        {"begun_on": ""},
    ],
)
def test_a_case_about_nobody_or_tomorrow_is_not_begun(cast: Cast, client: Client, sent: dict[str, str]) -> None:
    person = {"person": str(cast.people["单小禾"].pk)}
    address = f"{reverse('procedures:start')}?at={BRANCH}&procedure=trial"
    assert sign_in(client, cast.secretary).post(address, person | sent).status_code == 422
    for foreign in ("苗江月", "阮新芽"):
        data = {"person": str(cast.people[foreign].pk), "begun_on": "2026-06-20"}
        assert client.post(address, data).status_code == 422
    assert not Case.objects.exists()


def test_from_the_page_of_a_person_the_unit_is_known(cast: Cast, client: Client) -> None:
    person = cast.people["单小禾"]
    shown = text(sign_in(client, cast.clerk), f"{reverse('procedures:start')}?person={person.pk}")
    assert "单小禾，在柳溪村第一党支部办。" in shown
    assert f"person={person.pk}" in shown
    part = text(client, reverse("procedures:of_person", args=[person.pk]))
    assert "没有办件" in part
    case = cases.trial(cast)
    assert page_of(case) in text(client, reverse("procedures:of_person", args=[person.pk]))
    assert reverse("procedures:of_person", args=[person.pk]) in text(client, person.get_absolute_url())


# Papers, corrections, withdrawal


def test_a_paper_is_handed_in_read_and_withdrawn(cast: Cast, client: Client, hall: Case) -> None:
    sign_in(client, cast.secretary)
    content = b"%PDF-1.7 plan"
    file = SimpleUploadedFile("plan.pdf", content)
    address = page_of(hall, "hand_in")
    assert "活动方案" in text(client, address)
    wrong = client.post(address, {"key": "plan", "dated_on": "2026-06-03", "file": SimpleUploadedFile("a.exe", b"MZ")})
    assert wrong.status_code == 422
    assert "只收PDF" in wrong.content.decode()
    assert client.post(address, {"key": "plan", "dated_on": "2026-06-03"}).status_code == 422
    assert client.post(address, {"key": "x", "dated_on": "2026-06-03", "kept_where": "柜"}).status_code == 422
    assert client.post(address, {"key": "plan", "dated_on": "2026-06-03", "file": file}).status_code == 302
    paper = Paper.objects.get()
    answer = client.get(page_of(hall, "paper", paper.pk))
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    other = cases.trial(cast)
    assert client.get(page_of(other, "paper", paper.pk)).status_code == 404
    assert sign_in(client, cast.neighbour).get(page_of(hall, "paper", paper.pk)).status_code == 404
    sign_in(client, cast.secretary)
    assert client.post(page_of(hall, "withdraw_paper", paper.pk), {"reason": ""}).status_code == 422
    assert client.post(page_of(hall, "withdraw_paper", paper.pk), {"reason": "交错了"}).status_code == 302
    paper.refresh_from_db()
    assert paper.withdrawn_at


def test_an_entry_is_corrected_by_a_new_one_and_taken_back(cast: Cast, client: Client, hall: Case) -> None:
    cases.take(hall, "ask", date(2026, 6, 2), cast.secretary, values={"people": "30", "when": "2026-06-20"})
    sign_in(client, cast.secretary)
    address = page_of(hall, "correct", 1)
    sent = {"done_on": "2026-06-02", "f-people": "40", "f-when": "2026-06-20", "reason": "人数写错"}
    assert 'value="30"' in text(client, address)
    answer = client.post(address, sent | {"reason": ""})
    assert answer.status_code == 422
    assert 'value="40"' in answer.content.decode()
    assert client.post(address, sent).status_code == 302
    shown = text(client, page_of(hall))
    assert 'class="is-void"' in shown
    assert "人数写错" in shown
    assert client.post(address, sent).status_code == 422, "what was corrected is not corrected again"
    assert client.post(page_of(hall, "correct", 2), {"take_back": "1", "reason": ""}).status_code == 422
    assert client.post(page_of(hall, "correct", 2), {"take_back": "1", "reason": "没有申请"}).status_code == 302
    hall.refresh_from_db()
    assert hall.step == "ask"
    assert Entry.objects.count() == 3
    assert client.get(page_of(hall, "correct", 99)).status_code == 404


def test_a_withdrawn_case_keeps_everything_and_has_no_form(cast: Cast, client: Client, hall: Case) -> None:
    sign_in(client, cast.secretary)
    assert client.post(page_of(hall, "withdraw"), {"reason": ""}).status_code == 422
    client.post(page_of(hall, "withdraw"), {"reason": "村里不办了"})
    shown = text(client, page_of(hall))
    assert "村里不办了" in shown
    assert "办结：" in shown
    assert 'name="outcome"' not in shown
    assert client.post(page_of(hall, "take"), ASK).status_code == 302
    assert Entry.objects.count() == 1


def test_the_file_for_print_holds_every_entry(cast: Cast, client: Client) -> None:
    case = cases.noticed(cast)
    shown = text(sign_in(client, cast.secretary), page_of(case, "print"))
    assert shown.count('class="history-when') == Entry.objects.filter(case=case).count()


# Many reviews


def test_forty_cases_are_reviewed_one_by_one(cast: Cast, client: Client) -> None:
    organiser = cases.town_organiser(cast)
    three = [at_review(cast, f"议事{number}") for number in range(3)]
    sign_in(client, organiser)
    address = reverse("procedures:review")
    shown = text(client, address)
    assert "等您审查3件" in shown
    assert "第1件，共3件" in shown
    sent = {"step": "review", "after": "2", "done_on": "2026-06-08", "review": "1", "outcome": "returned"}
    refused = client.post(page_of(three[0], "take"), sent)
    assert refused.status_code == 422
    assert "没有写理由" in refused.content.decode()
    assert "第1件，共3件" in refused.content.decode(), "a refusal stays in the sitting"
    follow = re.search(r'name="next" value="([^"]+)"', shown)
    assert follow
    assert f"case={three[1].pk}" in follow[1]
    answer = client.post(page_of(three[0], "take"), sent | {"outcome": "agreed", "next": follow[1]}, follow=True)
    shown = answer.content.decode()
    assert "等您审查2件" in shown
    assert three[1].get_absolute_url() in shown
    for case in three[1:]:
        client.post(page_of(case, "take"), sent | {"reason": "缺方案细节"})
    assert "没有等您审查的办件" in text(client, address)
    assert {case.step for case in Case.objects.all()} == {"hand-over", "hand-in"}


def test_the_sitting_shows_only_ones_own_reviews(cast: Cast, client: Client) -> None:
    case = at_review(cast)
    for who in (cast.secretary, cast.clerk, cast.organiser, cast.neighbour):
        assert case.number not in text(sign_in(client, who), reverse("procedures:review"))


@pytest.mark.parametrize("query", ["case=x", "case=999999999999999999999", "at=", "procedure=%1f", "case=0"])
def test_the_sitting_bears_any_address(cast: Cast, client: Client, query: str) -> None:
    at_review(cast)
    assert "第1件" in text(sign_in(client, cases.town_organiser(cast)), f"{reverse('procedures:review')}?{query}") or (
        "procedure" in query
    )


# Today and the unit


def test_today_shows_what_waits_and_what_others_owe(cast: Cast, client: Client, hall: Case) -> None:
    at_review(cast, "镇里拖着")
    sign_in(client, cast.secretary)
    shown = text(client, "/")
    assert "村民议事：提出申请" in shown
    assert hall.get_absolute_url() in shown
    beside = text(client, f"{reverse('home:today_aside')}?at={BRANCH}")
    assert "在别人手里" in beside
    assert "等青石镇党委" in beside
    assert "逾期" in beside
    assert "镇里拖着" not in text(sign_in(client, cast.member), "/")


def test_the_town_sees_what_waits_for_it_and_what_is_late_below(cast: Cast, client: Client, hall: Case) -> None:
    at_review(cast, "镇里拖着")
    part = text(sign_in(client, cases.town_organiser(cast)), f"{reverse('home:today_cases')}?at={cast.town.code}")
    assert "镇里拖着" in part
    assert hall.get_absolute_url() in part
    assert reverse("home:today_cases") in text(client, "/")


def test_the_unit_has_a_tab_with_its_cases(cast: Cast, client: Client, hall: Case) -> None:
    shown = text(sign_in(client, cast.secretary), reverse("home:unit_cases", args=[BRANCH]))
    assert hall.number in shown
    assert sign_in(client, cast.member).get(reverse("home:unit_cases", args=[BRANCH])).status_code == 403
    assert reverse("home:unit_cases", args=[BRANCH]) not in text(client, cast.branch.get_absolute_url())


def test_the_member_reads_the_own_case_without_what_others_wrote(cast: Cast, client: Client) -> None:
    case = cases.trial(cast, begun_on=date(2026, 6, 20))
    values = {"mentors": [cast.people["邬春桥"].pk]}
    cases.take(case, "name", date(2026, 6, 21), cast.secretary, values=values)
    shown = text(sign_in(client, cast.member), page_of(case))
    assert "推荐" in shown
    assert "邬春桥" not in shown
    assert case.number in text(client, reverse("procedures:list"))
