"""`guben report bulletin`: the yearly tables of a unit, each row with its formula, and what was published beside."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.cli.context import (
    EARLIEST,
    LATEST,
    BadInput,
    library_for,
    print_json,
    progress,
    stopped_as_by_hand,
    unit_of,
    user_of,
)
from guben.cli.runs import INVENTED, opened_at
from guben.figures import bulletin as tables
from guben.figures.bulletin import Counted, Line
from guben.figures.explanations import in_plain_words
from guben.figures.opened import Opened, opened_frozen, opened_live
from guben.kit.tables import workbook_bytes
from guben.organisations.models import Organisation
from guben.rollup import results
from guben.rollup.bulletins import counted_result, opened_result
from guben.rollup.results import OpenResult
from guben.rulebook_engine.adapters.frozen_unit import FrozenUnit
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.published import Published, read_published


@dataclass(frozen=True, slots=True)
class _Source:
    """One day to be counted: a unit of the records, of a snapshot, or of a result."""

    counted: Counted
    unit: Organisation | None
    frozen: FrozenUnit | None = None
    result: OpenResult | None = None

    @property
    def is_live(self) -> bool:
        return self.frozen is None and self.result is None


def bulletin(options: Namespace) -> int:
    """The newest day given rules; the others stand beside it."""
    with stopped_as_by_hand():
        return _bulletin(options)


def _bulletin(options: Namespace) -> int:
    library = library_for(options, _invented(options))
    with ExitStack() as stack:
        found = _sources(options, library, stack)
        found.sort(key=lambda one: one.counted.on, reverse=True)
        if options.row:
            return _open(options, found[0], library)
        counted = [one.counted for one in found]
        _one_unit(counted)
        return _tell(options, counted, [*counted, *_years_before(options, found, library)], library)


def _one_unit(days: Sequence[Counted]) -> None:
    """Whether all days tell of the same unit. The units of an invented country get other codes in each year."""
    now = days[0]
    for one in days[1:]:
        if one.made_up and one.name != now.name:
            raise BadInput(
                f"{one.code} is {now.name} on {now.on}, but {one.name} on {one.on}: the units of an invented country "
                "have other codes in each year. Give one day."
            )


def _invented(options: Namespace) -> Mapping[str, Any]:
    """How the records of the first folder were made; empty for real ones."""
    if options.snapshot and options.result:
        raise BadInput("Give snapshots to be counted or results that are worked out, not both.")
    if (options.snapshot or options.result) and options.on:
        raise BadInput("A snapshot or a result has its own day: leave --on away.")
    for name in options.result:
        return results.newest(Path(name))[1].generated
    return tables.manifest_of(Path(options.snapshot[0])).generated if options.snapshot else {}


def _sources(options: Namespace, library: Library, stack: ExitStack) -> list[_Source]:
    if options.snapshot:
        return _frozen(options, library, stack)
    return _worked_out(options, stack) if options.result else _live(options, library)


def _live(options: Namespace, library: Library) -> list[_Source]:
    user = user_of(options)
    unit = _unit(options.at, user)
    days = list(dict.fromkeys(options.on or [today()]))
    for on in days:
        if not EARLIEST <= on <= LATEST:
            raise BadInput(f"{on} is out of reach: give a day from {EARLIEST} to {LATEST}.")
    return [_Source(tables.counted_live(unit, on, library, user), unit) for on in days]


def _years_before(options: Namespace, found: Sequence[_Source], library: Library) -> list[Counted]:
    """Live records tell of the year before too, so that changes can be told."""
    earlier = [
        tables.year_before(one.unit, one.counted.on, library, user_of(options))
        for one in found
        if one.unit and one.is_live
    ]
    return [one for one in earlier if one]


def _unit(code: str, user: User) -> Organisation:
    if not code:
        code = next(iter(Organisation.objects.filter(parent=None).order_by("path").values_list("code", flat=True)), "")
    unit = unit_of(code, user)
    if not policy.may(user, "figures.view", unit):
        raise BadInput(f"{user} may not use figures.view at {unit.code}.")
    return unit


def _frozen(options: Namespace, library: Library, stack: ExitStack) -> list[_Source]:
    """Invented records belong to nobody, and nobody is asked for; others ask for the right at the unit."""
    found = []
    for number, name in enumerate(options.snapshot, start=1):
        folder = Path(name)
        manifest = tables.manifest_of(folder)
        frozen = stack.enter_context(tables.frozen_unit(folder, manifest, options.at))
        if sys.stderr.isatty():
            progress(f"{manifest.on} {frozen.at.name}", number, len(options.snapshot))
        if manifest.generated:
            found.append(_Source(tables.counted_invented(frozen, library), None, frozen))
            continue
        user = user_of(options)
        unit = _unit(frozen.at.code, user)
        found.append(_Source(tables.counted_frozen(frozen, library, user, unit), unit, frozen))
    return found


def _worked_out(options: Namespace, stack: ExitStack) -> list[_Source]:
    """What whole-tree runs say; who sees it may see the persons, so nothing is hidden."""
    found = []
    for name in options.result:
        invented = results.newest(Path(name))[1].generated
        unit = None if invented else _unit(options.at, user_of(options))
        code = unit.code if unit else options.at
        result = stack.enter_context(opened_at(name, code, options))
        found.append(_Source(counted_result(result, code), unit, result=result))
    return found


def _tell(options: Namespace, days: list[Counted], known: list[Counted], library: Library) -> int:
    """The first day, with the other days beside it; `known` is all that changes may be told of."""
    now, published = days[0], _published(options)
    note = now.note if published is None else ""
    told = tables.lines(now, known, library, published)
    beside = [(one, _by_key(tables.lines(one, known, library))) for one in days[1:]]
    if options.json:
        return print_json(_document(now, told, beside, note))
    if options.xlsx:
        _write(Path(options.xlsx), now, told, beside, note)
        print(f"{len(told)} rows written to {options.xlsx}.")
        return 0
    _print(now, told, beside, note)
    return 0


def _published(options: Namespace) -> tuple[Published, ...] | None:
    if not options.published:
        return None
    try:
        return read_published(Path(options.published))
    except (OSError, ValueError) as fault:
        raise BadInput(f"The published numbers can't be read: {fault}") from None


Beside = Sequence[tuple[Counted, dict[str, Line]]]


def _by_key(found: Sequence[Line]) -> dict[str, Line]:
    return {one.key: one for one in found}


def _document(now: Counted, told: Sequence[Line], beside: Beside, note: str) -> dict[str, Any]:
    rows = []
    for line in told:
        row = _row(line)
        if beside:
            others = [(day.on, lines_.get(line.key)) for day, lines_ in beside]
            row["years"] = [{"on": on, **_numbers(other)} for on, other in others if other]
        rows.append(row)
    return {
        "on": now.on,
        "at": now.code,
        "name": now.name,
        "generated": dict(now.made_up) or None,
        "scale": None if now.scale == (1, 1) else {"members": now.scale[0], "organisations": now.scale[1]},
        "note": note,
        "beside": [day.on for day, _lines in beside],
        "doubts": list(tables.sources_of(told)),
        "rows": rows,
    }


def _row(line: Line) -> dict[str, Any]:
    indicator = line.indicator
    return {
        "table": line.table.name,
        "row": line.label,
        **_numbers(line),
        "key": line.key,
        "note": line.note,
        "numerator": line.figure.numerator if line.figure else None,
        "denominator": line.figure.denominator if line.figure else None,
        "meaning": _meaning(line),
        "formula": str(indicator.value) if indicator else None,
        "where": str(indicator.where) if indicator and indicator.where else None,
        "over": indicator.over if indicator else None,
        "confidence": line.row.confidence or line.table.confidence,
        "published_confidence": line.published.confidence if line.published else None,
        "doubt": line.published.doubt if line.published else None,
    }


def _numbers(line: Line) -> dict[str, Any]:
    """Ours and the published one in persons, units or percent, and both as the bulletin prints them."""
    printed = line.published
    return {
        "value": line.number,
        "unit": line.unit,
        "published": _plain(printed) if printed else None,
        "rounded": str(line.rounded) if line.rounded is not None else None,
        "printed": str(printed.value) if printed else None,
        "printed_in": line.printed_in,
        "equal": line.is_equal,
    }


def _plain(printed: Published) -> float | int:
    whole = printed.whole
    return int(whole) if whole == int(whole) and not printed.is_share else float(whole)


def _meaning(line: Line) -> str:
    """What a row counts, in words."""
    if line.row.change:
        return _("比一年前")
    if line.indicator is None:
        return line.note
    where = in_plain_words(line.indicator.where) if line.indicator.where else ""
    said = in_plain_words(line.indicator.value)
    return _("%(formula)s；只算：%(condition)s") % {"formula": said, "condition": where} if where else said


def _print(now: Counted, told: Sequence[Line], beside: Beside, note: str) -> None:
    print(f"{now.name}（{now.code}），{now.on}{'，' + INVENTED if now.made_up else ''}")
    if note:
        print(note)
    lang, table = get_language() or "zh", ""
    for line in told:
        if line.table.key != table:
            table = line.table.key
            print(f"\n{line.table.title.say(lang)}  {line.table.name}")
        marks = {True: "=", False: "≠", None: " "}
        shown = _shown(line)
        printed = f"{marks[line.is_equal]} {line.published.value:,}" if line.published else ""
        years = "".join(f"  {day.on}: {_shown(lines_.get(line.key))}" for day, lines_ in beside)
        note = f"  {line.note}" if line.note else ""
        print(f"  {line.label}  {shown}  {printed}{years}{note}".rstrip())
    compared = [line for line in told if line.is_equal is not None]
    if compared:
        equal = sum(bool(line.is_equal) for line in compared)
        print(f"\n{equal} / {len(compared)} rows equal what was published, at its rounding.")
    for doubt in tables.sources_of(told):
        print(f"  {doubt}")


def _shown(line: Line | None) -> str:
    return f"{line.rounded:,}{line.printed_in}" if line and line.rounded is not None else "—"


def _write(file: Path, now: Counted, told: Sequence[Line], beside: Beside, note: str) -> None:
    head = [_("表"), _("行"), str(now.on), _("印刷单位"), _("公布"), _("一致"), _("人或个"), _("计量单位")]
    for day, _lines in beside:
        head += [str(day.on), _("%(day)s公布") % {"day": day.on}]
    head += [_("怎么算"), _("编号"), _("说明"), _("存疑")]
    marks = {True: _("是"), False: _("否"), None: ""}
    body = []
    for line in told:
        cells = [line.table.title.say(get_language() or "zh"), line.label, _float(line), line.printed_in]
        cells += [float(line.published.value) if line.published else None, marks[line.is_equal], line.number, line.unit]
        for _day, lines_ in beside:
            other = lines_.get(line.key)
            cells += [_float(other), float(other.published.value) if other and other.published else None]
        body.append([*cells, _meaning(line), line.key, line.note, line.published.doubt if line.published else ""])
    title = f"{now.name}，{now.on}{'，' + INVENTED if now.made_up else ''}"
    try:
        file.write_bytes(workbook_bytes(head, body, sheet_name=_("统计公报"), notes=(_("说明"), [[title], [note]])))
    except OSError as fault:
        raise BadInput(f"{file} can't be written: {fault.strerror}.") from None


def _float(line: Line | None) -> float | None:
    return float(line.rounded) if line and line.rounded is not None else None


def _open(options: Namespace, source: _Source, library: Library) -> int:
    """One row opened: its formula and numbers, the units directly below, at a branch the records."""
    found = library.get(options.row, source.counted.on)
    if not isinstance(found, Indicator):
        known = ", ".join(one.key for one in library.rows(source.counted.on)[:3])
        raise BadInput(f"There is no row {options.row} with a formula on {source.counted.on}. Rows are {known}, ….")
    if found.key in source.counted.hidden:
        raise BadInput(_("人数太少，不单独显示。"))
    if source.result:
        told = opened_result(found, source.result, source.counted.code)
    elif source.frozen:
        told = opened_frozen(found, source.frozen)
    else:
        assert source.unit is not None  # noqa: S101 - live records belong to a unit
        told = opened_live(found, source.unit, source.counted.on, user_of(options))
    if source.unit is not None and not policy.may(user_of(options), "members.view", source.unit):
        told = told.without_few()
    if options.json:
        return print_json(_opened(told, source.counted))
    for text in told.lines():
        print(text)
    return 0


def _opened(told: Opened, counted: Counted) -> dict[str, Any]:
    figure = told.figure
    return {
        "on": counted.on,
        "at": counted.code,
        "row": told.indicator.key,
        "title": told.indicator.title.model_dump(),
        "formula": str(told.indicator.value),
        "where": str(told.indicator.where) if told.indicator.where else None,
        "over": told.indicator.over,
        "meaning": in_plain_words(told.indicator.value),
        "condition": told.condition,
        "source": told.indicator.source_text,
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "below": [{"code": one.code, "name": one.name, "value": one.figure.value} for one in told.below],
        "records": [str(record) for record in told.records],
    }
