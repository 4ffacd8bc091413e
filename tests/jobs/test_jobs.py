"""Jobs run once, tell how far they are, keep their reason, and belong to one person."""

from __future__ import annotations

import signal
import stat
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from guben.accounts.models import User
from guben.jobs import actions, files, registry, schedule
from guben.jobs.errors import JobIsOver, Stopped
from guben.jobs.models import Job
from guben.jobs.report import Report
from guben.kit.errors import DomainError
from tests.cast import sign_in

pytestmark = pytest.mark.django_db
IMMEDIATE = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.DATA = tmp_path
    settings.TASKS = IMMEDIATE


@pytest.fixture
def owner() -> User:
    return User.objects.create(username="o", language="zh-hans")


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch):
    """Gives the function that does jobs of the kind "test"."""

    def give(run):
        monkeypatch.setitem(registry._kinds, "test", registry.Kind(run))

    return give


def waiting(owner: User, **fields) -> Job:
    return Job.objects.create(kind="test", title="事", owner=owner, **fields)


def test_a_started_job_runs_and_keeps_its_result(owner, kind):
    def run(job: Job, report: Report) -> dict:
        report.stage("读表", total=3)
        report.progress(2)
        report.keep_file("结果.txt", job.arguments["word"].encode(), as_result=True)
        return {"rows": 3}

    kind(run)
    job = actions.start("test", "试一件", owner, arguments={"word": "好"})
    assert (job.state, job.result, job.done, job.total) == ("done", {"rows": 3}, 3, 3)
    assert files.read(job.pk, job.result_file) == "好".encode()
    assert "读表" in job.log


def test_uploads_and_results_are_readable_by_the_account_alone(owner, kind):
    kind(lambda job, report: {"name": report.keep_file("r.xlsx", b"1", as_result=True)})
    job = actions.start("test", "试", owner, upload=("../../名册 2026.csv", b"x"))
    assert job.arguments == {"upload": "名册_2026.csv"}
    places = [files.path(job.pk, "名册_2026.csv"), files.path(job.pk, "r.xlsx")]
    assert all(place and stat.S_IMODE(place.stat().st_mode) == 0o600 for place in places)
    assert stat.S_IMODE(files.folder(job.pk).stat().st_mode) == 0o700


def test_a_task_that_comes_twice_does_its_job_once(owner, kind):
    calls = []
    kind(lambda job, report: calls.append(1) or {})
    job = waiting(owner)
    assert actions.run(job.pk) is True
    assert actions.run(job.pk) is False
    assert calls == [1]


def test_a_refusal_is_kept_as_its_sentence(owner, kind):
    def run(job: Job, report: Report) -> dict:
        raise DomainError("第3行空着。")

    kind(run)
    job = actions.start("test", "试", owner)
    assert (job.state, job.message) == ("failed", "第3行空着。")


def test_an_unforeseen_failure_gives_a_number_and_the_log_the_story(owner, kind):
    def run(job: Job, report: Report) -> dict:
        raise ZeroDivisionError("secret 442000")

    kind(run)
    job = actions.start("test", "试", owner)
    log = Path(django_settings.DATA) / "logs" / "jobs.log"
    number = log.read_text().split()[1]
    assert job.state == "failed"
    assert number in job.message
    assert "442000" not in job.message + job.log
    assert "ZeroDivisionError" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_kind_nobody_does_fails_with_a_number(owner):
    assert actions.start("nobody.knows", "试", owner).state == "failed"


def test_a_worker_killed_in_the_middle_leaves_a_reason(owner, kind):
    def run(job: Job, report: Report) -> dict:
        raise SystemExit(1)

    kind(run)
    job = waiting(owner)
    with pytest.raises(SystemExit):
        actions.run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "打断" in job.message


def test_jobs_whose_worker_went_without_a_word_are_released(owner):
    lost = waiting(owner, state="running", started_at=timezone.now() - timedelta(hours=7))
    busy = waiting(owner, state="running", started_at=timezone.now() - timedelta(minutes=7))
    assert actions.release_interrupted() == 1
    lost.refresh_from_db()
    busy.refresh_from_db()
    assert (lost.state, busy.state) == ("failed", "running")


def test_stopping_a_waiting_job_ends_it_and_a_running_one_at_its_next_report(owner, kind):
    job = waiting(owner)
    actions.request_stop(job, by=owner)
    assert job.state == "stopped"
    assert actions.run(job.pk) is False

    def run(running: Job, report: Report) -> dict:
        actions.request_stop(Job.objects.get(pk=running.pk), by=owner)
        report.stage("还在办")
        raise AssertionError("went on")

    kind(run)
    other = waiting(owner)
    actions.run(other.pk)
    other.refresh_from_db()
    assert other.state == "stopped"


def test_work_that_saves_in_batches_tells_what_is_saved_when_it_ends_early(owner, kind):
    def run(job: Job, report: Report) -> dict:
        report.saved(4000)
        Job.objects.filter(pk=job.pk).update(stop_requested=True)
        report.stage("再存")
        return {}

    kind(run)
    job = actions.start("test", "试", owner)
    assert (job.state, job.result) == ("stopped", {"saved": 4000})
    assert job.message == "按要求停下了。已经保存4000行，再办一次从断的地方接着。"
    gone = waiting(owner, state="running", started_at=timezone.now() - timedelta(hours=7), result={"saved": 2000})
    actions.release_interrupted()
    gone.refresh_from_db()
    assert "已经保存2000行" in gone.message


def test_what_is_over_or_another_persons_is_not_stopped(owner):
    other = User.objects.create(username="x")
    with pytest.raises(JobIsOver):
        actions.request_stop(waiting(owner, state="done"), by=owner)
    job = waiting(owner)
    with pytest.raises(JobIsOver):
        actions.request_stop(job, by=other)
    job.refresh_from_db()
    assert job.state == "waiting"


def test_progress_is_written_at_most_twice_a_second(owner, django_assert_max_num_queries):
    report = Report(waiting(owner, state="running"))
    with django_assert_max_num_queries(4):
        for done in range(2000):
            report.progress(done, 2000)


def test_a_report_after_a_stop_raises(owner):
    report = Report(waiting(owner, state="running", stop_requested=True))
    with pytest.raises(Stopped):
        report.stage("再办")


def test_expired_files_go_and_the_row_stays(owner, kind):
    kind(lambda job, report: {"name": report.keep_file("r.txt", b"1", as_result=True)})
    old, new = actions.start("test", "旧", owner), actions.start("test", "新", owner)
    Job.objects.filter(pk=old.pk).update(expires_on=date(2020, 1, 1))
    open_ = waiting(owner, expires_on=date(2020, 1, 1))
    assert actions.clean_expired() == 1
    old.refresh_from_db()
    assert (files.read(old.pk, "r.txt"), old.result_file, old.result) == (None, "", {"name": "r.txt"})
    assert files.read(new.pk, "r.txt") == b"1"
    assert Job.objects.filter(pk=open_.pk, state="waiting").exists()


@pytest.fixture
def worker(settings, monkeypatch):
    """Calls the worker's command; it takes the signals of the process, so they are given back.

    It would close the connection, and with it the transaction that this test is.
    """
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
    kept = [(number, signal.getsignal(number)) for number in numbers]
    yield lambda *words: call_command("work", *words, "--batch", "--no-startup-delay", verbosity=0)
    for number, handler in kept:
        signal.signal(number, handler)


def test_a_worker_that_starts_alone_puts_right_what_was_left(owner, worker):
    lost = waiting(owner, state="running", started_at=timezone.now())
    worker("--alone")
    lost.refresh_from_db()
    assert lost.state == "failed"


def test_the_worker_does_a_queued_job(owner, kind, worker):
    kind(lambda job, report: {"rows": 1})
    job = actions.start("test", "试", owner)
    assert job.state == "waiting"
    worker()
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"rows": 1})


def test_folders_without_a_row_are_cleared_after_a_day():
    import os

    orphan, fresh = uuid.uuid4(), uuid.uuid4()
    files.write(orphan, "a", b"1")
    files.write(fresh, "a", b"1")
    os.utime(files.folder(orphan), (0, 0))
    actions.clean_expired()
    assert files.read(orphan, "a") is None
    assert files.read(fresh, "a") == b"1"


@pytest.fixture
def done(cast, kind) -> Job:
    kind(lambda job, report: {"name": report.keep_file("名单.xlsx", b"PK1", as_result=True)})
    return actions.start("test", "导出名单", cast.clerk, cast.town)


@pytest.mark.parametrize("page", ["", "file/"])
def test_a_job_and_its_file_are_nobody_elses(client: Client, cast, done: Job, page: str):
    address = f"/jobs/{done.pk}/{page}"
    assert sign_in(client, cast.clerk).get(address).status_code == 200
    for who in ("organiser", "administrator", "stranger"):
        assert sign_in(client, cast.users[who]).get(address).status_code == 404
    assert sign_in(client, None).get(address).status_code == 302


def test_only_the_owner_stops_a_job(client: Client, cast):
    job = waiting(cast.clerk)
    assert sign_in(client, cast.organiser).post(f"/jobs/{job.pk}/stop/").status_code == 404
    assert sign_in(client, cast.clerk).get(f"/jobs/{job.pk}/stop/").status_code == 405
    assert client.post(f"/jobs/{job.pk}/stop/").status_code == 302
    job.refresh_from_db()
    assert job.state == "stopped"


def test_the_file_comes_as_a_download_that_is_not_cached(client: Client, cast, done: Job):
    answer = sign_in(client, cast.clerk).get(f"/jobs/{done.pk}/file/")
    assert answer.getvalue() == b"PK1"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")


def test_an_expired_file_says_so(client: Client, cast, done: Job):
    files.remove(done.pk)
    answer = sign_in(client, cast.clerk).get(f"/jobs/{done.pk}/file/")
    assert answer.status_code == 410
    assert "到期" in answer.content.decode()


def test_a_job_without_a_file_has_none_to_fetch(client: Client, cast, kind):
    kind(lambda job, report: {})
    job = actions.start("test", "试", cast.clerk)
    assert sign_in(client, cast.clerk).get(f"/jobs/{job.pk}/file/").status_code == 404
    assert client.get(f"/jobs/{waiting(cast.clerk).pk}/file/").status_code == 404


def test_the_list_shows_own_jobs_only(client: Client, cast, done: Job):
    waiting(
        cast.organiser,
    )
    page = sign_in(client, cast.clerk).get("/jobs/").content.decode()
    assert "导出名单" in page
    assert [row["job"].owner_id for row in client.get("/jobs/").context["jobs"]] == [cast.clerk.pk]


def test_a_running_job_shows_counts_and_asks_again(client: Client, cast):
    job = waiting(
        cast.clerk,
        state="running",
        done=50,
        total=200,
        message="逐行检查",
        started_at=timezone.now() - timedelta(seconds=10),
    )
    page = sign_in(client, cast.clerk).get(f"/jobs/{job.pk}/").content.decode()
    assert 'max="200"' in page
    assert "every 2s" in page
    assert "大约还要30秒" in page
    part = client.get(f"/jobs/{job.pk}/?part=progress", headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith("<section")
    Job.objects.filter(pk=job.pk).update(state="done")
    assert client.get(f"/jobs/{job.pk}/?part=progress", headers={"HX-Request": "true"})["HX-Refresh"] == "true"


@pytest.mark.one_database
def test_what_is_done_all_the_time_goes_on_when_one_piece_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(schedule, "_often", {})
    schedule.often("breaks")(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    schedule.often("works")(lambda: done.append("works") or "")
    assert schedule.run_often() == ["breaks", "works"]
    assert done == ["works"]
