"""A case as papers tell it: its entries by step, what was filled in, and the words of days. Papers are Chinese, whoever
prints them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from guben.members.choices import ETHNICITY, education_label
from guben.organisations.models import Organisation
from guben.procedures.models import Case, Count, Entry
from guben.procedures.places import Places
from guben.procedures.records import Records, records_of
from guben.procedures.rules import Rules, field_of, outcome_of, rules, say, step_of
from guben.procedures.showing import shown
from guben.rulebook_engine.procedures import Procedure, Step

Pairs = list[list[str]]


def day_words(value: date | None) -> str:
    """2026年6月30日; nothing where there is no day."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def month_words(value: date | None) -> str:
    """1995年4月."""
    return f"{value.year}年{value.month}月" if value else ""


@dataclass(frozen=True)
class Dossier:
    """The case up to the entry that a paper is about; the whole case where it is about none."""

    case: Case
    entry: Entry | None = None

    @cached_property
    def records(self) -> Records:
        return records_of(self.case)

    @cached_property
    def known(self) -> Rules:
        return rules()

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that stand, up to the one the paper is about."""
        standing = self.records.standing
        if self.entry is None:
            return standing
        place = next((n for n, one in enumerate(standing, 1) if one.pk == self.entry.pk), len(standing))
        return standing[:place]

    def edition_of(self, entry: Entry) -> Procedure | None:
        return self.known.edition(self.case.procedure, entry.edition)

    def step_of(self, entry: Entry) -> Step | None:
        return step_of(self.edition_of(entry), entry.step)

    def all_of(self, *steps: str) -> list[Entry]:
        """The entries of some steps, under these names or those they had before."""
        return [one for one in self.entries if one.step in steps or set(steps) & set(self._former_names(one))]

    def last(self, *steps: str) -> Entry | None:
        found = self.all_of(*steps)
        return found[-1] if found else None

    def _former_names(self, entry: Entry) -> tuple[str, ...]:
        step = self.step_of(entry)
        return step.was if step else ()

    def day(self, *steps: str) -> str:
        """The day on which a step was taken last, in words."""
        found = self.last(*steps)
        return day_words(found.done_on) if found else ""

    def value(self, entry: Entry | None, key: str) -> str:
        """What was filled in, as it is read; nothing where nothing was."""
        if entry is None or entry.values.get(key) in (None, "", []):
            return ""
        step = self.step_of(entry)
        field = field_of(step, key) if step else None
        return shown(field, entry.values[key]) if field else str(entry.values[key])

    def outcome(self, entry: Entry | None) -> str:
        """What came of an entry, in the rule's words."""
        if entry is None:
            return ""
        step = self.step_of(entry)
        found = outcome_of(step, entry.outcome) if step else None
        return say(found.title) if found else ""

    def place(self, key: str) -> Organisation | None:
        """The unit of a place of the procedure, by the facts of the entry's day."""
        last = self.entries[-1] if self.entries else None
        procedure = self.edition_of(last) if last else None
        if last is None or procedure is None:
            return None
        return Places([self.case.organisation], last.done_on).of(self.case, procedure, key)

    def counts(self, entry: Entry) -> list[Count]:
        return list(entry.counts.select_related("teller").order_by("pk"))

    @property
    def name(self) -> str:
        return self.case.person.name if self.case.person else self.case.title

    @cached_property
    def person_rows(self) -> Pairs:
        """Who the person is: two pairs a row. What the roll does not hold is left to be written in by hand."""
        person = self.case.person
        if person is None:
            return [["事由", self.case.title]]
        return [
            ["姓名", person.name],
            ["性别", str(person.get_sex_display()), "民族", ETHNICITY.get(person.ethnicity, "")],
            ["出生年月", month_words(person.born_on), "籍贯", ""],
            ["学历", education_label(person.education), "工作岗位", str(person.get_occupation_display() or "")],
            ["单位、职务", ""],
            ["所在党支部", self.case.organisation.name],
        ]


def pairs(rows: Pairs) -> dict[str, Any]:
    """Part of a form: labels and values."""
    return {"kind": "pairs", "rows": rows}


def said(label: str, text: str, *, signs: list[str] | None = None, day: str = "") -> dict[str, Any]:
    """Part of a form: what somebody says, with lines to sign."""
    return {"kind": "said", "label": label, "text": text, "signs": signs or [], "day": day}


def listed(label: str, heads: list[str], rows: list[list[str]], widths: list[float]) -> dict[str, Any]:
    """Part of a form: a table. A table without rows gets empty ones to write in."""
    return {
        "kind": "list",
        "label": label,
        "heads": heads,
        "rows": rows or [[""] * len(heads)] * 3,
        "widths": widths,
    }


def form(heading: str, parts: list[dict[str, Any]], *, sub: str = "", note: str = "") -> dict[str, Any]:
    """What the template of forms takes."""
    return {"heading": heading, "sub": sub, "parts": parts, "note": note}
