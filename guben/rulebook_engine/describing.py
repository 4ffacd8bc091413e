"""The checked tree in plain words, Chinese or English, for whoever asks why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from guben.kit.chinese import worded
from guben.rulebook_engine.expressions import (
    Absence,
    Aggregate,
    Arithmetic,
    AtomValue,
    Between,
    Checked,
    ColumnValue,
    Comparison,
    Constant,
    Elapsed,
    Junction,
    Membership,
    Negation,
    Node,
    type_of,
)

SIGNS = {
    "number": {
        "zh": {"=": "等于", "<>": "不等于", "<": "低于", "<=": "不超过", ">": "超过", ">=": "不低于"},
        "en": {
            "=": " is ",
            "<>": " is not ",
            "<": " is below ",
            "<=": " is at most ",
            ">": " is above ",
            ">=": " is at least ",
        },
    },
    "date": {
        "zh": {"=": "是", "<>": "不是", "<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"},
        "en": {
            "=": " is ",
            "<>": " is not ",
            "<": " is before ",
            "<=": " is not after ",
            ">": " is after ",
            ">=": " is not before ",
        },
    },
}
ARITHMETIC = {"+": "+", "-": "−", "*": "×", "/": "÷"}
FIGURES = {
    "zh": {
        "count": "符合“{}”的数目",
        "share": "“{}”的占比",
        "sum": "{}合计",
        "mean": "平均{}",
        "min": "最小{}",
        "max": "最大{}",
    },
    "en": {
        "count": "the number with “{}”",
        "share": "the share with “{}”",
        "sum": "the sum of {}",
        "mean": "the mean {}",
        "min": "the least {}",
        "max": "the greatest {}",
    },
}


def describe(checked: Checked, lang: str, names: Mapping[str, str] | None = None) -> str:
    """The expression in words, with the columns' own names for their codes; `names` says a column
    by another title, such as `value` by that of its indicator."""
    describer = _Describer(lang, names or {})
    return describer.say(checked.tree)


class _Describer:
    def __init__(self, lang: str, names: Mapping[str, str]) -> None:
        self.lang = lang
        self.names = names
        self.is_chinese = lang.startswith("zh")

    def pick(self, zh: str, en: str) -> str:
        return worded(zh, en, self.lang)

    def say(self, node: Node) -> str:
        match node:
            case Constant() | ColumnValue() | Elapsed() | AtomValue():
                return self._value(node)
            case Comparison():
                return self._comparison(node)
            case Junction():
                return self._junction(node)
            case Negation():
                return self._negation(node.part)
            case Membership():
                return self._membership(node, "是", " is ")
            case Between():
                bounds = self._beside(node.low, node.item), self._beside(node.high, node.item)
                return self.pick("{}在{}到{}之间", "{} is from {} to {}").format(self.say(node.item), *bounds)
            case Absence():
                return self.pick("没有{}", "there is no {}").format(self.say(node.item))
            case Arithmetic():
                return f"{self._inside(node.left)} {ARITHMETIC[node.sign]} {self._inside(node.right)}"
            case Aggregate():
                return self._aggregate(node)
            case _ as unreachable:
                assert_never(unreachable)

    def _value(self, node: Constant | ColumnValue | Elapsed | AtomValue) -> str:
        match node:
            case Constant(value=bool() as value):
                return self.pick("是" if value else "否", "yes" if value else "no")
            case Constant(value=value):
                return value.isoformat() if isinstance(value, date) else str(value)
            case ColumnValue(column=column):
                return self.names.get(column.name) or self.pick(column.zh, column.en)
            case Elapsed(unit="months", column=column):
                return self.pick("距{}的整月数", "whole months since {}").format(self.pick(column.zh, column.en))
            case Elapsed(column=column):
                return self.pick("距{}的天数", "days since {}").format(self.pick(column.zh, column.en))
            case AtomValue():
                return str(node.number)

    def _beside(self, node: Node, item: Node) -> str:
        """A code beside its column is said by its name."""
        if isinstance(node, Constant) and isinstance(node.value, str) and isinstance(item, ColumnValue):
            return str(item.column.labels.get(node.value, "")) or node.value or self.pick("空", "empty")
        return self._inside(node)

    def _comparison(self, node: Comparison) -> str:
        kind = type_of(node.left)
        if kind == "boolean" and isinstance(node.right, Constant):
            truth = bool(node.right.value) is (node.sign == "=")
            return self.say(node.left) if truth else self._negation(node.left)
        signs = SIGNS["number" if kind in ("integer", "number") else "date"]
        sign = self.pick(signs["zh"][node.sign], signs["en"][node.sign])
        return f"{self._beside(node.left, node.right)}{sign}{self._beside(node.right, node.left)}"

    def _junction(self, node: Junction) -> str:
        word = {"and": self.pick("，并且", ", and "), "or": self.pick("，或者", ", or ")}[node.word]
        parts = [f"（{self.say(part)}）" if isinstance(part, Junction) else self.say(part) for part in node.parts]
        if not self.is_chinese:
            parts = [part.replace("（", "(").replace("）", ")") for part in parts]
        return word.join(parts)

    def _negation(self, part: Node) -> str:
        match part:
            case Absence():
                return self.pick("有{}", "there is a {}").format(self.say(part.item))
            case Membership():
                return self._membership(part, "不是", " is not ")
            case _:
                return self.pick("不符合“{}”", "not “{}”").format(self.say(part))

    def _membership(self, node: Membership, zh: str, en: str) -> str:
        options = self.pick("、", ", ").join(self._beside(option, node.item) for option in node.options)
        several = len(node.options) > 1
        before, after = self.pick(zh, f"{en}one of " if several else en), self.pick("之一" if several else "", "")
        return f"{self.say(node.item)}{before}{options}{after}"

    def _inside(self, node: Node) -> str:
        said = self.say(node)
        return f"({said})" if isinstance(node, Arithmetic) else said

    def _aggregate(self, node: Aggregate) -> str:
        if node.argument is None:
            return self.pick("总数", "the number of all")
        figure = self.pick(FIGURES["zh"][node.function], FIGURES["en"][node.function])
        return figure.format(self.say(node.argument))
