"""Moving on, moving, standing, contact, posts: dates, rights, refusals and the history."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.access.models import Grant
from guben.audit.models import Entry
from guben.members import actions, errors, queries, sealed
from guben.members.models import Affiliation, Contact, Holding, Person, Stage, Standing
from guben.organisations import holders, obstacles
from guben.organisations.models import Post
from tests.cast import TODAY
from tests.members.numbers import id_number

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "refusal"), [("neighbour", Http404), ("member", Http404), ("inspector", PermissionDenied)]
)
def test_every_verb_checks_its_right(cast, who, refusal):
    by, person = cast.users[who], cast.people["宁远行"]
    holding = Holding.objects.get(person=cast.people["柏守田"])
    verbs = [
        lambda: actions.change_person(person, by=by, name="别人"),
        lambda: actions.enter_stage(person, "ended", from_on=TODAY, by=by),
        lambda: actions.take_standing(person, "home", from_on=TODAY, by=by),
        lambda: actions.record_contact(person, contacted_on=TODAY, way="visit", by=by),
        lambda: actions.unmask(person, "phone", "看一看号码", by=by),
        lambda: actions.link_user(person, by, by=by),
    ]
    for verb in verbs:
        with pytest.raises(refusal):
            verb()
    unit_refusal = PermissionDenied if who in {"member", "inspector"} else Http404
    with pytest.raises(unit_refusal):
        actions.relieve(holding, until_on=TODAY, by=by)
    with pytest.raises(unit_refusal):
        actions.appoint(person, holding.post, from_on=TODAY, by=by)
    with pytest.raises(unit_refusal):
        actions.affiliate(person, cast.branch, from_on=TODAY, by=by)


def test_change_keeps_the_search_keys_and_tells_the_history_no_number(cast):
    person = cast.people["单小禾"]
    number = id_number(person.born_on, "2")
    actions.change_person(person, by=cast.secretary, name="查小禾", id_number=number, phone="13800002222")
    person.refresh_from_db()
    assert person.pinyin.startswith("zhaxiaohe")
    assert sealed.clear_value(person, "id_number") == number
    assert person.phone_mask == "138****2222"
    entry = Entry.objects.get(action="members.changed")
    assert entry.fields == ["id_number", "name", "phone"]
    with pytest.raises(errors.NothingChanged):
        actions.change_person(person, by=cast.secretary, name="查小禾", id_number=number)


def test_change_refuses_what_contradicts_the_number_or_the_age(cast):
    person = cast.people["单小禾"]
    actions.change_person(person, by=cast.secretary, id_number=id_number(person.born_on, "2"))
    with pytest.raises(errors.IdNumberOtherBirthDay):
        actions.change_person(person, by=cast.secretary, born_on=date(1994, 8, 18))
    with pytest.raises(errors.IdNumberOtherSex):
        actions.change_person(person, by=cast.secretary, sex="1")
    with pytest.raises(errors.TooYoung):
        actions.change_person(cast.people["仇月初"], by=cast.secretary, born_on=date(2000, 1, 1))
    with pytest.raises(errors.UnknownCode):
        actions.change_person(person, by=cast.secretary, education="55")


def test_stages_go_forward_only(cast):
    person = cast.people["阮新芽"]
    with pytest.raises(errors.StageAlready):
        actions.enter_stage(person, "probationary", from_on=TODAY, by=cast.secretary)
    with pytest.raises(errors.StagesOutOfOrder):
        actions.enter_stage(person, "activist", from_on=TODAY, by=cast.secretary)
    with pytest.raises(errors.StagesOutOfOrder):
        actions.enter_stage(person, "full", from_on=date(2026, 2, 14), by=cast.secretary)
    with pytest.raises(errors.DayInFuture):
        actions.enter_stage(person, "full", from_on=TODAY + timedelta(days=1), by=cast.secretary)
    actions.enter_stage(person, "full", from_on=TODAY, by=cast.secretary)
    rows = Stage.objects.filter(person=person).values_list("kind", "from_on", "until_on")
    assert list(rows) == [("probationary", date(2026, 2, 14), TODAY), ("full", TODAY, None)]


def test_an_ended_membership_takes_affiliation_standing_posts_and_roles_along(cast):
    person = cast.people["柏守田"]
    helped = cast.people["宁远行"]
    Standing.objects.filter(person=helped).update(contact_person=person)
    actions.enter_stage(person, "ended", from_on=TODAY, by=cast.organiser)
    assert not Affiliation.objects.filter(person=person, until_on=None).exists()
    assert not Standing.objects.filter(person=person, until_on=None).exists()
    assert Standing.objects.get(person=helped, until_on=None).contact_person is None
    assert Standing.objects.get(person=helped, until_on=TODAY).contact_person == person  # the days before keep it
    assert Holding.objects.get(person=person).until_on == TODAY
    assert Grant.objects.get(user=cast.secretary).until_on == TODAY
    assert person.name not in {entry.name for entry in queries.roll_of(cast.branch, TODAY)}
    assert person.name in {entry.name for entry in queries.roll_of(cast.branch, TODAY - timedelta(days=1))}
    assert queries.person_for(cast.organiser, person.pk) == person


def test_a_move_ends_the_old_affiliation_on_the_day_the_new_one_begins(cast):
    person = cast.people["池秀莲"]
    day = date(2026, 6, 1)
    row = actions.affiliate(person, cast.branch, group=cast.groups[0], from_on=day, by=cast.clerk)
    before = Affiliation.objects.get(person=person, organisation=cast.small_branch)
    assert (before.until_on, row.from_on, row.group) == (day, day, cast.groups[0])
    with pytest.raises(errors.AlreadyThere):
        actions.affiliate(person, cast.branch, group=cast.groups[0], from_on=TODAY, by=cast.clerk)
    with pytest.raises(errors.DayTooEarly):
        actions.affiliate(person, cast.small_branch, from_on=date(2026, 5, 31), by=cast.clerk)
    assert Entry.objects.filter(action="members.affiliated").count() == 1


def test_a_wrong_entry_of_the_same_day_is_corrected_in_place(cast):
    person = cast.people["池秀莲"]
    actions.affiliate(person, cast.branch, group=cast.groups[0], from_on=TODAY, by=cast.clerk)
    actions.affiliate(person, cast.branch, group=cast.groups[1], from_on=TODAY, by=cast.clerk)
    assert Affiliation.objects.filter(person=person).count() == 2
    assert Affiliation.objects.get(person=person, until_on=None).group == cast.groups[1]


def test_who_belongs_elsewhere_is_not_taken_in(cast):
    with pytest.raises(errors.RegisteredElsewhere):
        actions.affiliate(cast.people["苗江月"], cast.branch, from_on=TODAY, by=cast.clerk)
    assert Entry.objects.filter(action="members.number_looked_up", user=cast.clerk).count() == 1
    with pytest.raises(errors.GroupElsewhere):
        actions.affiliate(cast.people["池秀莲"], cast.small_branch, group=cast.groups[0], from_on=TODAY, by=cast.clerk)


def test_who_is_away_is_excused_and_has_a_contact_person_of_the_unit(cast):
    person, helper = cast.people["仇月初"], cast.people["邬春桥"]
    with pytest.raises(errors.OwnContact):
        actions.take_standing(person, "away", from_on=TODAY, contact_person=person, by=cast.secretary)
    with pytest.raises(errors.ContactOutsideUnit):
        actions.take_standing(person, "away", from_on=TODAY, contact_person=cast.people["俞大坝"], by=cast.clerk)
    before = queries.roll_counts([cast.branch], TODAY)[cast.branch.pk]
    actions.take_standing(person, "away", from_on=TODAY, contact_person=helper, place="东莞", by=cast.secretary)
    after = queries.roll_counts([cast.branch], TODAY)[cast.branch.pk]
    assert (after.roll, after.entitled, after.excused) == (before.roll, before.entitled - 1, before.excused + 1)
    with pytest.raises(errors.NothingChanged):
        actions.take_standing(person, "away", from_on=TODAY, contact_person=helper, place="东莞", by=cast.secretary)
    row = actions.take_standing(person, "home", from_on=TODAY, contact_person=helper, place="东莞", by=cast.secretary)
    assert (row.contact_person, row.place) == (None, "")


def test_only_members_have_a_standing(cast):
    with pytest.raises(errors.NotAMember):
        actions.take_standing(cast.people["阮新芽"], "away", from_on=date(2026, 2, 13), by=cast.secretary)


def test_who_is_out_of_reach_stays_on_the_list_of_contacts(cast):
    before = {row.person.name for row in queries.contacts_overdue(cast.town, TODAY)}
    person = Person.objects.get(name="慕老根")
    assert person.name in before
    person.standings.update(kind="lost")
    assert {row.person.name for row in queries.contacts_overdue(cast.town, TODAY)} == before


def test_contacts_overdue_lists_the_longest_first(cast):
    rows = queries.contacts_overdue(cast.town, TODAY)
    assert [row.person.name for row in rows] == ["宁远行", "慕老根"]
    assert all(row.is_overdue for row in rows)
    actions.record_contact(cast.people["宁远行"], contacted_on=TODAY, way="visit", by=cast.secretary)
    assert [row.person.name for row in queries.contacts_overdue(cast.town, TODAY)] == ["慕老根"]
    assert [row.person.name for row in queries.contacts_overdue(cast.town, date(2025, 3, 1))] == []


def test_many_contacts_are_recorded_at_once_below_one_unit(cast):
    made = [actions.ContactMade(cast.people[name], TODAY, "visit") for name in ("宁远行", "慕老根")]
    assert actions.record_contacts(made, unit=cast.branch, by=cast.secretary) == 2
    assert Contact.objects.count() == 2
    with pytest.raises(Http404):
        actions.record_contacts(
            [actions.ContactMade(cast.people["解千帆"], TODAY, "visit")], unit=cast.branch, by=cast.organiser
        )


def test_team_posts_are_for_full_members_and_one_at_a_time(cast):
    post = Post.objects.get(organisation=cast.other_village, kind="secretary")
    probationary, member = cast.people["阮新芽"], cast.people["牟青山"]
    with pytest.raises(errors.NotAFullMember):
        actions.appoint(probationary, post, from_on=TODAY, by=cast.clerk)
    with pytest.raises(errors.PostNotOpen):
        actions.appoint(member, post, from_on=date(2020, 1, 1), by=cast.clerk)
    holding = actions.appoint(member, post, from_on=date(2026, 6, 1), by=cast.clerk)
    with pytest.raises(errors.PostFilled, match="牟青山"):
        actions.appoint(cast.people["桑满仓"], post, from_on=TODAY, by=cast.clerk)
    grant = Grant.objects.create(
        user=cast.stranger, role="secretary", organisation=cast.other_village, from_on=TODAY, holding=holding
    )
    actions.relieve(holding, until_on=date(2026, 6, 20), by=cast.clerk)
    assert not Grant.objects.filter(pk=grant.pk).exists()
    with pytest.raises(errors.HoldingEnded):
        actions.relieve(holding, until_on=TODAY, by=cast.clerk)
    with pytest.raises(errors.PostOverlaps):
        actions.appoint(cast.people["桑满仓"], post, from_on=date(2026, 6, 10), by=cast.clerk)
    actions.appoint(cast.people["桑满仓"], post, from_on=date(2026, 6, 20), by=cast.clerk)


def test_many_posts_are_filled_at_once(cast):
    post = Post.objects.get(organisation=cast.other_village, kind="secretary")
    new = Post.objects.create(organisation=cast.other_village, kind="publicity", from_on=date(2025, 1, 1))
    rows = [
        actions.Appointment(cast.people["牟青山"], post, date(2026, 6, 1)),
        actions.Appointment(cast.people["厉冬梅"], new, date(2026, 6, 1)),
    ]
    assert len(actions.appoint_many(rows, by=cast.clerk)) == 2
    with pytest.raises(errors.PostFilled):
        actions.appoint_many(rows[:1], by=cast.clerk)
    with pytest.raises(Http404):
        actions.appoint_many([actions.Appointment(cast.people["苗江月"], new, TODAY)], by=cast.clerk)


def test_a_lower_app_learns_who_holds_posts_and_who_stands_in_the_way(cast):
    post = Post.objects.get(organisation=cast.branch, kind="secretary")
    assert holders.of_posts([post.pk], TODAY)[post.pk].name == "柏守田"
    assert "9人" in obstacles.sentences("dissolve", cast.branch, TODAY)[0]
    assert obstacles.sentences("dissolve", cast.town, TODAY) == []
    assert "柏守田" in obstacles.sentences("close_post", post, TODAY)[0]
    assert "4人" in obstacles.sentences("close_group", cast.groups[1], TODAY)[0]


def test_an_account_is_one_persons(cast):
    actions.link_user(cast.people["仇月初"], cast.stranger, by=cast.secretary)
    assert queries.own_person(cast.stranger) == cast.people["仇月初"]
    with pytest.raises(errors.UserTaken):
        actions.link_user(cast.people["曾望川"], cast.stranger, by=cast.secretary)


def test_search_finds_within_reach_only(cast):
    assert [person.name for person in queries.search(cast.organiser, "苗江月").people] == ["苗江月"]
    assert queries.search(cast.clerk, "苗江月") == queries.Found()
    assert queries.search(cast.statistician, "苗江月") == queries.Found()
    assert queries.search(cast.clerk, "  ") == queries.Found()
