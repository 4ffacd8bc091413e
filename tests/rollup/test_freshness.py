"""Figures kept for a large tree follow the records: act by act they are what a full run says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from guben.audit.models import Entry
from guben.audit.remembering import newest_entry
from guben.duties import queries as duties
from guben.figures import queries
from guben.figures.discretion import TOO_FEW, shown_findings
from guben.figures.doctor import check_all
from guben.figures.queries import worked_out
from guben.figures.trees import day_tree
from guben.home import superior_day
from guben.kit.errors import DomainError
from guben.meetings.actions import record_meeting
from guben.members.actions import affiliate, appoint, record_contact, relieve, take_standing
from guben.members.models import Holding
from guben.organisations.actions import carry_out, change_site, dissolve, found, move, rename
from guben.organisations.models import Organisation, Site
from guben.rollup.freshness import history, keeping, reading, settling, summaries, whole
from guben.rollup.freshness.history import Gap, Place
from guben.rollup.freshness.logic import Logic, packed, unpacked
from guben.rollup.freshness.settling import COLUMNS, bytes_of
from guben.rollup.models import Disagreement, KeptTree, KeptUnit
from guben.rollup.tasks import check as check_at_night
from guben.rollup.tasks import tend
from guben.rulebook.queries import library
from tests.cast import TODAY, Cast, sign_in
from tests.organisations.test_reform import merger

followed = pytest.mark.usefixtures("rules", "_large")


@pytest.fixture
def kept(logic: Logic, _large: None) -> KeptTree:
    begun = keeping.begin(logic)
    assert begun is not None
    return begun


def plain(found: queries.Diagnosis) -> dict[str, object]:
    return {
        one.rule.key: (one.value, one.of, one.period, {(each.unit, each.figure) for each in one.units[0:1000]})
        for one in found.findings
    }


def kept_at(unit: Organisation) -> queries.Diagnosis:
    found = reading.KeptFigures().diagnosis(unit, TODAY)
    assert found is not None
    assert found.is_fresh
    return found.diagnosis


def agrees(unit: Organisation) -> bool:
    below = summaries.summary_below(unit, TODAY)
    assert below is not None
    of_records = duties.summary_below(unit, TODAY)
    return below.rows == of_records and plain(kept_at(unit)) == plain(worked_out(day_tree(unit, TODAY), library()))


@followed
@pytest.mark.one_database
def test_what_is_kept_is_what_the_records_say_of_each_unit(cast: Cast, kept: KeptTree) -> None:
    for unit in (cast.city, cast.village, cast.branch, cast.community):
        live = worked_out(day_tree(unit, TODAY), library())
        found = kept_at(unit)
        assert plain(found) == plain(live)
        assert {rule.key for rule in found.quiet} == {rule.key for rule in live.quiet}
        assert found.size == len(live.top.units)
        alone = {one.rule.key: one.value for one in queries.findings_at(unit, TODAY)}
        assert alone == {one.rule.key: one.value for one in queries.findings_at(unit, TODAY, rules=library())}


@followed
def test_all_units_at_once_and_unit_by_unit_give_the_same_rows(
    cast: Cast, logic: Logic, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out(merger(cast), by=cast.organiser)
    Organisation.objects.filter(pk=cast.other_village.pk).update(kept_from=None)
    monkeypatch.setattr(whole, "MOST_TOGETHER", 4)
    monkeypatch.setattr(settling, "MOST_IDS", 3)
    kept = keeping.begin(logic)
    assert kept is not None
    rows = KeptUnit.objects.filter(tree=kept).order_by("path")
    begun = [tuple(map(bytes_of, row)) for row in rows.values_list(*COLUMNS)]
    assert any(None in unpacked(own) for *_place, own, _below, _marks, _tally in begun)  # type: ignore[arg-type]
    rows.update(own=packed([0] * len(logic.atoms)), below=b"", marks=bytes(len(logic.rules)), tally=b"")

    keeping.put_right([one.unit for one in rows])

    assert [tuple(map(bytes_of, row)) for row in rows.values_list(*COLUMNS)] == begun


class Acts:
    """Acts of every kind that facts hang on, drawn at random; some are refused, which is no act."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.random, self.founded = cast, Random(seed), 0
        self.kinds: list[Callable[[], object]] = [
            self.contact, self.meet, self.transfer, self.site, self.shift, self.found, self.end, self.post, self.stand,
            self.rename,
        ]  # fmt: skip

    def one_of_each(self) -> list[Callable[[], object]]:
        return self.random.sample(self.kinds, len(self.kinds))

    def person(self):  # type: ignore[no-untyped-def]
        return self.random.choice(list(self.cast.people.values()))

    def unit(self) -> Organisation:
        return self.random.choice(list(Organisation.objects.filter(dissolved_on=None)))

    def contact(self) -> None:
        record_contact(self.person(), contacted_on=TODAY, way="visit", by=self.cast.operator)

    def meet(self) -> None:
        unit = Organisation.objects.get(pk=self.random.choice([self.cast.branch, self.cast.neighbour_branch]).pk)
        day = TODAY - timedelta(days=self.random.randrange(100))
        record_meeting(unit, "member_meeting", day, "学习", by=self.cast.operator, unnamed_absent=1)

    def transfer(self) -> None:
        unit = self.random.choice([self.cast.branch, self.cast.other_village, self.cast.neighbour_branch])
        affiliate(self.person(), unit, from_on=TODAY, by=self.cast.operator)

    def site(self) -> None:
        tenure = self.random.choice(["owned", "rented", "borrowed"])
        change_site(self.random.choice(list(Site.objects.all())), tenure=tenure, by=self.cast.operator)

    def shift(self) -> None:
        unit = self.random.choice([self.cast.village, self.cast.community, self.cast.other_village])
        parent = self.random.choice([self.cast.town, self.cast.street])
        unit.refresh_from_db()
        move(unit, parent=parent, effective_on=TODAY, by=self.cast.operator)

    def found(self) -> None:
        self.founded += 1
        number = f"9900{self.founded:04d}"
        found(
            parent=self.cast.town, by=self.cast.operator, code=number, name=f"新{number}", short_name=number,
            kind="branch", field="rural", founded_on=date(2026, 6, 1),
        )  # fmt: skip

    def end(self) -> None:
        unit = Organisation.objects.filter(code__startswith="99000", short_name__startswith="99", dissolved_on=None)
        dissolve(unit[0], effective_on=TODAY, by=self.cast.operator)

    def post(self) -> None:
        holding = self.random.choice(list(Holding.objects.filter(until_on=None)))
        relieve(holding, until_on=TODAY, by=self.cast.operator)
        appoint(self.person(), holding.post, from_on=TODAY, by=self.cast.operator)

    def stand(self) -> None:
        kind = self.random.choice(["home", "away", "unable"])
        take_standing(self.person(), kind, from_on=TODAY, by=self.cast.operator)

    def rename(self) -> None:
        rename(self.unit(), effective_on=TODAY, by=self.cast.operator, field="agency")


@followed
@pytest.mark.parametrize("seed", [1, 2])
def test_after_random_acts_the_kept_figures_are_those_of_a_full_run(
    cast: Cast, kept: KeptTree, logic: Logic, seed: int
) -> None:
    acts, done = Acts(cast, seed), 0
    for act in [*acts.one_of_each(), *acts.one_of_each()]:
        try:
            act()
        except (DomainError, IndexError):
            continue
        done += 1
        keeping.catch_up(kept, logic)
    assert done >= 10
    assert kept.seen == newest_entry()
    assert keeping.check(kept, logic) == []
    assert all(agrees(Organisation.objects.get(pk=unit.pk)) for unit in (cast.city, cast.town, cast.street))


@followed
@pytest.mark.one_database
def test_a_page_shows_an_act_at_every_level_at_once_and_says_its_time(
    client: Client, cast: Cast, kept: KeptTree
) -> None:
    key = "community-site-not-owned"
    for unit in (cast.city, cast.street, cast.community):
        assert key in {one.rule.key for one in queries.diagnose(unit, TODAY).findings}
    change_site(Site.objects.get(organisation=cast.community), tenure="owned", by=cast.operator)
    for unit in (cast.city, cast.street, cast.community):
        assert key not in {one.rule.key for one in queries.diagnose(unit, TODAY).findings}
    page = sign_in(client, cast.organiser).get(reverse("figures:diagnosis")).content.decode()
    assert "记到" in page
    assert "实时计算" not in page
    rule = next(one.rule.key for one in kept_at(cast.city).findings if len(one.units) > 1)
    answer = client.get(reverse("figures:finding", args=[rule]))
    assert len(answer.context["page"].object_list) > 1


@followed
@pytest.mark.one_database
def test_more_acts_than_a_reader_waits_for_are_left_to_the_worker(
    client: Client, cast: Cast, kept: KeptTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_TOUCHED", 0)
    monkeypatch.setattr(superior_day, "MOST_SUMMED", 0)
    monkeypatch.setattr(summaries, "LARGE_TREE", 0)
    change_site(Site.objects.get(organisation=cast.community), tenure="owned", by=cast.operator)
    sign_in(client, cast.organiser)
    pages = [reverse("figures:diagnosis"), reverse("home:today")]
    assert all("一分钟内算进来" in client.get(page).content.decode() for page in pages)
    assert tend().endswith("units")
    assert not any("一分钟内算进来" in client.get(page).content.decode() for page in pages)
    assert client.get(pages[1]).context["total"].owed == sum(one.owed for one in duties.summary_below(cast.city, TODAY))


@followed
def test_what_was_written_past_the_history_is_found_at_night_and_named(
    client: Client, cast: Cast, kept: KeptTree, logic: Logic
) -> None:
    Site.objects.filter(organisation=cast.community).update(tenure="owned")
    row = KeptUnit.objects.get(tree=kept, unit=cast.town.pk)
    tally = unpacked(row.tally)
    KeptUnit.objects.filter(pk=row.pk).update(tally=packed([tally[0] + 1, *tally[1:]]))

    assert check_at_night() == "9 units, 2 disagree"

    found = {one.organisation.code: one.figures for one in Disagreement.objects.all()}
    assert set(found) == {cast.community.code, cast.town.code}
    assert "community-site-not-owned" in found[cast.community.code]
    assert found[cast.town.code] == ["organisation"]
    assert Entry.objects.filter(action="rollup.disagreed").count() == 2
    assert agrees(cast.city)
    assert keeping.check(kept, logic) == []
    page = sign_in(client, cast.administrator).get(reverse("home:more")).content.decode()
    assert cast.community.short_name in page
    assert "对不上" in page
    sign_in(client, cast.organiser)
    assert "对不上" not in client.get(reverse("home:more")).content.decode()
    faults = [fault for one in check_all() if one.name.startswith("figures kept") for fault in one.faults]
    assert any(cast.community.code in fault and "community-site-not-owned" in fault for fault in faults)


@followed
@pytest.mark.one_database
def test_new_rules_or_a_new_day_are_begun_by_the_worker_and_the_old_ones_go(cast: Cast, kept: KeptTree) -> None:
    keeping.tend(TODAY - timedelta(days=1))
    (only,) = KeptTree.objects.all()
    assert only.on == TODAY - timedelta(days=1)
    assert only.is_whole
    assert not KeptUnit.objects.filter(tree=kept.pk).exists()
    assert reading.reading(TODAY) is None


@followed
@pytest.mark.one_database
def test_what_changes_records_without_history_says_so(cast: Cast, kept: KeptTree) -> None:
    Site.objects.filter(organisation=cast.community).update(tenure="owned")
    assert not agrees(cast.street)
    keeping.put_right([cast.community.pk])
    assert agrees(cast.street)
    assert agrees(cast.city)
    keeping.begin_anew()
    assert reading.reading(TODAY) is None


@followed
@pytest.mark.one_database
def test_of_two_workers_at_once_one_gives_way(cast: Cast, kept: KeptTree, logic: Logic) -> None:
    change_site(Site.objects.get(organisation=cast.community), tenure="owned", by=cast.operator)
    slower = KeptTree.objects.get(pk=kept.pk)
    assert keeping.catch_up(kept, logic) > 0
    assert keeping.catch_up(slower, logic) == 0
    assert KeptTree.objects.get(pk=kept.pk).seen == kept.seen
    assert keeping.begin(logic) is None


@followed
@pytest.mark.one_database
def test_units_are_listed_page_by_page_in_the_order_of_the_tree(cast: Cast, kept: KeptTree) -> None:
    longest = max(kept_at(cast.city).findings, key=lambda one: len(one.units))
    whole = [each.unit.id for each in longest.units[0:100]]
    assert len(whole) == len(longest.units) > 2
    assert whole == [longest.units[number].unit.id for number in range(len(whole))]
    paths = [each.unit.path for each in longest.units[0:100]]
    assert paths == sorted(paths)
    assert [each.unit.id for each in longest.units] == whole
    with pytest.raises(IndexError):
        longest.units[len(whole)]


@followed
@pytest.mark.one_database
def test_figures_about_few_people_are_left_out_for_who_sees_no_persons(cast: Cast, kept: KeptTree) -> None:
    found = kept_at(cast.city).findings
    of_people = [one for one in found if one.indicator and one.indicator.over == "member"]
    assert of_people
    open_ = [
        each.figure
        for one in of_people
        for each in shown_findings([one], cast.organiser, cast.city, TODAY)[0].units[0:9]
    ]
    shown = [
        each.figure
        for one in of_people
        for each in shown_findings([one], cast.statistician, cast.city, TODAY)[0].units[0:9]
    ]
    assert TOO_FEW not in open_
    assert TOO_FEW in shown
    assert len(shown) == len(open_)


def test_a_gap_is_what_is_left_of_numbers_that_may_still_come() -> None:
    at = keeping.timezone.now()
    assert list(Gap(5, 9, at).without([6, 9])) == [Gap(5, 5, at), Gap(7, 8, at)]
    assert list(Gap(5, 5, at).without([5])) == []
    place = Place(9, (Gap(5, 6, at),))
    assert Place.of(9, place.as_json()) == place


@pytest.mark.django_db
def test_an_entry_that_is_saved_late_is_still_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time.")
    since = keeping.timezone.now() - timedelta(hours=1)
    monkeypatch.setattr(history.database, "oldest_writer", lambda: since)
    begun = history.news(Place(newest_entry())).place
    change_site(Site.objects.get(organisation=cast.community), tenure="owned", by=cast.operator)
    late = Entry.objects.latest("pk")
    number = late.pk
    Entry.objects.filter(pk=number).delete()  # three others had drawn their numbers before
    late.pk = number + 3
    late.save(force_insert=True)
    later = history.news(begun)
    assert later.entries == 1
    late.pk = number + 1
    late.save(force_insert=True)
    told = history.news(later.place)
    assert (told.entries, told.units) == (1, {cast.community.pk})
    assert history.news(told.place).entries == 0
    monkeypatch.setattr(history.database, "oldest_writer", lambda: None)
    assert history.news(told.place).place.gaps == ()
