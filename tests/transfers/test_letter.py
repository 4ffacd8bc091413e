"""The letter of introduction on paper: three parts, the number of the letter, nothing sealed, nothing cut off."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest

from guben.kit import documents
from guben.procedures import actions, errors, storage
from guben.procedures.models import Paper
from guben.transfers import papers
from guben.transfers.models import Letter
from tests.cast import Cast
from tests.transfers import moves

LONG_UNIT = ("中共云山省青河市和川县清源镇人民政府机关及所属事业单位和驻镇单位流动党员服务中心联合支部委员会" * 2)[:60]
LONG_NAME = "阿卜杜热西提·麦麦提吐尔逊·买买提艾力·阿卜杜拉江·吐尔地尼亚孜·艾合买提江阿"


@pytest.fixture(autouse=True)
def _files_of_this_test(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def text_of(content: bytes) -> tuple[str, int]:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages), len(pages)


def test_the_sheet_has_stub_letter_and_receipt_with_the_letter_s_number(cast: Cast, rules: None) -> None:
    moves.people_of_two_towns(cast)
    case = moves.lettered(cast)
    paper = actions.issue_paper(case, "letter", by=moves.again(cast.sender))
    letter = Letter.objects.get(case=case)
    assert paper.number == letter.number
    place = storage.path(paper.file)
    assert place is not None
    text, pages = text_of(place.read_bytes())
    assert pages == 1
    for words in ("介绍信存根", "介绍信回执联", "请转接组织关系", "特此回复", moves.NAME, cast.branch.name,
                  cast.neighbour_branch.name, cast.town.name, "有效期30天", "2026年7月3日止"):  # fmt: skip
        assert words in text, words
    assert text.count(letter.number) >= 5
    with pytest.raises(errors.PaperIssued, match=letter.number):
        actions.issue_paper(case, "letter", by=moves.again(cast.sender))


def test_there_is_no_sheet_before_the_letter(cast: Cast, rules: None) -> None:
    moves.people_of_two_towns(cast)
    case = moves.request(cast)
    with pytest.raises(errors.PaperNotFitting):
        actions.issue_paper(case, "letter", by=moves.again(cast.secretary))
    assert not Paper.objects.exists()


def test_the_longest_names_fit_on_one_sheet() -> None:
    words = papers.LetterWords(
        number="介2026-000012", name=LONG_NAME, origin=LONG_UNIT, receiver=LONG_UNIT, issuer=LONG_UNIT,
        addressee=LONG_UNIT, issued_on=date(2026, 6, 30), valid_until=date(2026, 9, 28), is_full=False, sex="男",
        age=101, ethnicity="乌孜别克族", dues_until="2026年6月", issuer_address=LONG_UNIT, issuer_phone="1" * 20,
        phone="1" * 20, id_number="1" * 18,
    )  # fmt: skip
    content = documents.pdf(papers.TEMPLATE, papers.data(words), title="信", number=words.number)
    text, pages = text_of(content)
    assert pages == 1
    assert text.count(LONG_UNIT) == 10
    assert text.count(LONG_NAME) == 3
    assert "预备党员" in text
    assert "乌孜别克族" in text
    assert "族族" not in text
