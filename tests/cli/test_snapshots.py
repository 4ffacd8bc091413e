from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from guben.audit.models import Entry
from guben.figures.models import Snapshot
from guben.figures.tasks import forget_snapshots
from guben.organisations.models import Organisation
from tests.cast import BRANCH, CITY, PEOPLE, TODAY, TOWN, Cast
from tests.command import figures, guben, refused

pytestmark = pytest.mark.usefixtures("rules")


class TestSnapshots:
    def taken(self, folder: Path, on: str = "2026-06-30") -> Path:
        guben("snapshot", "--on", on, "--out", folder, "--json").document  # noqa: B018
        return folder

    def test_one_is_taken_and_used_again(self, cast: Cast, tmp_path: Path) -> None:
        folder = self.taken(tmp_path / "frozen")
        asked = ("--all", "--at", TOWN, "--below")
        before = figures(*asked)
        Organisation.objects.get(code=BRANCH).sites.all().delete()

        assert figures(*asked, "--engine", "duckdb", "--snapshot", folder) == before
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in folder.rglob("*") if file.is_file()} == {0o600}
        assert {file.stat().st_mode & 0o777 for file in folder.iterdir() if file.is_dir()} == {0o700}

    def test_it_is_registered_with_who_took_it_and_until_when_it_is_kept(self, cast: Cast, tmp_path: Path) -> None:
        folder = self.taken(tmp_path / "frozen")

        snapshot = Snapshot.objects.get()

        assert (snapshot.on, snapshot.folder, snapshot.taken_by) == (TODAY, str(folder.resolve()), cast.operator)
        assert snapshot.keep_until > TODAY

    def test_a_changed_file_is_refused(self, cast: Cast, tmp_path: Path) -> None:
        folder = self.taken(tmp_path / "frozen")
        file = folder / "member/0000.parquet"
        file.write_bytes(file.read_bytes() + b"x")

        assert "member/0000.parquet" in refused(
            guben("evaluate", "--all", "--at", CITY, "--engine", "duckdb", "--snapshot", folder)
        )

    def test_a_changed_manifest_is_refused(self, cast: Cast, tmp_path: Path) -> None:
        folder = self.taken(tmp_path / "frozen")
        manifest = folder / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"rows"', '"row"'))

        assert "manifest.json" in refused(
            guben("evaluate", "--all", "--at", CITY, "--engine", "duckdb", "--snapshot", folder)
        )

    def test_another_day_is_refused(self, cast: Cast, tmp_path: Path) -> None:
        folder = self.taken(tmp_path / "frozen", on="2026-03-31")

        assert "2026-03-31 ≠ 2026-06-30" in refused(
            guben("evaluate", "--all", "--at", CITY, "--engine", "duckdb", "--snapshot", folder)
        )

    def test_a_missing_or_empty_folder_is_refused(self, cast: Cast, tmp_path: Path) -> None:
        for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
            (tmp_path / "file").write_text("{}")
            refused(guben("evaluate", "--all", "--at", CITY, "--engine", "duckdb", "--snapshot", folder))

    def test_it_holds_no_name_number_or_telephone(self, cast: Cast, tmp_path: Path) -> None:
        folder = self.taken(tmp_path / "frozen")
        people = list(cast.people.values())
        people[0].phone, people[0].id_number = "13800001111", "440000197103020013"
        people[0].save()
        again = self.taken(tmp_path / "again")
        secrets = {row[0] for row in PEOPLE} | {"13800001111", "440000197103020013"}
        seen = 0
        for file in [*folder.glob("*/*.parquet"), *again.glob("*/*.parquet")]:
            columns = duckdb.sql(f"SELECT * FROM read_parquet('{file}')")
            assert not {"person", "person_id", "name_key", "phone", "id_number"} & set(columns.columns)
            for row in columns.fetchall():
                seen += 1
                assert not {str(value) for value in row} & secrets, file
            raw = file.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in raw], file
        assert seen > 50

    def test_people_get_other_numbers_than_in_the_records_and_others_each_time(
        self, cast: Cast, tmp_path: Path
    ) -> None:
        def numbers(folder: Path) -> list[int]:
            asked = f"SELECT record FROM read_parquet('{folder / 'member/0000.parquet'}')"
            return [number for (number,) in duckdb.sql(asked).fetchall()]

        one, another = (numbers(self.taken(tmp_path / name)) for name in ("one", "another"))

        assert len(set(one)) == len(PEOPLE) == len(set(another))
        known = {person.pk for person in cast.people.values()} | set(range(1_000))
        assert not set(one) & known
        assert not set(one) & set(another)

    def test_rows_stand_in_no_order_that_joins_two_snapshots(self, cast: Cast, tmp_path: Path) -> None:
        def born(folder: Path) -> list[object]:
            return duckdb.sql(f"SELECT born_on FROM read_parquet('{folder / 'member/0000.parquet'}')").fetchall()

        one, *others = (born(self.taken(tmp_path / str(number))) for number in range(4))

        assert sorted(map(str, one)) == sorted(map(str, others[0]))
        assert any(one != other for other in others)

    def test_the_right_is_asked_for_at_every_top(self, cast: Cast, tmp_path: Path) -> None:
        for who in ("clerk", "secretary", "member", "neighbour", "stranger", "inspector", "auditor", "administrator"):
            refused(guben("--as", who, "snapshot", "--out", tmp_path / who))
            assert not (tmp_path / who).exists()
        assert not Snapshot.objects.exists()

    def test_one_whose_time_is_over_is_deleted_and_noted(self, cast: Cast, tmp_path: Path) -> None:
        old, new = self.taken(tmp_path / "old"), self.taken(tmp_path / "new")
        (old / "notes.txt").write_text("mine")
        Snapshot.objects.filter(folder=str(old.resolve())).update(keep_until=TODAY - timedelta(days=1))

        assert guben("snapshot", "--forget", "--json").document == {"deleted": 1}

        assert [file.name for file in old.iterdir()] == ["notes.txt"]
        assert (new / "manifest.json").is_file()
        assert [one.folder for one in Snapshot.objects.all()] == [str(new.resolve())]
        assert Entry.objects.filter(action="snapshots.forgotten").count() == 1
        assert guben("snapshot", "--forget", "--json").document == {"deleted": 0}

    def test_every_night_deletes_what_is_over(self, cast: Cast, tmp_path: Path) -> None:
        folder = self.taken(tmp_path / "old")
        Snapshot.objects.update(keep_until=TODAY - timedelta(days=1))

        assert forget_snapshots() == "1 snapshots deleted"

        assert not folder.exists()

    def test_who_does_not_manage_the_system_deletes_none(self, cast: Cast, tmp_path: Path) -> None:
        self.taken(tmp_path / "old")
        Snapshot.objects.update(keep_until=TODAY - timedelta(days=1))

        refused(guben("--as", "statistician", "snapshot", "--forget"))

        assert Snapshot.objects.count() == 1

    def test_one_of_an_old_day_is_kept_as_long_as_any(self, cast: Cast, tmp_path: Path) -> None:
        self.taken(tmp_path / "old", on="2025-01-31")

        assert Snapshot.objects.get().keep_until > TODAY
