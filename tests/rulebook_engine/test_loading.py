from __future__ import annotations

from datetime import date

import pytest

from guben.rulebook_engine.entries import Rulebook
from guben.rulebook_engine.errors import RulebookErrors
from guben.rulebook_engine.loading import read_rulebook
from tests.rulebook_engine.tables import DUTY, HEAD, INDICATOR, STANDARD, small_catalogue


def read(*parts: str) -> Rulebook:
    return read_rulebook("".join(parts), "sample.toml", small_catalogue())


def test_an_entry_takes_from_the_head_what_it_does_not_state() -> None:
    (duty,) = read(HEAD, DUTY, 'article = "Art. 11"\n').duties

    assert (duty.issued_by, duty.confidence, duty.from_on) == ("national", "verified", date(2018, 1, 1))
    assert duty.source_text == "Sample rules Art. 11"
    assert duty.edition_label == "2018-01-01"


def test_an_entry_states_its_own() -> None:
    own = 'source = "Local paper"\nconfidence = "proposed"\nissued-by = "030012"\nfrom = 2020-05-01\nedition = "B"\n'
    (duty,) = read(HEAD, DUTY, own).duties

    assert (duty.source, duty.confidence, duty.issued_by) == ("Local paper", "proposed", "030012")
    assert (duty.from_on, duty.edition_label, duty.is_national) == (date(2020, 5, 1), "B", False)


def test_an_expression_keeps_its_text_and_its_type() -> None:
    (indicator,) = read(HEAD, INDICATOR).indicators

    assert str(indicator.value) == "share(age <= 35)"
    assert indicator.value.type == "number"
    assert [column.name for column in indicator.value.columns] == ["age"]


def test_hyphens_and_underscores_in_keys_mean_the_same() -> None:
    one, other = read(HEAD, DUTY, "due-after-days = 5\n"), read(HEAD, DUTY, "due_after_days = 5\n")

    assert one.duties == other.duties
    assert one.duties[0].due_after_days == 5


def test_evidence_may_be_written_key_by_key() -> None:
    inline = read(HEAD, DUTY).duties[0].evidence
    lines = DUTY[: DUTY.index("evidence")] + (
        "evidence.record = 'meeting'\n"
        "evidence.is = \"form = 'member_meeting'\"\n"
        "evidence.where = 'present * 2 >= entitled'\n"
    )

    assert read(HEAD, lines).duties[0].evidence == inline


def test_windows_line_ends_change_nothing() -> None:
    text = HEAD + DUTY

    assert read(text.replace("\n", "\r\n")).duties == read(text).duties


def test_two_editions_of_a_rule_may_follow_each_other() -> None:
    older, newer = DUTY + "until = 2022-01-01\n", DUTY + 'from = 2022-01-01\nedition = "2022"\n'

    assert [duty.edition_label for duty in read(HEAD, older, newer).duties] == ["2018-01-01", "2022"]


def test_a_standard_may_name_an_indicator_of_another_rulebook() -> None:
    text = HEAD + STANDARD

    with pytest.raises(RulebookErrors, match="No indicator 'share-35-or-under'"):
        read(text)
    rulebook = read_rulebook(text, "sample.toml", small_catalogue(), elsewhere={"share-35-or-under": "member"})
    assert rulebook.standards[0].opens is not None


def test_an_entry_knows_where_it_is_written() -> None:
    (standard,) = read(HEAD, INDICATOR, STANDARD).standards

    assert (standard.place.file, standard.place.line) == ("sample.toml", HEAD.count("\n") + INDICATOR.count("\n") + 2)


def test_an_entry_cannot_be_changed() -> None:
    (duty,) = read(HEAD, DUTY).duties

    with pytest.raises(ValueError, match="frozen"):
        duty.minutes = 5  # type: ignore[misc]


def test_a_mistake_inside_a_text_of_several_lines_has_its_own_line() -> None:
    text = INDICATOR.replace('"share(age <= 35)"', '"""\nshare(\n  agee <= 35)"""')

    with pytest.raises(RulebookErrors) as caught:
        read(HEAD, text)

    (mistake,) = caught.value.mistakes
    assert (mistake.line, mistake.column) == (HEAD.count("\n") + 7, 3)


def test_an_entry_is_written_out_with_its_expressions_as_texts() -> None:
    (indicator,) = read(HEAD, INDICATOR).indicators

    document = indicator.model_dump(mode="json")

    assert (document["value"], document["where"], document["from_on"]) == (
        "share(age <= 35)",
        "stage = 'full'",
        "2018-01-01",
    )
