"""Conditions picked from lists, as the expressions the engine reads: nothing that is typed can leave its quotes."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from guben.kit.chinese import simplified
from guben.kit.days import read_day
from guben.rulebook.errors import BadCondition
from guben.rulebook.naming import name_of
from guben.rulebook_engine.facts import Column, FactTable

ABSENT, PRESENT = "absent", "present"
SIGNS = ("=", "<>", "<", "<=", ">", ">=", ABSENT, PRESENT)
TRUE = {"是", "有", "true", "yes", "1"}
FALSE = {"否", "没有", "无", "false", "no", "0"}


def joined(conditions: Iterable[str], word: str = "and") -> str:
    """The conditions in one; each in brackets of its own where there are several."""
    parts = [part for part in conditions if part]
    return parts[0] if len(parts) == 1 else f" {word} ".join(f"({part})" for part in parts)


def among(column: str, codes: Iterable[str]) -> str:
    """The column holds one of the codes."""
    quoted = ", ".join(quote(code) for code in codes)
    return f"{column} in ({quoted})" if quoted else ""


def condition(table: FactTable, name: str, sign: str, typed: str) -> str:
    """One condition over a column; codes may be given by their names.

    Raises:
        BadCondition: no such column, a sign it can't take, or a value that is none of its own.
    """
    column = table.column(name)
    if column is None or sign not in SIGNS:
        raise BadCondition(_("这一列不在“%(table)s”里，从列表里选。") % {"table": name_of(table)})
    if sign == ABSENT:
        return f"{name} is null"
    if sign == PRESENT:
        return f"{name} is not null"
    return f"{name} {sign} {_value(column, typed.strip())}"


def quote(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _value(column: Column, typed: str) -> str:
    match column.type:
        case "boolean":
            return _truth(column, typed)
        case "date":
            day = read_day(typed)
            if day is None:
                raise BadCondition(_("“%(name)s”是日期，写成 2026-01-31。") % {"name": name_of(column)})
            return quote(day.isoformat())
        case "text":
            return quote(_code(column, typed))
        case _:
            return number(typed, name_of(column))


def _truth(column: Column, typed: str) -> str:
    typed = simplified(typed.lower())
    if typed in TRUE:
        return "true"
    if typed in FALSE:
        return "false"
    raise BadCondition(_("“%(name)s”只有是和否，写“是”或“否”。") % {"name": name_of(column)})


def number(typed: str, name: str) -> str:
    """A number as the engine reads it.

    Raises:
        BadCondition: it is none.
    """
    plain = typed.replace(",", "").replace("，", "")
    whole, _point, part = plain.removeprefix("-").partition(".")
    digits = (whole + part).isascii() and whole.isdigit() and (not _point or part.isdigit())
    if not digits or len(plain) > 15:
        raise BadCondition(_("“%(name)s”后面要写一个数，例如 35。") % {"name": name})
    return plain


def _code(column: Column, typed: str) -> str:
    names = {simplified(str(label)): code for code, label in column.labels.items()}
    code = names.get(simplified(typed), typed)
    if column.values and code not in column.values:
        allowed = "、".join(str(column.labels.get(one, one)) for one in column.values if one)
        raise BadCondition(
            _("“%(name)s”里没有“%(typed)s”，可以写：%(allowed)s。")
            % {
                "name": name_of(column),
                "typed": typed[:40],
                "allowed": allowed[:300],
            }
        )
    return code
