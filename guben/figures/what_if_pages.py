"""What-if answers as pages and sheets show them: in words, filtered, with figures as their rule measures them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guben.duties.states import State
from guben.figures.what_if import Document, level_names
from guben.house.words import listed
from guben.kit.chinese import worded
from guben.kit.tables import Written
from guben.rulebook.templatetags.rule_words import figure_value

BECAME = {
    "newly_short": gettext_lazy("新增不达标"),
    "still_short": gettext_lazy("仍不达标"),
    "no_longer_short": gettext_lazy("不再不达标"),
    "value": gettext_lazy("数字变了"),
    "burden": gettext_lazy("负担变了"),
}
CHIPS = {"newly_short": "over", "still_short": "late", "no_longer_short": "done", "value": "note", "burden": "note"}
WHAT = {
    "added": gettext_lazy("新增的制度"),
    "ended": gettext_lazy("不再有的制度"),
    "changed": gettext_lazy("改了的制度"),
    "through": gettext_lazy("条文没变，所用的指标变了"),
}
COUNTED = {
    "persons": gettext_lazy("差%(count)s人"),
    "units": gettext_lazy("差%(count)s个组织"),
    "records": gettext_lazy("差%(count)s"),
}
OVER = {
    "persons": gettext_lazy("多%(count)s人"),
    "units": gettext_lazy("多%(count)s个组织"),
    "records": gettext_lazy("多%(count)s"),
}
LACKING_SHOWN = 12


def chosen_rows(document: Document, asked: Mapping[str, str]) -> list[Document]:
    """The rows that the reader's filters leave."""
    words = asked.get("q", "").strip().lower()
    return [
        row
        for row in document["rows"]
        if asked.get("rule", "") in ("", row["rule"])
        and asked.get("became", "") in ("", row["became"])
        and (not words or words in f"{row['code']} {row['name']}".lower())
    ]


def in_words(document: Document, rows: Sequence[Document]) -> list[Document]:
    """The rows with the words that a page shows."""
    rules, levels = {rule["key"]: rule for rule in document["rules"]}, level_names()
    return [_in_words(row, rules[row["rule"]], levels) for row in rows]


def _in_words(row: Document, rule: Document, levels: Mapping[str, str]) -> Document:
    return {
        **row,
        "title": said(rule["title"]),
        "level_name": levels.get(row["level"], row["level"]),
        "became_words": BECAME[row["became"]],
        "chip": CHIPS[row["became"]],
        "was": _figure(row["before"], rule),
        "would_be": _figure(row["after"], rule),
        "lack_before": lack(row["before"], rule),
        "lack_after": lack(row["after"], rule),
        "minutes_more": row["after"]["minutes"] - row["before"]["minutes"],
        "lacking_shown": row["lacking"][:LACKING_SHOWN],
        "lacking_more": max(0, row["lacking_count"] - LACKING_SHOWN),
    }


def said(words: Mapping[str, str]) -> str:
    """The Chinese words, or the English ones for who reads English."""
    return worded(words["zh"], words["en"], get_language() or "zh")


def _figure(side: Document, rule: Document) -> str:
    if side.get("too_few"):
        return _("人数太少，不单独显示")
    if rule["kind"] == "duty":
        return str(State(side["state"]).label) if side["state"] else "—"
    base = ""
    if side["denominator"] is not None:
        base = f"（{_plain(side['numerator'])}/{_plain(side['denominator'])}）"
    return figure_value(side["value"], rule["unit"]) + base


def _plain(number: float | int | None) -> str:
    return "—" if number is None else f"{number:,.10g}"


def lack(side: Document, rule: Document) -> str:
    """差5人"""
    missing = side["missing"]
    if not missing:
        return ""
    words = COUNTED if missing > 0 else OVER
    return str(words[rule["counted"]]) % {"count": f"{abs(missing):,}"}


def shown_result(document: Document) -> dict[str, Any]:
    """The variables of the result's page but for its rows."""
    levels = level_names()
    rules = [
        {
            **rule,
            "title": said(rule["title"]),
            "what_words": WHAT[rule["what"]],
            "lack_before": lack({"missing": rule["missing_before"]}, rule),
            "lack_after": lack({"missing": rule["missing_after"]}, rule),
        }
        for rule in document["rules"]
    ]
    return {
        "answer": document,
        "rules": rules,
        "levels": [{**level, "name": levels.get(level["level"], level["level"])} for level in document["levels"]],
        "became_choices": BECAME.items(),
    }


def export_rows(document: Document, rows: Sequence[Document]) -> tuple[list[str], list[list[Written]]]:
    """The same rows for a sheet: numbers as numbers."""
    headers = [
        _("制度"), _("组织代码"), _("组织"), _("层级"), _("变化"), _("现在的数"), _("改后的数"), _("现在差几个"),
        _("改后差几个"), _("现在一年几分钟"), _("改后一年几分钟"), _("缺在哪里"),
    ]  # fmt: skip
    cells: list[list[Written]] = [
        [
            row["title"], row["code"], row["name"], row["level_name"], str(row["became_words"]),
            _cell(row["before"], row["was"]), _cell(row["after"], row["would_be"]),
            row["before"]["missing"], row["after"]["missing"], row["before"]["minutes"], row["after"]["minutes"],
            listed([one["name"] for one in row["lacking"]]),
        ]
        for row in in_words(document, rows)
    ]  # fmt: skip
    return headers, cells


def _cell(side: Document, words: str) -> Written:
    return side["value"] if side["value"] is not None else words
