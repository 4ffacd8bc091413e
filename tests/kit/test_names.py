"""Names are found by pinyin and initials, with the readings surnames have of their own."""

import time

import pytest

from guben.kit.names import INITIALS_ROOM, PINYIN_ROOM, as_typed, bulk_name_keys, name_keys


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("单小明", "shanxiaoming", "sxm"),
        ("曾国强", "zengguoqiang", "zgq"),
        ("仇英", "qiuying", "qy"),
        ("解放", "xiefang", "xf"),
        ("区大为", "oudawei", "odw"),
        ("朴树", "piaoshu", "ps"),
        ("盖天", "getian", "gt"),
        ("翟临", "zhailin", "zl"),
        ("乐嘉", "yuejia", "yj"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("查良", "zhaliang", "zl"),
        ("任正", "renzheng", "rz"),
        ("华罗庚", "hualuogeng", "hlg"),
        ("纪岚", "jilan", "jl"),
        ("缪斯", "miaosi", "ms"),
        ("冼星海", "xianxinghai", "xxh"),
        ("员外", "yunwai", "yw"),
        ("万俟卨", "moqixie", "mqx"),
        ("令狐冲", "linghuchong", "lhc"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("李光明", "liguangming", "lgm"),
        ("吕布", "lvbu", "lb"),
    ],
)
def test_the_right_reading_stands_first(name, pinyin, initials):
    keys = name_keys(name)
    assert keys.pinyin.split()[0] == pinyin
    assert keys.initials.split()[0] == initials


def test_a_surname_is_found_by_its_other_reading_too():
    assert name_keys("覃辉").pinyin == "qinhui tanhui"
    assert name_keys("单于飞").initials == "cyf"
    assert name_keys("翟临").initials == "zl dl"


def test_a_character_that_is_a_surname_keeps_its_usual_reading_inside_a_given_name():
    assert name_keys("李乐").pinyin == "lile"
    assert name_keys("王解").pinyin == "wangjie"


def test_a_name_with_a_middle_dot_is_read_through():
    assert name_keys("阿卜杜·热合曼") == ("abudureheman", "abdrhm")
    assert name_keys("乐·Tom").pinyin == "letom"


def test_spaces_and_unknown_signs_are_dropped():
    assert name_keys(" 李 明 ").pinyin == "liming"
    assert name_keys("…") == ("", "")
    assert name_keys("") == ("", "")


def test_the_keys_fit_their_columns():
    keys = name_keys("单" * 60)
    assert len(keys.pinyin) <= PINYIN_ROOM
    assert len(keys.initials) <= INITIALS_ROOM


def test_thirty_thousand_names_take_a_few_seconds():
    names = [f"李{chr(0x4E00 + i % 20000)}{chr(0x4E00 + i * 7 % 20000)}" for i in range(30000)]
    start = time.process_time()
    found = bulk_name_keys(names)
    assert time.process_time() - start < 6
    assert len(found) == 30000
    assert found[5] == name_keys(names[5])


def test_what_is_typed_meets_what_is_stored():
    assert as_typed("Lü Bu") == as_typed("LYU BU") == "lvbu"
    assert as_typed("xi'an") == "xian"
