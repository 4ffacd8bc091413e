"""Withdrawing an import: who is taken back, who stays and why, whose right it is, twice, and interrupted."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from django.utils import timezone

from guben.audit.models import Entry
from guben.dues import actions as dues
from guben.dues.actions import Wanted
from guben.imports import actions, saving, withdrawable, withdrawing
from guben.imports.errors import NothingToWithdraw, StillSaving
from guben.jobs.models import Job
from guben.meetings.models import Absence, Meeting
from guben.members import actions as people
from guben.members import errors
from guben.members.models import Affiliation, Person, Stage, Standing
from tests.cast import TODAY, TOWN, Cast, sign_in
from tests.imports.sheets import id_number, member, workbook

pytestmark = pytest.mark.django_db
NAMES = ("裴小满", "何小雨", "施小雪")


@pytest.fixture(autouse=True)
def at_once(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


def rows() -> list[dict[str, Any]]:
    return [
        member(姓名=name, 公民身份号码=id_number(date(1990, 5, number + 1)), 性别=None, 出生日期=None)
        for number, name in enumerate(NAMES)
    ]


def save(client: Client, more: list[dict[str, Any]] | None = None) -> Job:
    """Uploads, checks and saves; gives the saving."""
    file = SimpleUploadedFile("名册.xlsx", workbook(more or rows()))
    client.post("/imports/", {"kind": "members", "at": TOWN, "file": file})
    check = Job.objects.filter(arguments__dry_run=True).order_by("-created_at").first()
    client.post(f"/imports/{check.pk}/save/")
    return Job.objects.filter(arguments__dry_run=False).order_by("-created_at").first()


@pytest.fixture
def saved(client: Client, cast: Cast) -> Job:
    job = save(sign_in(client, cast.clerk))
    assert Person.objects.filter(name__in=NAMES).count() == 3
    return job


def person(name: str) -> Person:
    return Person.objects.get(name=name)


def kept(job: Job, cast: Cast, who: str = "clerk") -> dict[str, int]:
    return dict(withdrawable.registered_by(job, cast.users[who]).kept)


def test_a_fresh_import_is_taken_back_whole_and_leaves_no_row(cast: Cast, client: Client, saved: Job) -> None:
    keys = list(Person.objects.filter(name__in=NAMES).values_list("pk", flat=True))
    before = Person.objects.count()
    page = client.get(f"/imports/{saved.pk}/withdraw/").content.decode()
    assert "撤回这次导入新登记的3人" in page
    answer = client.post(f"/imports/{saved.pk}/withdraw/", follow=True)
    assert "已撤回3人的登记。" in answer.content.decode()
    assert Person.objects.count() == before - 3
    for model in (Stage, Affiliation, Standing):
        assert not model._default_manager.filter(person__in=keys).exists()
    for key in keys:
        acts = Entry.objects.filter(object_type="members.person", object_id=str(key)).values_list("action", flat=True)
        assert sorted(acts) == ["members.registered", "members.registration_withdrawn"]
    entry = Entry.objects.get(action="imports.withdrawn")
    assert entry.details == {"count": 3, "kept": 0}
    assert (entry.user, entry.organisation) == (cast.clerk, cast.town)
    result = client.get(f"/imports/{saved.pk}/").content.decode()
    assert "已撤回3人" in result
    assert "导错了，撤回" not in result


def test_the_same_file_may_come_again_afterwards(cast: Cast, client: Client, saved: Job) -> None:
    withdrawing.withdraw(saved, by=cast.clerk)
    again = save(client)
    assert again.result["accepted"] == 3
    assert withdrawable.registered_by(saved, cast.clerk).people == []
    assert len(withdrawable.registered_by(again, cast.clerk).people) == 3


def test_done_twice_the_second_finds_nobody(cast: Cast, client: Client, saved: Job) -> None:
    address = f"/imports/{saved.pk}/withdraw/"
    assert client.post(address).status_code == 302
    again = client.post(address)
    assert again.status_code == 409
    assert "以前已经撤回" in again.content.decode()
    with pytest.raises(NothingToWithdraw):
        withdrawing.withdraw(saved, by=cast.clerk)
    assert Entry.objects.filter(action="imports.withdrawn").count() == 1


def meeting(cast: Cast, **more: Any) -> Meeting:
    given = {"organisation": cast.branch, "form": "member_meeting", "held_on": TODAY, "topic": "学习"}
    counts = {"roll_count": 12, "entitled_count": 10, "recorded_at": timezone.now(), "recorded_on": TODAY}
    return Meeting.objects.create(**{**given, **counts, "recorded_by": cast.secretary, **more})


def changed(cast: Cast, one: Person) -> None:
    people.change_person(one, by=cast.secretary, occupation="manager")


def called(cast: Cast, one: Person) -> None:
    people.record_contact(one, contacted_on=TODAY, way="visit", by=cast.secretary)


def moved(cast: Cast, one: Person) -> None:
    people.affiliate(one, cast.small_branch, from_on=TODAY, by=cast.clerk)


def moved_by_a_merger(cast: Cast, one: Person) -> None:
    Affiliation.objects.filter(person=one).update(until_on=TODAY)
    Affiliation.objects.create(person=one, organisation=cast.small_branch, from_on=TODAY)


def appointed(cast: Cast, one: Person) -> None:
    post = next(post for post in cast.posts if post.organisation == cast.other_village and post.kind == "secretary")
    people.appoint(one, post, from_on=TODAY, by=cast.clerk)


def owes_dues(cast: Cast, one: Person) -> None:
    dues.set_standards(cast.branch, 2026, [Wanted(one.pk, "farmers", 100)], from_month=1, by=cast.secretary)


def keeps_contact(cast: Cast, one: Person) -> None:
    Standing.objects.filter(person=cast.people["宁远行"]).update(contact_person=one)


def has_an_account(cast: Cast, one: Person) -> None:
    Person.objects.filter(pk=one.pk).update(user=cast.stranger)


def was_absent(cast: Cast, one: Person) -> None:
    old = meeting(cast, recorded_at=timezone.now() - timedelta(days=30))
    Absence.objects.create(meeting=old, person=one, reason="ill")


LATER = [changed, called, moved, moved_by_a_merger, appointed, owes_dues, keeps_contact, has_an_account, was_absent]


@pytest.mark.parametrize("act", LATER, ids=lambda act: act.__name__)
def test_who_has_a_later_record_stays(cast: Cast, saved: Job, act: Any) -> None:
    act(cast, person("何小雨"))
    assert kept(saved, cast) == {"recorded": 1}
    withdrawing.withdraw(saved, by=cast.clerk)
    assert set(Person.objects.filter(name__in=NAMES).values_list("name", flat=True)) == {"何小雨"}
    assert Entry.objects.get(action="imports.withdrawn").details == {"count": 2, "kept": 1}


def test_a_number_that_was_only_looked_at_keeps_nobody(cast: Cast, saved: Job) -> None:
    people.unmask(person("何小雨"), "id_number", "核对名册和证件", by=cast.secretary)
    assert kept(saved, cast) == {}


def test_who_was_counted_at_a_meeting_since_stays(cast: Cast, client: Client, saved: Job) -> None:
    meeting(cast, recorded_at=timezone.now() - timedelta(days=30))  # the books knew it before
    meeting(cast, withdrawn_at=timezone.now())
    meeting(cast, organisation=cast.small_branch)
    assert kept(saved, cast) == {}
    meeting(cast)
    assert kept(saved, cast) == {"met": 3}
    page = client.get(f"/imports/{saved.pk}/withdraw/").content.decode()
    assert "没有可以撤回的人" in page
    assert "此后记过会议" in page
    assert client.post(f"/imports/{saved.pk}/withdraw/").status_code == 409


def test_after_seven_days_everybody_stays(cast: Cast, client: Client, saved: Job, monkeypatch: Any) -> None:
    later = timezone.now() + timedelta(days=7, minutes=1)
    assert withdrawable.registered_by(saved, cast.clerk, later).kept == {"late": 3}
    monkeypatch.setattr(withdrawable, "DAYS", -1)
    with pytest.raises(NothingToWithdraw):
        withdrawing.withdraw(saved, by=cast.clerk)
    assert "导错了，撤回" not in client.get(f"/imports/{saved.pk}/").content.decode()
    assert Person.objects.filter(name__in=NAMES).count() == 3


def test_those_who_were_only_updated_are_left_alone(cast: Cast, client: Client, saved: Job) -> None:
    more = [*rows()[:2], member(姓名="新来的", 公民身份号码=id_number(date(1985, 1, 2)), 性别=None, 出生日期=None)]
    more[0]["学历"] = "小学"
    second = save(client, more)
    assert (second.result["accepted"], second.result["updated"]) == (1, 1)
    withdrawing.withdraw(second, by=cast.clerk)
    assert person("裴小满").education == "80"
    assert not Person.objects.filter(name="新来的").exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [("organiser", 200), ("secretary", 404), ("inspector", 404), ("neighbour", 404), ("administrator", 404)],
)
def test_the_same_right_may_withdraw_and_nobody_else_learns_of_it(
    cast: Cast, client: Client, saved: Job, who: str, status: int
) -> None:
    other = sign_in(client, cast.users[who])
    assert other.get(f"/imports/{saved.pk}/withdraw/").status_code == status
    assert other.post(f"/imports/{saved.pk}/withdraw/").status_code == (302 if status == 200 else status)
    assert Person.objects.filter(name__in=NAMES).exists() is (status != 200)


def test_it_is_offered_to_the_same_right_on_the_start_page(cast: Cast, client: Client, saved: Job) -> None:
    way = f"/imports/{saved.pk}/withdraw/"
    for who in ("clerk", "organiser"):
        assert way in sign_in(client, cast.users[who]).get("/imports/").content.decode()
    for who in ("secretary", "neighbour"):
        assert way not in sign_in(client, cast.users[who]).get("/imports/").content.decode()


def test_an_importer_who_has_lost_the_right_is_refused(cast: Cast, client: Client, saved: Job) -> None:
    cast.clerk.grants.update(until_on=TODAY)
    assert sign_in(client, cast.clerk).post(f"/imports/{saved.pk}/withdraw/").status_code in (403, 404)
    assert Person.objects.filter(name__in=NAMES).count() == 3


def test_neither_a_check_nor_anothers_job_is_an_import_to_withdraw(cast: Cast, saved: Job) -> None:
    check = Job.objects.get(arguments__dry_run=True)
    with pytest.raises(Http404):
        withdrawable.import_to_withdraw(cast.clerk, check.pk)


def test_while_the_file_is_being_saved_nothing_is_taken_back(cast: Cast, saved: Job) -> None:
    Job.objects.filter(pk=saved.pk).update(state="running")
    with pytest.raises(StillSaving):
        withdrawing.withdraw(saved, by=cast.clerk)


def test_an_import_that_was_interrupted_is_taken_back_as_far_as_it_came(
    cast: Cast, client: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(saving, "BATCH", 1)
    written = saving._register
    calls = []

    def dies(*given: Any) -> list[int]:
        calls.append(given)
        if len(calls) == 3:
            raise RuntimeError("killed")
        return written(*given)

    monkeypatch.setattr(saving, "_register", dies)
    job = save(sign_in(client, cast.clerk))
    assert job.state == "failed"
    assert Person.objects.filter(name__in=NAMES).count() == 2
    assert f"/imports/{job.pk}/withdraw/" in client.get(f"/imports/{job.pk}/").content.decode()
    assert len(withdrawing.withdraw(job, by=cast.clerk).people) == 2
    assert not Person.objects.filter(name__in=NAMES).exists()


def test_what_was_taken_up_again_is_one_file(cast: Cast, client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(saving, "BATCH", 1)
    written, calls = saving._register, []

    def dies_once(*given: Any) -> list[int]:
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return written(*given)

    monkeypatch.setattr(saving, "_register", dies_once)
    job = save(sign_in(client, cast.clerk))
    client.post(f"/imports/{job.pk}/again/")
    assert Person.objects.filter(name__in=NAMES).count() == 3
    assert len(withdrawing.withdraw(job, by=cast.clerk).people) == 3


def test_a_withdrawal_that_fails_takes_nobody_back(cast: Cast, saved: Job, monkeypatch: Any) -> None:
    def fails(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(withdrawing.trail, "record", fails)
    with pytest.raises(RuntimeError):
        withdrawing.withdraw(saved, by=cast.clerk)
    assert Person.objects.filter(name__in=NAMES).count() == 3
    assert Affiliation.objects.filter(person__name__in=NAMES).count() == 3
    assert not Entry.objects.filter(action="members.registration_withdrawn").exists()


def test_the_action_refuses_by_itself_who_has_a_later_record(cast: Cast, saved: Job) -> None:
    keys = list(Person.objects.filter(name__in=NAMES).values_list("pk", flat=True))
    changed(cast, person("何小雨"))
    with pytest.raises(errors.RecordedSince):
        people.withdraw_registrations(keys, by=cast.clerk)
    with pytest.raises(errors.RecordedSince):
        people.withdraw_registrations([*keys[:1], 987_654], by=cast.clerk)
    assert Person.objects.filter(name__in=NAMES).count() == 3


def test_an_import_from_the_command_line_keeps_no_file_to_withdraw(cast: Cast) -> None:
    actions.import_members(actions.read(workbook(rows()), "x", "members"), cast.town, cast.clerk)
    assert Person.objects.filter(name__in=NAMES).count() == 3
    assert not Entry.objects.filter(action="imports.registered").exists()


def test_keys_are_kept_as_spans_and_found_again() -> None:
    assert list(withdrawable._spans([7, 3, 4, 5, 9])) == [[3, 5], [7, 7], [9, 9]]
