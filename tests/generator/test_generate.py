from __future__ import annotations

import multiprocessing
import shutil
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from guben.generator import generate
from guben.generator.bulletins import read_bulletin
from guben.generator.check import Answer, check
from guben.generator.errors import GeneratorRefused
from guben.generator.generate import Generated, sizes_of
from guben.generator.rows import read_rows
from guben.generator.units_plan import plan_units
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.frozen import read_manifest
from tests.generator.countries import PUBLISHED, ask, invent, published, require_whole_and_in_order

MEMBERS = 12_000
EMPTY = {("development_case", "full_on")}  # those on the way have no such day yet


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Generated]:
    folder = tmp_path_factory.mktemp("country") / "snapshot"
    return folder, invent(folder, published("2023"), MEMBERS, most=150)


def unequal(answers: list[Answer]) -> dict[str, int | None]:
    return {one.line.row: one.counted for one in answers if one.is_equal is False}


def test_every_row_is_as_published(country: tuple[Path, Generated]) -> None:
    folder, made = country
    answers = check(folder, published("2023"))
    assert (unequal(answers), made.missed) == ({}, ())
    assert sum(one.is_equal is True for one in answers) == 61


@pytest.mark.parametrize("name", ["2009-12-31", "2011-12-31", "2014-12-31", "2018-12-31", "2021-06-05", "2025-12-31"])
def test_a_partial_bulletin_will_do(name: str, tmp_path: Path) -> None:
    bulletin = read_bulletin(PUBLISHED / f"{name}.csv")
    made = invent(tmp_path / "out", bulletin, 3000, most=10_000)
    assert (unequal(check(tmp_path / "out", bulletin)), made.missed) == ({}, ())


@pytest.mark.parametrize("name", ["2013-12-31", "2018-12-31", "2021-06-05", "2023-12-31", "2024-12-31"])
def test_local_committees_of_a_whole_country_are_as_many_as_published(name: str) -> None:
    read = read_rows(read_bulletin(PUBLISHED / f"{name}.csv"))
    sizes = sizes_of(read, None, None)
    units = plan_units(read, sizes.organisations, sizes.of_organisations, np.random.default_rng(1))
    every = read.total("unit", "level", *units.levels)
    told = {level: line for level in units.levels if (line := read.total("unit", "level", level))}
    assert every or told
    assert every is None or sum(units.levels.values()) == every.value
    assert {level: units.levels[level] for level in told} == {level: line.value for level, line in told.items()}


def test_a_total_by_itself_will_do(tmp_path: Path) -> None:
    path = tmp_path / "2001.csv"
    path.write_text("table,row,value,unit\nmembers.total,党员总数,40,名\n")
    invent(tmp_path / "out", read_bulletin(path), None)
    assert ask(tmp_path / "out", "SELECT count(*) FROM {member} WHERE stage IN ('full', 'probationary')") == [(40,)]


def test_the_check_sees_a_single_record_that_is_altered(country: tuple[Path, Generated], tmp_path: Path) -> None:
    """One woman of the records becomes a man: the two rows about women tell, and no other."""
    before = {one.line.name: one.counted for one in check(country[0], published("2023"))}
    folder = tmp_path / "altered"
    shutil.copytree(country[0], folder)
    file = sorted((folder / "member").glob("*.parquet"))[-1]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE rows AS SELECT * FROM read_parquet('{file}')")
        one = "SELECT min(record) FROM rows WHERE sex = '2' AND stage = 'full'"
        connection.execute(f"UPDATE rows SET sex = '1' WHERE record = ({one})")
        connection.execute(f"COPY rows TO '{file}' (FORMAT parquet)")
    after = {one.line.name: one.counted for one in check(folder, published("2023"))}
    changed = {
        name: after[name] - count for name, count in before.items() if count is not None and after[name] != count
    }
    table = "members.sex_ethnic_education"
    assert changed == {(table, "女党员"): -1, (table, "女党员占比"): -1}


def test_the_snapshot_is_whole_and_in_order(country: tuple[Path, Generated]) -> None:
    folder, made = country
    assert read_manifest(folder) == made.manifest
    assert made.manifest.generated["members"] == MEMBERS
    assert len(made.manifest.parts) > 3
    require_whole_and_in_order(folder)


def test_every_table_and_column_says_something_that_it_may_say(country: tuple[Path, Generated]) -> None:
    for table in catalogue:
        names = [column.name for column in table.stored_columns]
        known = ask(country[0], f"SELECT {', '.join(f'count({name})' for name in names)} FROM {{{table.name}}}")[0]
        assert {(table.name, name) for name, count in zip(names, known, strict=True) if not count} <= EMPTY
        coded = {column.name: set(column.values) for column in table.stored_columns if column.values}
        if coded:
            said = ask(
                country[0], f"SELECT {', '.join(f'list(DISTINCT {name})' for name in coded)} FROM {{{table.name}}}"
            )
            assert [name for name, some in zip(coded, said[0], strict=True) if set(some) - {None} - coded[name]] == []


@pytest.mark.parametrize(
    "impossible",
    [
        "SELECT * FROM {member} WHERE joined_on < born_on + INTERVAL 18 YEAR",
        "SELECT * FROM {member} WHERE joined_on > DATE '2023-12-31' OR full_on > DATE '2023-12-31' OR full_on < joined_on",
        "SELECT * FROM {member} WHERE (stage = 'full') <> (full_on IS NOT NULL)",
        "SELECT * FROM {organisation} JOIN (SELECT organisation, count(joined_on) AS found FROM {member} GROUP BY ALL)"
        " USING (organisation) WHERE members <> found",
        "SELECT * FROM {organisation} WHERE team_filled > team_seats OR has_committee <> (team_seats >= 3)",
        "SELECT * FROM {meeting} WHERE present > entitled OR entitled > roll OR recorded_on < held_on"
        " OR held_on NOT BETWEEN DATE '2023-01-01' AND DATE '2023-12-31'",
        "SELECT * FROM {dues} WHERE settled_cents > due_cents OR settled_cents > paid_cents OR due_cents > owed_cents",
        "SELECT record, count(*) FROM {member} GROUP BY record HAVING count(*) > 1",
        "SELECT * FROM {member} WHERE organisation NOT IN (SELECT organisation FROM {tree})",
        "SELECT * FROM {tree} c JOIN {tree} p ON p.organisation = c.parent WHERE c.path[:-5] <> p.path",
    ],
)
def test_nothing_contradicts_itself(country: tuple[Path, Generated], impossible: str) -> None:
    assert ask(country[0], f"SELECT count(*) FROM ({impossible})") == [(0,)]


def test_the_same_seed_gives_the_same_files_whoever_works_beside(tmp_path: Path) -> None:
    def digests(name: str, **words: Any) -> set[tuple[str, str]]:
        made = invent(tmp_path / name, published("2023"), 300, most=8, **words)
        return {(file.name, file.sha256) for file in made.manifest.files if file.name.startswith(("member", "tree"))}

    alone = digests("alone")
    assert alone == digests("two", processes=2)
    assert alone != digests("other", seed=2)


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    def fill_it(_message: str, done: int, _total: int) -> None:
        if done:
            raise duckdb.IOException("IO Error: Could not write file: No space left on device")

    with pytest.raises(GeneratorRefused, match="can't be written: the disk is full. Nothing of it is left."):
        invent(tmp_path / "out", published("2023"), 60, progress=fill_it)
    assert list(tmp_path.iterdir()) == []


def test_what_is_stopped_leaves_no_file_and_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_words: Any, **_more: Any) -> None:
        assert len(multiprocessing.active_children()) == 2
        assert (tmp_path / "out.unfinished").is_dir()
        raise KeyboardInterrupt

    monkeypatch.setattr(generate, "wait", stop)
    with pytest.raises(KeyboardInterrupt):
        invent(tmp_path / "out", published("2023"), 300, most=8, processes=2)
    assert list(tmp_path.iterdir()) == []
    assert multiprocessing.active_children() == []


def test_units_may_be_many_or_few_for_the_members(tmp_path: Path) -> None:
    made = invent(tmp_path / "out", published("2023"), 500, organisations=900, most=10_000)
    assert unequal(check(tmp_path / "out", published("2023"))) == {}
    assert made.manifest.rows("dues") == 500


def test_what_is_there_is_left_alone(country: tuple[Path, Generated]) -> None:
    with pytest.raises(GeneratorRefused, match="holds something already"):
        invent(country[0], published("2023"), 100)


def test_numbers_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    for rows, told in (
        ("orgs.total,基层组织总数,100,个\norgs.territory,行政村,200,个\n", "leave no room"),
        ("orgs.territory,行政村,200,个\n", "tells no number of members"),
        ("members.total,党员总数,10,名\nadmissions.total,发展党员,20,名\n", "only 10 members"),
        ("members.total,党员总数,0,名\n", "out of reach"),
    ):
        path = tmp_path / "2023.csv"
        path.write_text(f"table,row,value,unit\n{rows}")
        with pytest.raises(GeneratorRefused, match=told):
            invent(tmp_path / "out", read_bulletin(path), None)
    assert not (tmp_path / "out").exists()


def test_a_snapshot_of_another_day_or_none_is_refused(country: tuple[Path, Generated], tmp_path: Path) -> None:
    with pytest.raises(GeneratorRefused, match="is of 2023-12-31, the bulletin of 2024-12-31"):
        check(country[0], published("2024"))
    with pytest.raises(GeneratorRefused, match=r"manifest\.json"):
        check(tmp_path, published("2024"))
