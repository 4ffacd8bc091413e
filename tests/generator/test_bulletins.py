from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from guben.generator.bulletins import read_bulletin
from guben.generator.check import question_of
from guben.generator.errors import BadBulletin
from guben.generator.rows import meaning_of, read_rows
from tests.generator.countries import PUBLISHED

HEAD = "table,row,value,unit\n"
TOTAL = "members.total,党员总数,9918.5,万名\n"
FILES = sorted(PUBLISHED.glob("*.csv"))


def written(tmp_path: Path, content: str | bytes, name: str = "2023.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", ":1: the first line must begin with table,row,value,unit."),
        ("表,行,数,单位\n", ":1: the first line must begin with table,row,value,unit."),
        (HEAD, "holds no numbers."),
        (HEAD + "members.total,党员总数,九千,万名\n", ":2: '九千' is no number. Write it as 9918.5."),
        (HEAD + "members.total,党员总数,nan,万名\n", ":2: 'nan' is no number."),
        (HEAD + "members.total,党员总数,1e9,万名\n", ":2: '1e9' is no number."),
        (HEAD + "members.total,党员总数,-5,万名\n", ":2: -5 is below nought; only changes may be."),
        (HEAD + "members.total,党员总数,5,吨\n", ":2: the unit '吨' is not known"),
        (HEAD + "members.total,女党员占比,130,%\n", ":2: 130 % is more than everything."),
        (HEAD + ",党员总数,5,万名\n", ":2: names no table or no row."),
        (HEAD + "members.total,党员总数\n", ":2: has 2 cells; there must be 4 at least."),
        (HEAD + TOTAL + TOTAL, ":3: members.total 党员总数 stands in line 2 already."),
        (HEAD + '"members.total,5\n', "is no CSV file"),
        (b"\xb5\xb3\xd4\xb1", "is not UTF-8"),
        ("x" * 1_000_001, "has 1,000,001 bytes"),
    ],
)  # fmt: skip
def test_each_mistake_of_a_file_is_told_with_its_line(tmp_path: Path, content: str | bytes, told: str) -> None:
    with pytest.raises(BadBulletin) as refused:
        read_bulletin(written(tmp_path, content))
    assert told in str(refused.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadBulletin) as refused:
        read_bulletin(written(tmp_path, HEAD + "a,b,x,名\n" + "a,c,-1,名\n"))
    assert len(refused.value.mistakes) == 2


def test_a_fall_may_be_below_nought(tmp_path: Path) -> None:
    (line,) = read_bulletin(written(tmp_path, HEAD + "admissions.total,比上年增减,-35.1,万名\n"))
    assert line.value == -351_000


def test_the_name_tells_the_day_unless_it_is_given(tmp_path: Path) -> None:
    assert read_bulletin(written(tmp_path, HEAD + TOTAL)).on == date(2023, 12, 31)
    assert read_bulletin(written(tmp_path, HEAD + TOTAL, "2021-06-05.csv")).on == date(2021, 6, 5)
    odd = written(tmp_path, HEAD + TOTAL, "公报.csv")
    assert read_bulletin(odd, date(2020, 1, 1)).on == date(2020, 1, 1)
    with pytest.raises(BadBulletin, match="tells no day"):
        read_bulletin(odd)
    with pytest.raises(BadBulletin, match="can't be read"):
        read_bulletin(tmp_path / "2022.csv")


def test_more_columns_and_a_mark_at_the_beginning_do_no_harm(tmp_path: Path) -> None:
    text = "\ufefftable,row,value,unit,doubt\r\nmembers.total,党员总数,9918.5,万名,none\r\n\r\n"
    (line,) = read_bulletin(written(tmp_path, text))
    assert (line.value, line.half, line.decimals) == (99_185_000, 500, 1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_readings_know_the_same_rows(path: Path) -> None:
    """What is invented and what is counted are told apart in two places: neither knows a row that the other does not."""
    bulletin = read_bulletin(path)
    told = {line.name for line in bulletin if meaning_of(line, bulletin.on)}
    asked = {line.name for line in bulletin if question_of(line, bulletin.on)}
    assert told == asked


def test_only_what_one_day_cannot_tell_is_unknown() -> None:
    unknown = {line.row for path in FILES for line in read_rows(read_bulletin(path)).unknown}
    never = ("净增", "增减", "增幅", "一线", "表彰", "颁发", "党组", "机关", "事业单位", "公有制", "国有")
    assert [row for row in unknown if not any(word in row for word in never)] == []
