from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from guben.figures.models import Snapshot
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
        assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}

    def test_it_is_registered_with_who_took_it_and_until_when_it_is_kept(self, cast: Cast, tmp_path: Path) -> None:
        folder = self.taken(tmp_path / "frozen")

        snapshot = Snapshot.objects.get()

        assert (snapshot.on, snapshot.folder, snapshot.taken_by) == (TODAY, str(folder.resolve()), cast.operator)
        assert snapshot.keep_until > TODAY

    def test_a_changed_file_is_refused(self, cast: Cast, tmp_path: Path) -> None:
        folder = self.taken(tmp_path / "frozen")
        file = folder / "member.parquet"
        file.write_bytes(file.read_bytes() + b"x")

        assert "member.parquet" in refused(
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
        for file in [*folder.glob("*.parquet"), *again.glob("*.parquet")]:
            columns = duckdb.sql(f"SELECT * FROM read_parquet('{file}')")
            assert not {"person", "person_id", "name_key", "phone", "id_number"} & set(columns.columns)
            for row in columns.fetchall():
                seen += 1
                assert not {str(value) for value in row} & secrets, file
            raw = file.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in raw], file
        assert seen > 50

    def test_people_get_other_numbers_than_in_the_records(self, cast: Cast, tmp_path: Path) -> None:
        folder = self.taken(tmp_path / "frozen")

        numbers = duckdb.sql(f"SELECT record FROM read_parquet('{folder / 'member.parquet'}') ORDER BY 1").fetchall()

        assert [number for (number,) in numbers] == list(range(1, len(PEOPLE) + 1))
