"""Real divisions become units: on a small sample with the odd rows of the real files."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from guben.accounts.models import User
from guben.organisations import actions, divisions
from guben.organisations.models import Organisation
from tests.cast import Cast

SAMPLE = {
    "provinces.csv": """code,name
11,"北京市"
44,"广东省"
45,"广西壮族自治区"
46,"海南省"
""",
    "cities.csv": """code,name,provinceCode
1101,"市辖区",11
4401,"广州市",44
4420,"中山市",44
4690,"省直辖县级行政区划",46
""",
    "areas.csv": """code,name,cityCode,provinceCode
110101,"东城区",1101,11
440103,"荔湾区",4401,44
442000,"中山市",4420,44
469001,"五指山市",4690,46
""",
    "streets.csv": """code,name,areaCode,provinceCode,cityCode
110101001,"东华门街道",110101,11,1101
440103001,"沙面街道办事处",440103,44,4401
442000100,"小榄镇",442000,44,4420
442000101,"翠亨新区",442000,44,4420
440999001,"无主镇",440999,44,4409
""",
    "villages.csv": """code,name,streetCode,provinceCode,cityCode,areaCode
110101001001,"多福巷社区居委会",110101001,11,1101,110101
440103001001,"翠洲居民委员会",440103001,44,4401,440103
440103001002,"广东省广州市荔湾区沙面街道同德社区居民委员会",440103001,44,4401,440103
442000100201,"石桥村委会",442000100,44,4420,442000
442000100202,"石桥村民委员会",442000100,44,4420,442000
442000100203,"小榄镇福坑村村民委员会",442000100,44,4420,442000
442000100401,"农场生活区",442000100,44,4420,442000
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in SAMPLE.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create(username="operator", is_operator=True)


def test_a_province_becomes_a_tree(folder: Path, operator: User) -> None:
    told: list[tuple[int, int]] = []
    counts = divisions.import_divisions(folder, "44", operator, lambda done, total: told.append((done, total)))
    assert (counts.rows, counts.accepted, counts.unchanged, counts.rejected) == (14, 13, 0, 1)
    assert told == [(13, 13)]
    names = dict(Organisation.objects.values_list("code", "name"))
    assert names["440000"] == "广东省委"
    assert names["442000"] == "中山市委"
    assert names["440103001"] == "沙面街道党工委"
    assert names["442000101"] == "翠亨新区党工委"
    assert names["440103001001"] == "翠洲社区党支部"
    assert names["440103001002"] == "同德社区党支部"
    assert names["442000100203"] == "福坑村党支部"
    assert actions.check_tree() == []


def test_a_city_that_is_its_own_county_stands_once_and_holds_its_towns(folder: Path, operator: User) -> None:
    divisions.import_divisions(folder, "44", operator)
    town = Organisation.objects.select_related("parent__parent").get(code="442000100")
    assert town.parent is not None
    assert town.parent.code == "442000"
    assert town.parent.territory == "city"
    assert town.parent.parent is not None
    assert town.parent.parent.code == "440000"


@pytest.mark.parametrize(("province", "below", "above"), [("11", "110101", "110000"), ("46", "469001", "460000")])
def test_headings_are_no_units(folder: Path, operator: User, province: str, below: str, above: str) -> None:
    divisions.import_divisions(folder, province, operator)
    parent = Organisation.objects.get(code=below).parent
    assert parent is not None
    assert parent.code == above


def test_an_autonomous_region_has_a_committee_of_its_own_style(folder: Path, operator: User) -> None:
    divisions.import_divisions(folder, "45", operator)
    assert Organisation.objects.get().name == "广西壮族自治区党委"


def test_villages_and_communities_are_told_apart(folder: Path, operator: User) -> None:
    divisions.import_divisions(folder, "44", operator)
    kinds = dict(Organisation.objects.values_list("code", "territory"))
    fields = dict(Organisation.objects.values_list("code", "field"))
    assert (kinds["442000100201"], fields["442000100201"]) == ("village", "rural")
    assert (kinds["440103001001"], fields["440103001001"]) == ("community", "urban_community")
    assert (kinds["442000100401"], fields["442000100401"]) == ("community", "urban_community")


def test_two_of_one_name_below_one_town_are_told_apart(folder: Path, operator: User) -> None:
    divisions.import_divisions(folder, "44", operator)
    twins = Organisation.objects.filter(code__in=["442000100201", "442000100202"]).order_by("code")
    assert [unit.name for unit in twins] == ["石桥村党支部", "石桥村党支部（202）"]
    assert [unit.short_name for unit in twins] == ["石桥村", "石桥村（202）"]


def test_a_town_without_its_county_is_rejected_with_its_code(folder: Path, operator: User) -> None:
    counts = divisions.import_divisions(folder, "44", operator)
    assert [code for code, _ in counts.faults] == ["440999001"]
    assert "440999" in counts.faults[0][1]


def test_imported_again_only_what_is_new_is_founded(folder: Path, operator: User) -> None:
    divisions.import_divisions(folder, "44", operator)
    with (folder / "villages.csv").open("a", encoding="utf-8") as file:
        file.write('442000100204,"新塘村委会",442000100,44,4420,442000\n')
    counts = divisions.import_divisions(folder, "44", operator)
    assert (counts.rows, counts.accepted, counts.unchanged, counts.rejected) == (15, 1, 13, 1)
    assert Organisation.objects.get(code="442000100204").name == "新塘村党支部"
    assert actions.check_tree() == []


def test_missing_files_are_named_with_the_command_that_fetches_them(tmp_path: Path, operator: User) -> None:
    with pytest.raises(divisions.DivisionsMissing, match=r"provinces\.csv.*make data"):
        divisions.import_divisions(tmp_path, "44", operator)


def test_an_unknown_province_is_answered_with_the_known_ones(folder: Path, operator: User) -> None:
    with pytest.raises(divisions.UnknownProvince, match="11、44"):
        divisions.import_divisions(folder, "99", operator)


def test_an_organiser_of_a_city_founds_no_province(folder: Path, cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        divisions.import_divisions(folder, "44", cast.organiser)
    assert not Organisation.objects.filter(code="440000").exists()


def test_the_whole_country_stands_below_one_root_and_a_stopped_import_goes_on(
    folder: Path, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(divisions, "CHUNK", 5)

    def stop(done: int, total: int) -> None:
        if done >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        divisions.import_divisions(folder, divisions.WHOLE_COUNTRY, operator, stop)
    assert Organisation.objects.count() == 10
    counts = divisions.import_divisions(folder, divisions.WHOLE_COUNTRY, operator)
    assert (counts.unchanged, counts.accepted + counts.unchanged + counts.rejected) == (10, counts.rows)
    root = Organisation.objects.get(parent=None)
    assert (root.code, root.name, root.territory) == ("100000", "全国党组织", "nation")
    provinces = Organisation.objects.filter(parent=root)
    assert {unit.territory for unit in provinces} == {"province"}
    assert provinces.count() == 4
    again = divisions.import_divisions(folder, divisions.WHOLE_COUNTRY, operator)
    assert (again.accepted, again.unchanged) == (0, counts.accepted + counts.unchanged)
