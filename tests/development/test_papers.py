"""Papers of the development of members: from the case alone, nothing cut off, and read by those who may."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import translation

from guben.accounts.models import User
from guben.kit import documents
from guben.procedures import actions, errors, papers, queries, storage
from guben.procedures.models import Case, Entry, Paper
from guben.procedures.printing import code_words
from guben.procedures.records import records_of
from guben.procedures.rules import rules as installed
from guben.procedures.validity import validity_of
from tests.cast import Cast
from tests.development.way import Way, begin, newcomer

LONG_NAME = "阿卜杜热西提·麦麦提吐尔逊·买买提艾力·阿卜杜拉江·吐尔地尼亚孜·艾合买提江阿"
LONG_UNIT = ("中共云山省青河市和川县清源镇人民政府机关及所属事业单位和驻镇单位流动党员服务中心联合支部委员会" * 2)[:60]
PRODUCED = {
    "application-cover", "activist-record", "political-review-form", "training-certificate", "pre-review", "minutes",
    "approval", "probation-record", "full-minutes", "full-approval",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _files_of_this_test(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def way(cast: Cast, rules: None) -> Way:
    return Way(cast, begin(cast, newcomer(cast)))


def told(case: Case, template: str, entry: Entry | None) -> dict[str, Any]:
    """What a template is filled with."""
    found = papers.find(template)
    assert found is not None
    with translation.override("zh-hans"):
        return {**found.data(case, entry), "number": "X-2026-0001", "dated_on": "2026-06-30"}


def printed(case: Case, template: str, entry: Entry | None) -> tuple[str, pypdf.PdfReader]:
    """The text of all pages without spaces, and the document."""
    found = papers.find(template)
    assert found is not None
    content = documents.pdf(found.document, told(case, template, entry), title="试", number="X-2026-0001")
    reader = pypdf.PdfReader(io.BytesIO(content))
    return "".join("".join(page.extract_text().split()) for page in reader.pages), reader


def last(case: Case, step: str) -> Entry:
    return case.entries.filter(step=step).latest("number")


def text_of(paper: Paper) -> str:
    place = storage.path(paper.file)
    assert place is not None
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(place).pages)


def test_every_template_that_the_rulebook_names_is_there(rules: None) -> None:
    for edition in installed().editions("development"):
        named = {kind.key: kind.template for kind in edition.paper if kind.template}
        assert len(set(named.values())) == len(named), "two papers of one template"
        assert all(papers.find(template) for template in named.values()), named
        produced = {key for step in edition.step for key in step.produces}
        assert produced == set(named), edition.edition_label


def test_the_whole_way_gives_each_paper_once(way: Way) -> None:
    way.walk()
    case = Case.objects.get(pk=way.case.pk)
    for key in sorted(PRODUCED):
        at_the_town = key in {"training-certificate", "pre-review", "approval", "full-approval"}
        paper = actions.issue_paper(case, key, by=way.town if at_the_town and case.ended_on is None else way.own)
        text = text_of(paper)
        assert "申小麦" in text, key
        assert "".join(paper.number.split()) in text, key
        assert storage.is_unchanged(paper.file, paper.digest)
    numbers = list(Paper.objects.filter(state="produced").values_list("number", flat=True))
    assert len(set(numbers)) == len(numbers), numbers
    for key in PRODUCED:
        with pytest.raises(errors.PaperIssued):
            actions.issue_paper(case, key, by=way.own)


def test_the_minutes_tell_the_vote_its_base_and_what_was_resolved(way: Way) -> None:
    way.walk("committee-talk")
    entry = last(way.case, "vote")
    vote = entry.values["vote"]
    text, _pages = printed(way.case, "admission-minutes", entry)
    assert f"以应到会有表决权的人数{vote['entitled']}人为基数" in text
    assert f"至少{vote['entitled'] // 2 + 1}票" in text
    assert f"实得赞成{vote['in_favour']}票，达到规定的票数" in text
    assert "同意接收申小麦同志为中共预备党员" in text
    assert "从2024年9月20日支部大会通过之日算起" in text
    for words in ("无记名投票", "邬春桥、曾望川", "柏守田、邬春桥", "主持人", "记录人"):
        assert words in text, words


def test_a_vote_that_failed_is_told_as_failed(way: Way) -> None:
    way.walk("vote")
    entry = way.take("vote", "failed", date(2024, 9, 20), way.own, {})
    text, _pages = printed(way.case, "admission-minutes", entry)
    assert "没有达到规定的票数" in text
    assert "没有通过接收申小麦同志" in text
    assert "同意接收" not in text


def test_the_pre_review_tells_what_went_before_and_nothing_after(way: Way) -> None:
    way.walk()
    text, _pages = printed(way.case, "pre-review", last(way.case, "pre-review"))
    for words in (
        "2023年2月1日", "2023年6月1日", "柏守田、邬春桥", "3天", "同意。", "合格。", "2024年9月10日", way.cast.town.name,
    ):  # fmt: skip
        assert words in text, words
    assert "2024年9月20日" not in text


def test_the_probation_record_tells_all_examinations_and_the_decisions(way: Way) -> None:
    way.walk()
    text, _pages = printed(way.case, "probation-record", last(way.case, "probation"))
    for words in (
        "2025年4月20日",
        "按时参加活动。",
        "2025年9月22日",
        "同意转正。",
        "按期转正。",
        "批准转正。",
        "2025年9月20日",
    ):
        assert words in text, words


def test_an_extension_has_its_notice_and_a_vote_in_time_has_none(way: Way) -> None:
    way.walk("full-vote")
    entry = way.take("full-vote", "extended", date(2025, 9, 28), way.own, {"months": 6}, reason="学习不够。")
    text, _pages = printed(way.case, "extension-notice", entry)
    assert "延长你的预备期6个月，从2025年9月20日算起，到2026年3月20日止" in text
    assert "学习不够" in text
    minutes, _pages = printed(way.case, "full-minutes", entry)
    assert "延长申小麦同志的预备期6个月" in minutes
    found = papers.find("extension-notice")
    assert found is not None
    entry.outcome = "on-time"
    assert not found.fits(entry)


def test_a_paper_of_a_step_not_yet_taken_is_refused(way: Way) -> None:
    way.walk("vote")
    with pytest.raises(errors.PaperNotFitting):
        actions.issue_paper(way.case, "minutes", by=way.own)
    assert not Paper.objects.filter(state="produced").exists()


def test_papers_are_chinese_in_an_english_session(way: Way) -> None:
    way.walk("talk")
    with translation.override("en"):
        text = text_of(actions.issue_paper(way.case, "application-cover", by=way.own))
    assert "入党申请书" in text.replace("　", "")
    assert not re.search(r"[a-z]{4}", text)


LONGEST = {
    "application-cover": "application", "activist-record": "cultivation", "political-review": "political-review",
    "training-certificate": "training", "pre-review": "pre-review", "admission-minutes": "vote",
    "admission-approval": "approval", "probation-record": "probation", "full-minutes": "full-vote",
    "full-approval": "full-approval",
}  # fmt: skip
WITH_LONG_TEXTS = {"activist-record", "political-review", "pre-review", "probation-record"}


def test_the_longest_names_and_texts_are_not_cut_off(way: Way) -> None:
    way.walk()
    case = Case.objects.get(pk=way.case.pk)
    assert case.person is not None
    case.person.name, case.organisation.name = LONG_NAME, LONG_UNIT
    for one in case.entries.all():
        if "opinion" in one.values:
            opinion = "考察意见写得很长很长，" * 250 + "完"
            Entry.objects.filter(pk=one.pk).update(values={**one.values, "opinion": opinion})
    for template, step in LONGEST.items():
        entry = last(case, step)
        entry.acted_at.name = LONG_UNIT
        text, reader = printed(case, template, entry)
        assert LONG_NAME in text, template
        assert LONG_UNIT in text, template
        if template in WITH_LONG_TEXTS:
            assert "很长，完" in text, template
            assert len(reader.pages) > 2
        for number, page in enumerate(reader.pages, 1):
            assert f"{number}/{len(reader.pages)}" in "".join(page.extract_text().split()), template


def test_who_a_case_is_about_reads_letters_and_not_what_others_said(way: Way) -> None:
    way.walk()
    case = Case.objects.get(pk=way.case.pk)
    letter = actions.issue_paper(case, "approval", by=way.own)
    review = actions.issue_paper(case, "pre-review", by=way.own)
    assert case.person is not None
    reader = User.objects.create(username="applicant", display_name="申小麦", password="!")
    case.person.user = reader
    case.person.save(update_fields=["user"])
    assert queries.paper_for(reader, letter.pk) == letter
    with pytest.raises(Http404):
        queries.paper_for(reader, review.pk)
    assert queries.paper_for(way.own, review.pk) == review


def test_on_the_page_a_withdrawn_paper_stays_marked_and_the_reader_is_offered_what_she_may_open(
    way: Way, client: Client
) -> None:
    way.walk("activist")
    first = actions.issue_paper(way.case, "application-cover", by=way.own)
    client.force_login(way.own)
    shown = client.get(reverse("procedures:paper", args=[way.case.pk, first.pk]))
    assert shown["Content-Disposition"].startswith("inline")
    actions.withdraw_paper(first, "日期写错", by=way.own)
    second = actions.issue_paper(way.case, "application-cover", by=way.own)
    page = client.get(way.case.get_absolute_url()).content.decode()
    for words in ("已撤回", "日期写错", first.number, second.number):
        assert words in page, words

    reader = User.objects.create(username="applicant", display_name="申小麦", password="!")
    assert way.case.person is not None
    way.case.person.user = reader
    way.case.person.save(update_fields=["user"])
    client.force_login(reader)
    own = client.get(way.case.get_absolute_url()).content.decode()
    assert reverse("procedures:paper", args=[way.case.pk, second.pk]) in own
    handed_in = Paper.objects.get(case=way.case, key="application")
    assert reverse("procedures:paper", args=[way.case.pk, handed_in.pk]) not in own
    file = client.get(reverse("procedures:file_pdf", args=[way.case.pk]))
    told = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file.content)).pages)
    assert "谈了入党动机" not in told
    client.force_login(way.own)
    file = client.get(reverse("procedures:file_pdf", args=[way.case.pk]))
    told = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file.content)).pages)
    for words in ("谈了入党动机", "日期写错", "已撤回", second.digest[:16]):
        assert words in "".join(told.split()), words


def test_a_paper_tells_by_its_code_that_it_is_genuine_and_strangers_nothing(way: Way, client: Client) -> None:
    way.walk("activist")
    paper = actions.issue_paper(way.case, "application-cover", by=way.own)
    assert paper.check_code
    assert code_words(paper.check_code) in text_of(paper)
    typed, page = reverse("procedures:check_typed"), reverse("procedures:check", args=[paper.check_code])
    client.force_login(way.own)
    answer = client.get(typed, {"code": f" {code_words(paper.check_code)} "})
    assert answer["Location"] == page
    for wrong in ("", "x", "的" * 40, paper.check_code[:-1]):
        assert client.get(typed, {"code": wrong}).status_code == 422, wrong
    shown = client.get(page).content.decode()
    for words in ("文书是真的，有效", paper.number, "申小麦", paper.digest[:16]):
        assert words in shown, words
    client.force_login(way.cast.neighbour)
    assert client.get(page).status_code == 404
    assert client.get(typed, {"code": paper.check_code}).status_code == 422

    actions.withdraw_paper(paper, "日期写错", by=way.own)
    newer = actions.issue_paper(way.case, "application-cover", by=way.own)
    place = storage.path(newer.file)
    assert place is not None
    place.write_bytes(place.read_bytes() + b" ")
    client.force_login(way.own)
    shown = client.get(page).content.decode()
    for words in ("现在不算数", "日期写错", f"新的一份是{newer.number}"):
        assert words in shown, words
    assert newer.check_code
    assert "被改过" in client.get(reverse("procedures:check", args=[newer.check_code])).content.decode()


def test_a_correction_puts_the_papers_out_of_date_that_would_read_otherwise(way: Way, client: Client) -> None:
    way.walk("branch-review")
    case = way.case
    form = actions.issue_paper(case, "political-review-form", by=way.own)
    certificate = actions.issue_paper(case, "training-certificate", by=way.own)
    entry = last(case, "political-review")
    new = actions.correct(entry, values={"opinion": "合格，无问题。"}, reason="漏写一句", by=way.own)
    form.refresh_from_db()
    certificate.refresh_from_db()
    assert form.outdated_by == new
    assert certificate.outdated_by is None
    client.force_login(way.own)
    page = client.get(case.get_absolute_url()).content.decode()
    for words in ("已更正，作废", "漏写一句"):
        assert words in page, words
    newer = actions.issue_paper(case, "political-review-form", by=way.own)
    assert "无问题" in text_of(newer)
    assert form.check_code
    shown = client.get(reverse("procedures:check", args=[form.check_code])).content.decode()
    for words in ("现在不算数", "漏写一句", newer.number):
        assert words in shown, words
    with pytest.raises(errors.PaperIssued):
        actions.issue_paper(case, "political-review-form", by=way.own)


def test_a_resolution_goes_with_the_vote_that_was_taken_back(way: Way) -> None:
    way.walk("committee-talk")
    minutes = actions.issue_paper(way.case, "minutes", by=way.own)
    actions.take_back(last(way.case, "vote"), reason="票数点错", by=way.own)
    minutes.refresh_from_db()
    assert validity_of(minutes).state == "taken_back"
    assert not records_of(way.case).papers_of("minutes")
