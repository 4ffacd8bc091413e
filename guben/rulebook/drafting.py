"""The values of a form as the entries of a rulebook: what a duty, a line or a figure is, said for the engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from guben.kit.names import syllables
from guben.rulebook.conditions import among, joined
from guben.rulebook.models import RuleForm

Values = Mapping[str, Any]
Parts = dict[str, list[dict[str, Any]]]
LONGEST_STEM = 36
QUORUMS = {
    "half": "entitled > 0 and present * 2 >= entitled",
    "more_than_half": "entitled > 0 and present * 2 > entitled",
    "two_thirds": "entitled > 0 and present * 3 >= entitled * 2",
    "all": "entitled > 0 and present = entitled",
    "somebody": "present > 0",
}
EXEMPT = {
    "committee": ("has_committee", "本支部不设支部委员会。", "This branch has no committee."),
    "group": ("groups > 0", "本支部没有划分党小组。", "This branch has no groups."),
}
LINES = {"<=": ("不超过", "At most "), ">=": ("不低于", "At least "), "<": ("低于", "Below "), ">": ("超过", "Above ")}


def suffix(code: str, number: int) -> str:
    """What the keys of a unit's rules end with: its code, or its number where the code can't stand in a key."""
    plain = "-".join(re.findall(r"[a-z0-9]+", code.lower()))
    return plain if plain and plain == code.lower() else f"u{number}"


def stem(given: str, title_zh: str, title_en: str) -> str:
    """The beginning of a key: as given, else from the English title, else the Chinese one by its sound."""
    for words in (given, title_en if title_en != title_zh else "", "-".join(syllables(title_zh[:12]))):
        found = "-".join(re.findall(r"[a-z0-9]+", words.lower()))[:LONGEST_STEM].strip("-")
        if found:
            return found
    return "rule"


def two(zh: str, en: str) -> dict[str, str] | None:
    """A wording in both languages; the Chinese words stand in for missing English ones."""
    return {"zh": zh, "en": en or zh} if zh else None


def parts_of(form: str, values: Values, keys: tuple[str, str]) -> Parts:
    """The entries of a guided form; `keys` are the rule's own and that of the figure below a line."""
    own, figure = keys
    match form:
        case RuleForm.DUTY:
            return {"duty": [_duty(values, own)]}
        case RuleForm.LINE:
            return {"standard": [_standard(values, own, values["indicator"])]}
        case RuleForm.STANDARD:
            return {"indicator": [_indicator(values, figure)], "standard": [_standard(values, own, figure)]}
        case _:
            return {"indicator": [_indicator(values, own)]}


def _entry(values: Values, key: str) -> dict[str, Any]:
    return {"key": key, "title": two(values["title_zh"], values["title_en"])}


def _who(values: Values) -> str:
    return joined(
        [among("kind", values["kinds"]), among("field", values["fields"]), values.get("who_more", "").strip()]
    )


def _duty(values: Values, key: str) -> dict[str, Any]:
    meeting = values["meeting"]
    conditions = [
        QUORUMS.get(values["quorum"], ""),
        "has_minutes" if values["has_minutes"] else "",
        values["evidence_more"].strip(),
    ]
    applies = EXEMPT.get(meeting)
    return {
        **_entry(values, key),
        "who": _who(values),
        "applies": [{"where": applies[0], "otherwise": {"zh": applies[1], "en": applies[2]}}] if applies else None,
        "every": values["every"],
        "times": "groups" if meeting == "group" and values["times"] == 1 else values["times"],
        "due-after-days": values["due_after_days"] or None,
        "evidence": {
            "record": "meeting",
            "is": f"form = '{meeting}'",
            "where": joined(conditions) or None,
            "short": two(
                "到会人数或记录没有达到要求，不算数。", "Too few were present, or the record is not complete."
            ),
        },
        "entry": meeting,
        "answerable": values["answerable"],
        "minutes": values["minutes"],
        "why": two(values["why_zh"], values["why_en"]),
    }


def measure(values: Values) -> str:
    """The figure's expression: a share, a number, a mean."""
    if values["value_text"].strip():
        return str(values["value_text"].strip())
    how = values["measure"]
    if how in ("mean", "sum", "min", "max"):
        return f"{how}({values['measured']})"
    what = values["what"]
    return f"{how}({what})" if what else "count()"


def _indicator(values: Values, key: str) -> dict[str, Any]:
    share = values["measure"] == "share" and not values["value_text"].strip()
    return {
        **_entry(values, key),
        "value": measure(values),
        "over": values["over"],
        "where": values["where"] or None,
        "who": _who(values) or None,
        "scope": values["scope"],
        "unit": "share" if share else "number",
        "decimals": None if share else 1,
        "why": two(values["why_zh"], values["why_en"]),
    }


def _standard(values: Values, key: str, indicator: str) -> dict[str, Any]:
    sign, line = values["line_sign"], values["line"]
    shares = values["line_unit"] == "percent"
    shown = f"{line.normalize():f}{'%' if shares else ''}"
    bound = (line / 100 if shares else line).normalize()
    zh, en = LINES[sign]
    opens = values.get("what", "") if sign in ("<=", "<") and values.get("measure") in ("share", "count") else ""
    return {
        **_entry(values, key),
        "indicator": indicator,
        "holds": f"value {sign} {bound:f}",
        "who": _who(values) or None,
        "line": {"zh": f"{zh}{shown}", "en": f"{en}{shown}"},
        "severity": values["severity"],
        "remedy": two(values["remedy_zh"], values["remedy_en"]),
        "opens": opens or None,
        "why": two(values["why_zh"], values["why_en"]),
    }
