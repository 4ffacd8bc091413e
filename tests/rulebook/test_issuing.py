from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse

from guben.audit.models import Entry
from guben.rulebook import actions, errors
from guben.rulebook.actions import install
from guben.rulebook.models import Draft, Edition, Rulebook
from guben.rulebook.queries import library
from guben.rulebook.reach import reach_of
from guben.rulebook.sources import RuleFile, shipped_files
from guben.rulebook_engine.entries import Duty, Indicator, Standard
from tests.cast import BRANCH, STREET, TOWN, VILLAGE, Cast, sign_in
from tests.rulebook.local import DUTY, FIGURE, FROM, KEY, LINE, amended, drafted, issued

pytestmark = pytest.mark.usefixtures("rules")


def test_an_issued_duty_is_a_rule_like_any_other(cast: Cast) -> None:
    edition = issued(cast)

    rule = library().get(KEY, FROM)
    assert isinstance(rule, Duty)
    assert (rule.issued_by, rule.minutes, rule.every) == (TOWN, 30, "month")
    assert rule.source == "《青石镇党支部工作办法》（青党发〔2026〕12号）"
    assert library().get(KEY, date(2026, 6, 30)) is None
    assert not Draft.objects.exists()
    entry = Entry.objects.get(action="rules.issued")
    assert entry.details == {"key": KEY, "from": "2026-07-01", "paper": "青党发〔2026〕12号"}
    assert edition.key == KEY


def test_it_holds_in_the_towns_subtree_only(cast: Cast) -> None:
    issued(cast)
    rules = library()
    rule = rules.get(KEY, FROM)
    assert rule is not None

    at_city, at_street = (reach_of(rule, cast.units[code], FROM, rules) for code in ("990000", STREET))

    assert at_city is not None and at_street is not None
    assert (at_city.units, at_city.hours_of_all) == (3, 18)
    assert at_street.units == 0


def test_a_figure_with_its_line_is_issued_as_two_rules_that_fit(cast: Cast) -> None:
    issued(cast, "standard", FIGURE | LINE)

    key = f"share-of-young-members-{TOWN}"
    standard = library().get(key, FROM)
    assert isinstance(standard, Standard)
    indicator = library().indicator_of(standard, FROM)
    assert (standard.holds.text, standard.line.zh) == ("value >= 0.2", "不低于20%")
    assert (indicator.value.text, indicator.where.text if indicator.where else "") == (
        "share(age <= 35)",
        "stage = 'full'",
    )


def test_a_line_is_drawn_on_a_national_figure(cast: Cast) -> None:
    typed = {name: DUTY[name] for name in DUTY} | LINE | {"indicator": "share-45-or-over", "line_sign": "<="}
    issued(cast, "line", typed)

    assert isinstance(library().get(KEY, FROM), Standard)


def test_a_mean_is_a_figure_too(cast: Cast) -> None:
    issued(cast, "indicator", FIGURE | {"measure": "mean", "measured": "age"})

    rule = library().get(f"share-of-young-members-{TOWN}", FROM)
    assert isinstance(rule, Indicator)
    assert rule.value.text == "mean(age)"


@pytest.mark.parametrize("who", ["clerk", "member", "administrator", "statistician", "auditor", "inspector"])
def test_others_who_see_the_town_or_branch_may_not_issue(cast: Cast, who: str) -> None:
    draft = drafted(cast, at=BRANCH)

    with pytest.raises(PermissionDenied):
        actions.issue(draft, version=draft.version, by=cast.users[who])
    assert not Edition.objects.exists()


@pytest.mark.parametrize("who", ["neighbour", "stranger"])
def test_who_does_not_see_the_unit_is_not_told(cast: Cast, who: str) -> None:
    draft = drafted(cast, at=BRANCH)

    with pytest.raises(Http404):
        actions.issue(draft, version=draft.version, by=cast.users[who])


def test_a_secretary_issues_for_the_own_branch_and_not_for_the_town(cast: Cast) -> None:
    assert issued(cast, at=BRANCH, by=cast.secretary).key == f"safety-talk-{BRANCH}"
    with pytest.raises((PermissionDenied, Http404)):
        drafted(cast, at=TOWN, by=cast.secretary)


def test_what_was_changed_since_it_was_read_is_not_issued(cast: Cast) -> None:
    draft = drafted(cast)
    read = draft.version
    actions.keep_draft(draft.organisation, _same(cast), by=cast.organiser, draft=draft, version=read)

    with pytest.raises(errors.StaleDraft):
        actions.issue(draft, version=read, by=cast.organiser)
    with pytest.raises(errors.StaleDraft):
        actions.keep_draft(draft.organisation, _same(cast), by=cast.organiser, draft=draft, version=read)


def _same(cast: Cast) -> actions.Written:
    from tests.rulebook.local import written

    return written(cast.town)


def test_a_draft_is_issued_once(cast: Cast) -> None:
    draft = drafted(cast)
    actions.issue(draft, version=draft.version, by=cast.organiser)
    draft.pk = Draft.objects.first() or 1

    with pytest.raises(errors.StaleDraft):
        actions.issue(draft, version=1, by=cast.organiser)
    assert Edition.objects.count() == 1


def test_two_drafts_of_one_rule_do_not_both_become_rules(cast: Cast) -> None:
    one, other = drafted(cast), drafted(cast, from_on="2026-08-01")
    actions.issue(one, version=1, by=cast.organiser)

    with pytest.raises(errors.KeyTaken):
        actions.issue(other, version=1, by=cast.organiser)


def test_nothing_begins_before_today(cast: Cast) -> None:
    with pytest.raises(errors.TooEarly):
        drafted(cast, from_on="2026-06-29")
    assert issued(cast, from_on="2026-06-30").from_on == cast.today


TEXT = """
[rulebook]
key = "{key}"
title = {{ zh = "题", en = "title" }}
issued-by = "990000"
source = "镇党委〔2026〕3号"
confidence = "verified"
from = 2020-01-01

[[standard]]
key       = "{key}"
title     = {{ zh = "老龄化预警", en = "Early warning" }}
indicator = "share-45-or-over"
holds     = "value <= 0.8"
line      = {{ zh = "不超过80%", en = "At most 80%" }}
severity  = "low"
remedy    = {{ zh = "早发展青年", en = "Win the young" }}
"""


def pasted(text: str, **more: str) -> dict[str, str]:
    return {
        "text": text,
        "paper": "青党发〔2026〕12号",
        "from_on": "2026-07-01",
        "until_on": "",
        "examples": "",
        **more,
    }


def test_a_pasted_file_becomes_the_units_own_and_begins_when_the_form_says(cast: Cast) -> None:
    issued(cast, "text", pasted(TEXT.format(key=f"growing-old-{TOWN}")))

    rule = library().get(f"growing-old-{TOWN}", FROM)
    assert rule is not None
    assert (rule.issued_by, rule.from_on) == (TOWN, FROM)


def test_a_national_key_is_refused_by_name(cast: Cast) -> None:
    with pytest.raises(errors.KeyHeld, match="中央规定的制度“.*不能改它、放宽它"):
        drafted(cast, "text", pasted(TEXT.format(key="unit-growing-old")))


def test_a_superiors_key_is_refused_by_the_superiors_name(cast: Cast) -> None:
    issued(cast)

    with pytest.raises(errors.KeyHeld, match="青石镇党委"):
        drafted(cast, "text", pasted(TEXT.format(key=KEY)), at=VILLAGE)


def test_a_strangers_key_is_taken_and_no_more_is_said(cast: Cast) -> None:
    issued(cast)

    with pytest.raises(errors.KeyTaken) as refused:
        drafted(cast, "text", pasted(TEXT.format(key=KEY)), at=STREET)
    assert "青石" not in str(refused.value)


def test_a_key_ends_with_the_units_code(cast: Cast) -> None:
    with pytest.raises(errors.KeyWithoutCode, match=f"growing-old-{TOWN}"):
        drafted(cast, "text", pasted(TEXT.format(key="growing-old")))


def test_no_role_is_made_on_the_page(cast: Cast) -> None:
    role = '\n[[role]]\nkey = "king-{0}"\ntitle = {{ zh = "王", en = "King" }}\nrights = ["accounts.grant"]\n'
    with pytest.raises(AssertionError, match="角色和权限不能在这里定"):
        drafted(cast, "text", pasted(TEXT.format(key=f"growing-old-{TOWN}") + role.format(TOWN)))


def test_examples_are_run_before_a_rule_is_kept(cast: Cast) -> None:
    example = """
[[example]]
rule  = "growing-old-990000101"
says  = {{ zh = "一老一少", en = "One old, one young" }}
given = {{ organisation = {{ kind = "branch", founded_on = 2020-01-01 }}, member = [{{ stage = "full", born_on = 1950-01-01 }}, {{ stage = "full", born_on = 2000-01-01 }}] }}
on    = 2026-07-02
then  = {{ holds = {holds} }}
"""
    key = f"growing-old-{TOWN}"
    with pytest.raises(errors.DraftMistakes, match="例子第2行没有通过"):
        drafted(cast, "text", pasted(TEXT.format(key=key), examples=example.format(holds="false")))
    assert drafted(cast, "text", pasted(TEXT.format(key=key), examples=example.format(holds="true"))).pk


def test_an_amended_rule_keeps_its_past(cast: Cast) -> None:
    edition = issued(cast)
    amended(cast, edition, minutes="45", every="quarter")

    old, new = library().get(KEY, date(2026, 8, 31)), library().get(KEY, date(2026, 9, 1))
    assert isinstance(old, Duty) and isinstance(new, Duty)
    assert (old.minutes, old.every, old.until_on) == (30, "month", date(2026, 9, 1))
    assert (new.minutes, new.every, new.until_on) == (45, "quarter", None)
    first = Edition.objects.get(pk=edition.pk)
    assert (first.text, first.until_on) == (edition.text, None)


def test_an_edition_that_is_not_in_force_yet_is_withdrawn_and_the_old_one_goes_on(cast: Cast) -> None:
    edition = issued(cast)
    later = amended(cast, edition, minutes="450")
    actions.withdraw(later, by=cast.organiser)

    rule = library().get(KEY, date(2026, 12, 1))
    assert isinstance(rule, Duty)
    assert (rule.minutes, rule.until_on) == (30, None)
    with pytest.raises(errors.AlreadyWithdrawn):
        actions.withdraw(later, by=cast.organiser)
    actions.withdraw(edition, by=cast.organiser)
    assert not library().editions(KEY)
    assert not Rulebook.objects.filter(key=KEY).exists()


def test_what_is_in_force_is_not_withdrawn(cast: Cast) -> None:
    edition = issued(cast, from_on="2026-06-30")

    with pytest.raises(errors.AlreadyInForce):
        actions.withdraw(edition, by=cast.organiser)


def test_a_rule_ends_with_a_paper_and_past_days_keep_it(cast: Cast) -> None:
    issued(cast, from_on="2026-06-30")
    with pytest.raises(errors.EndsTooEarly):
        actions.end(KEY, cast.town, until_on=date(2026, 6, 30), paper="文", by=cast.organiser)
    with pytest.raises(errors.TooEarly):
        actions.end(KEY, cast.town, until_on=date(2026, 6, 1), paper="文", by=cast.organiser)
    actions.end(KEY, cast.town, until_on=date(2026, 7, 15), paper="青党发〔2026〕30号", by=cast.organiser)

    assert library().get(KEY, date(2026, 7, 14)) is not None
    assert library().get(KEY, date(2026, 7, 15)) is None
    assert Edition.objects.get().end_paper == "青党发〔2026〕30号"


def test_a_figure_under_a_lower_line_is_not_ended(cast: Cast) -> None:
    issued(cast, "indicator", FIGURE, from_on="2026-06-30")
    own = f"share-of-young-members-{TOWN}"
    text = TEXT.format(key=f"low-{VILLAGE}").replace("share-45-or-over", own)
    issued(cast, "text", pasted(text), at=VILLAGE)

    with pytest.raises(errors.DraftMistakes):
        actions.end(own, cast.town, until_on=date(2026, 12, 1), paper="文", by=cast.organiser)
    assert library().get(own, date(2026, 12, 2)) is not None


def test_a_line_is_not_drawn_on_a_neighbours_figure(cast: Cast) -> None:
    issued(cast, "indicator", FIGURE)
    text = TEXT.format(key=f"low-{STREET}").replace("share-45-or-over", f"share-of-young-members-{TOWN}")

    with pytest.raises(errors.NotOwnIndicator):
        drafted(cast, "text", pasted(text), at=STREET)


def test_national_rules_change_by_installing_only(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    answer = client.get(reverse("rulebook:end", args=["theme-day"]))

    assert answer.status_code == 403
    assert "装入的制度，不能在页面上改" in answer.content.decode()
    assert client.post(reverse("rulebook:amend", args=["theme-day"])).status_code == 403


def test_installing_again_leaves_local_rules_alone(cast: Cast) -> None:
    issued(cast)
    before = Rulebook.objects.get(key=KEY).text

    install(shipped_files(), by=cast.operator)
    assert Rulebook.objects.get(key=KEY).text == before
    with pytest.raises(errors.IssuedByHand):
        install([RuleFile("mine.toml", before.replace("30", "60"))], by=cast.operator)


def test_a_dissolved_unit_issues_no_rules(cast: Cast) -> None:
    draft = drafted(cast)
    cast.town.dissolved_on = date(2026, 6, 1)
    cast.town.save()

    with pytest.raises(errors.IssuerGone):
        actions.issue(draft, version=1, by=cast.organiser)
