"""How the software carries a rule out, in plain words, and what one edition says otherwise than the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guben.house.templatetags.house import in_script
from guben.rulebook.steps import pairs_of, workings_of
from guben.rulebook_engine.describing import describe
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Limit, Standard, Words
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.procedures import Procedure
from guben.rulebook_engine.yearly import YearlyTable

Part = tuple[str, bool]  # a piece of text, and whether the other edition has it not


def workings(rule: Entry, value_name: str = "") -> list[tuple[str, str]]:
    """Pairs of a label and a sentence; `value_name` is what a standard's figure is called."""
    if isinstance(rule, Duty):
        pairs = _of_duty(rule)
    elif isinstance(rule, Standard):
        pairs = [
            (_("守住的条件"), _say(rule.holds, {"value": value_name or _("数字")})),
            (_("哪些组织"), _say(rule.who)),
        ]
    elif isinstance(rule, Indicator):
        pairs = [(_("怎么算"), _say(rule.value)), (_("只算"), _say(rule.where)), (_("哪些组织"), _say(rule.who))]
        pairs.append((_("范围"), _("本级和所有下级合在一起算。") if rule.scope == "subtree" else _("只算本级。")))
    elif isinstance(rule, Limit):
        most = _("所有职责加起来，一个组织一年最多%(hours)s小时。") % {"hours": rule.hours}
        pairs = [(_("上限"), most), (_("哪些组织"), _say(rule.who))]
    elif isinstance(rule, Procedure):
        pairs = workings_of(rule)
    elif isinstance(rule, YearlyTable):
        pairs = [(_("只算"), _say(rule.where)), *_of_table(rule)]
    else:
        pairs = []
    return [(label, sentence) for label, sentence in pairs if sentence]


def _of_duty(rule: Duty) -> list[tuple[str, str]]:
    often = {"month": _("每月"), "quarter": _("每季度"), "half_year": _("每半年"), "year": _("每年")}[rule.every]
    pairs = [(_("多久一次"), often), (_("哪些组织"), _say(rule.who))]
    pairs += [(_("还要"), _say(part.where)) for part in rule.applies]
    evidence = rule.evidence
    return [*pairs, (_("凭什么记录"), _say(evidence.matches)), (_("记录要够"), _say(evidence.where))]


def _of_table(table: YearlyTable) -> Iterator[tuple[str, str]]:
    """Each row with its formula, or what it is instead."""
    lang = get_language() or "zh"
    titles = {row.key: row.title.say(lang) for row in table.row}
    changes = {
        "difference": _("“%(row)s”比一年前多多少，少了是负数。"),
        "growth": _("“%(row)s”比一年前多百分之几。"),
    }
    for row in table.row:
        said = row.uncounted.say(lang) if row.uncounted else _say(row.value)
        if row.change:
            said = changes[row.change] % {"row": titles[row.of]}
        elif row.where and row.where != table.where:
            said = _("%(formula)s；只算：%(condition)s") % {"formula": said, "condition": _say(row.where)}
        yield titles[row.key], said


def _say(checked: Checked | None, names: dict[str, str] | None = None) -> str:
    return describe(checked, get_language() or "zh", names) if checked else ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two editions say differently, in pieces, so that what is new can be marked."""

    label: str
    before: list[Part]
    after: list[Part]


def differences(before: Entry, after: Entry) -> list[Difference]:
    """What the later edition says otherwise."""
    old, new = dict(_told(before)), dict(_told(after))
    labels = [*old, *(label for label in new if label not in old)]
    return [
        Difference(label, *_marked(old.get(label, ""), new.get(label, "")))
        for label in labels
        if old.get(label) != new.get(label)
    ]


def _told(rule: Entry) -> Iterator[tuple[str, str]]:
    """Everything an edition says that a reader may compare."""
    lang = get_language() or "zh"
    worded: list[tuple[str, Words | None]] = [(_("名称"), rule.title), (_("理由"), rule.why)]
    if isinstance(rule, Standard):
        worded += [(_("线"), rule.line), (_("处方"), rule.remedy)]
    yield from ((label, words.say(lang)) for label, words in worded if words)
    yield _("依据"), in_script(rule.source_text)
    yield from workings(rule)
    if isinstance(rule, Procedure):
        yield from pairs_of(rule)
    if isinstance(rule, Duty):
        yield _("次数"), str(rule.times)
        yield _("期末以后还给几天"), str(rule.due_after_days)
        yield _("一次几分钟"), str(rule.minutes)


def _marked(before: str, after: str) -> tuple[list[Part], list[Part]]:
    old: list[Part] = []
    new: list[Part] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if b > a:
            old.append((before[a:b], tag != "equal"))
        if d > c:
            new.append((after[c:d], tag != "equal"))
    return old, new
