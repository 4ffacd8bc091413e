"""Tags and filters: numbers, days, icons, chips, bars, heat cells, fields."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.utils import translation

import guben
from guben.house.templatetags import house
from guben.kit.paging import Bounded

TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.881, "88.1%"),
        (0.8805, "88.1%"),
        (Decimal("0.3026"), "30.3%"),
        (0, "0.0%"),
        (1, "100.0%"),
        (None, "—"),
        (-0.02, "−2.0%"),
    ],
)
def test_a_share_has_one_decimal_rounded_half_up(value: float | None, shown: str) -> None:
    assert house.share(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(0.885, "89%"), (0.005, "1%"), (None, "—")])
def test_narrow_lists_show_whole_per_cent(value: float | None, shown: str) -> None:
    assert house.share0(value) == shown


def test_zero_is_0_and_unknown_is_a_dash() -> None:
    assert house.count(0) == "0"
    assert house.count(None) == "—"
    assert house.count(1046) == "1,046"
    assert house.number(1234.5) == "1,234.5"
    assert house.number(86.0) == "86"
    assert house.change(-3) == "−3"
    assert house.change(2) == "+2"
    assert house.change(0) == "0"
    assert house.minus("-1.5") == "−1.5"


def test_a_list_counted_up_to_its_bound_says_so() -> None:
    class Rows(Bounded):
        _counted = 21

    pages = [Paginator(Rows([], most), 5).page(1) for most in (20, 21)]
    assert [house.total(page) for page in pages] == ["超过20", "21"]


def test_a_day_names_its_weekday_and_the_year_only_when_it_is_another() -> None:
    assert house.day(date(2026, 7, 3), TODAY) == "7月3日（周五）"
    assert house.day(date(2025, 12, 31), TODAY) == "2025年12月31日（周三）"
    assert house.day(None, TODAY) == "—"
    with translation.override("en"):
        assert house.day(date(2026, 7, 3), TODAY) == "Fri 3 July"
        assert house.day(date(2025, 7, 3), TODAY) == "Thu 3 July 2025"


def test_a_moment_late_in_the_evening_belongs_to_the_day_in_china() -> None:
    late = datetime(2026, 6, 30, 17, 30, tzinfo=UTC)
    assert house.iso(late) == "2026-07-01"
    assert house.short_day(late) == "7-01"
    assert house.day(late, TODAY) == "7月1日（周三）"


@pytest.mark.django_db
def test_histories_show_day_and_minute() -> None:
    from guben.accounts.models import Installation

    Installation.objects.create(is_demo=True, demo_day=TODAY)
    assert house.moment(datetime(2026, 7, 3, 1, 12, tzinfo=UTC)) == "7-03 09:12"
    assert house.moment(datetime(2025, 7, 3, 1, 12, tzinfo=UTC)) == "2025-7-03 09:12"


def test_a_wait_is_rounded_up_to_minutes() -> None:
    assert house.minutes(timedelta(seconds=61)) == 2
    assert house.minutes(timedelta(minutes=15)) == 15
    assert house.minutes(None) == 0


def test_a_chip_is_icon_word_and_colour_and_escapes_its_word() -> None:
    chip = house.chip("late", "<b>逾期4天")
    assert 'class="chip chip-late"' in chip
    assert "<svg" in chip
    assert "&lt;b&gt;逾期4天" in chip
    assert "<svg" not in house.chip("note", "中央规定")
    with pytest.raises(TemplateSyntaxError, match="late, over"):
        house.chip("red", "x")


def test_sentences_have_a_space_between_them_where_the_language_writes_one() -> None:
    page = engines["django"].from_string("。{% gap %}。")
    assert page.render() == "。。"
    with translation.override("en"):
        assert page.render() == "。 。"


def test_a_heat_cell_carries_its_word() -> None:
    for state in ("ok", "late", "missing", "due", "future", "none", "unkept"):
        assert re.search(r'visually-hidden">[\u4e00-\u9fff]+<', house.heat(state)), state
    assert "6月26日按时" in house.heat("ok", "6月26日按时")
    with pytest.raises(TemplateSyntaxError):
        house.heat("green")


def test_a_bar_stays_inside_its_frame() -> None:
    assert 'width="36.0" height="6"' in house.bar(0.5, 0.85)
    assert 'class="bar-fill" x="0" y="4" width="72" height="6"' in house.bar(1.7)
    assert 'class="bar-fill" x="0" y="4" width="0" height="6"' in house.bar(-1)
    assert "bar-past" in house.bar(0.9, 0.85, past=True)
    assert house.bar(None) == ""


def test_an_unknown_icon_leaves_the_words_alone(caplog: pytest.LogCaptureFixture) -> None:
    assert house.icon("no-such-icon") == ""
    assert "no-such-icon" in caplog.text


def test_every_icon_that_a_page_names_is_shipped() -> None:
    root = Path(guben.__file__).parent
    named = {
        (name, str(path.relative_to(root)))
        for path in root.rglob("*.html")
        for name in re.findall(r"""\{% icon ["']([^"']+)["']|icon_name=["']([^"']+)["']""", path.read_text("utf-8"))
    }
    wanted = {(a or b, path) for (a, b), path in named}
    assert wanted
    assert sorted(pair for pair in wanted if pair[0] not in house.drawings()) == []


class Example(forms.Form):
    held_on = forms.DateField(label="哪天", help_text="补记也可以", initial=TODAY)
    present = forms.IntegerField(label="到会")
    kept = forms.BooleanField(label="有记录", required=False)


def render(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


def test_days_are_asked_with_the_browsers_own_picker() -> None:
    html = render("{% widget form.held_on %}", form=Example())
    assert 'type="date"' in html
    assert 'value="2026-06-30"' in html
    assert html.count("type=") == 1


def test_a_wrong_field_keeps_what_was_typed_and_names_its_error() -> None:
    form = Example({"held_on": "2026-06-30", "present": "四十一"})
    html = render('{% include "house/_field.html" with field=form.present %}', form=form)
    assert 'value="四十一"' in html
    assert 'aria-invalid="true"' in html
    error = re.search(r'id="(id_present_error)"', html)
    assert error
    assert 'aria-describedby="id_present_error"' in html
    summary = render('{% include "house/_form_errors.html" %}', form=form)
    assert 'href="#id_present"' in summary
    assert "有1处要改" in summary


def test_help_is_tied_to_its_field_and_optional_ones_say_so() -> None:
    html = render('{% include "house/_field.html" with field=form.held_on %}', form=Example())
    assert 'aria-describedby="id_held_on_helptext"' in html
    assert 'id="id_held_on_helptext"' in html
    assert "可不填" not in html


def test_a_list_in_words_escapes_its_items() -> None:
    assert render("{% joined items %}", items=["甲", "<乙>"]) == "甲、&lt;乙&gt;"


def test_with_query_changes_one_key_and_keeps_the_rest() -> None:
    from django.test import RequestFactory

    request = RequestFactory().get("/", {"q": "何", "page": "3"})
    template = engines["django"].from_string('{% with_query page=None sort="name" %}')
    assert template.render({}, request) == "?q=%E4%BD%95&amp;sort=name"
