"""Search keys of Chinese names: full pinyin and initials, with the readings that surnames have of their own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

PINYIN_ROOM = 120
INITIALS_ROOM = 20
MIDDLE_DOTS = "·•・‧∙．."

# Where a surname is read otherwise than the character usually is. The first reading is the right one; the others are
# what people also say or type, and are kept so that a search with them finds the name too.
SURNAMES: dict[str, tuple[str, ...]] = {
    "柏": ("bai", "bo"),
    "秘": ("bi", "mi"),
    "薄": ("bo",),
    "卜": ("bu",),
    "长": ("chang",),
    "谌": ("chen", "shen"),
    "重": ("chong",),
    "种": ("chong", "zhong"),
    "都": ("du",),
    "盖": ("ge", "gai"),
    "句": ("gou", "ju"),
    "黑": ("he", "hei"),
    "角": ("jue", "jiao"),
    "阚": ("kan",),
    "适": ("kuo", "shi"),
    "缪": ("miao",),
    "牟": ("mou", "mu"),
    "佴": ("nai", "er"),
    "能": ("nai", "neng"),
    "粘": ("nian", "zhan"),
    "区": ("ou", "qu"),
    "朴": ("piao", "pu"),
    "繁": ("po", "fan"),
    "郄": ("qie", "xi"),
    "覃": ("qin", "tan"),
    "仇": ("qiu", "chou"),
    "单": ("shan", "dan"),
    "召": ("shao", "zhao"),
    "折": ("she", "zhe"),
    "莘": ("shen", "xin"),
    "隗": ("wei", "kui"),
    "尉": ("wei", "yu"),
    "郗": ("xi", "chi"),
    "洗": ("xian", "xi"),
    "解": ("xie", "jie"),
    "行": ("xing", "hang"),
    "么": ("yao",),
    "乐": ("yue", "le"),
    "员": ("yun", "yuan"),
    "藏": ("zang", "cang"),
    "曾": ("zeng", "ceng"),
    "查": ("zha", "cha"),
    "翟": ("zhai", "di"),
    "祭": ("zhai", "ji"),
}

# Where a character in a name is read otherwise than the dictionary's first reading.
IN_NAMES = {"卜": "bu"}

DOUBLE_SURNAMES: dict[str, tuple[str, str]] = {
    "万俟": ("mo", "qi"),
    "尉迟": ("yu", "chi"),
    "长孙": ("zhang", "sun"),
    "令狐": ("ling", "hu"),
    "单于": ("chan", "yu"),
    "欧阳": ("ou", "yang"),
    "司马": ("si", "ma"),
    "上官": ("shang", "guan"),
    "诸葛": ("zhu", "ge"),
    "夏侯": ("xia", "hou"),
    "皇甫": ("huang", "fu"),
    "慕容": ("mu", "rong"),
    "宇文": ("yu", "wen"),
    "司徒": ("si", "tu"),
    "司空": ("si", "kong"),
    "公孙": ("gong", "sun"),
    "轩辕": ("xuan", "yuan"),
    "呼延": ("hu", "yan"),
    "澹台": ("tan", "tai"),
    "濮阳": ("pu", "yang"),
    "赫连": ("he", "lian"),
    "鲜于": ("xian", "yu"),
    "闻人": ("wen", "ren"),
    "东方": ("dong", "fang"),
    "南宫": ("nan", "gong"),
    "西门": ("xi", "men"),
    "端木": ("duan", "mu"),
    "淳于": ("chun", "yu"),
    "独孤": ("du", "gu"),
    "钟离": ("zhong", "li"),
    "太史": ("tai", "shi"),
    "申屠": ("shen", "tu"),
    "百里": ("bai", "li"),
    "拓跋": ("tuo", "ba"),
    "第五": ("di", "wu"),
    "区阳": ("ou", "yang"),
}


class NameKeys(NamedTuple):
    """What a name is found by. Further readings of a surname follow the right one after a space."""

    pinyin: str
    initials: str


@cache
def _reading(character: str) -> str:
    """The usual reading of one character, without tone; Latin letters and digits stay, all else is dropped."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    if usual := IN_NAMES.get(character):
        return usual
    return "".join(letter for letter in syllables(character)[0].lower() if letter.isascii() and letter.isalpha())


def syllables(words: str) -> list[str]:
    """The sound of each character, without tone; what is not Chinese stays together as it is."""
    from pypinyin import lazy_pinyin  # its dictionaries take half a second, and most commands name nobody

    return lazy_pinyin(words)


def _surname_readings(name: str) -> tuple[int, list[tuple[str, ...]]]:
    """How many characters the surname has when it stands in one of the tables, and its readings."""
    if any(dot in name for dot in MIDDLE_DOTS):
        return 0, [()]
    if len(name) > 2 and (double := DOUBLE_SURNAMES.get(name[:2])):
        return 2, [double]
    if single := SURNAMES.get(name[:1]):
        return 1, [(reading,) for reading in single]
    return 0, [()]


def _joined(readings: Iterable[str], room: int) -> str:
    """The different readings separated by a space, as many as there is room for."""
    text = ""
    for reading in dict.fromkeys(readings):
        candidate = f"{text} {reading}".strip()
        if len(candidate) > room:
            break
        text = candidate
    return text


def name_keys(name: str) -> NameKeys:
    """Full pinyin (lower case, no tones, no spaces) and initials of a name: 单小明 is shanxiaoming, sxm."""
    if len(name) < 5 and name.isalpha() and name[0] not in SURNAMES and name[:2] not in DOUBLE_SURNAMES:
        syllables = list(map(_reading, name))  # most names; nothing is cut, and there is one reading
        return NameKeys("".join(syllables), "".join([syllable[:1] for syllable in syllables]))
    bare = "".join(name.split())
    length, surnames = _surname_readings(bare)
    rest = [syllable for character in bare[length:] if (syllable := _reading(character))]
    spelled = [[*surname, *rest] for surname in surnames]
    return NameKeys(
        _joined(("".join(syllables)[:PINYIN_ROOM] for syllables in spelled), PINYIN_ROOM),
        _joined(
            ("".join(syllable[0] for syllable in syllables)[:INITIALS_ROOM] for syllables in spelled), INITIALS_ROOM
        ),
    )


def bulk_name_keys(names: Iterable[str]) -> list[NameKeys]:
    """The keys of many names, in order; a name that comes again is worked out once."""
    known: dict[str, NameKeys] = {}
    found = []
    for name in names:
        if name not in known:
            known[name] = name_keys(name)
        found.append(known[name])
    return found


def as_typed(text: str) -> str:
    """Pinyin as a person types it, brought to the form it is stored in: ü and the passport's yu become v."""
    bare = "".join(text.lower().split()).replace("'", "").replace("ü", "v")
    return bare.replace("lyu", "lv").replace("nyu", "nv")
