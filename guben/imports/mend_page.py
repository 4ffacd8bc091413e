"""The mending page's table of inputs: what each cell offers, and what came back from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from guben.imports import columns as c
from guben.imports.columns import COLUMNS, Column
from guben.imports.mending import Written
from guben.imports.mends import MAX_LETTERS, Mends, RowMend, cleaned
from guben.imports.values import read_choice
from guben.kit.sealing import mask_id_number, mask_phone

ROWS_A_PAGE = 20
REPAIRABLE = ("unit", "group", "choice")
MASKS = {c.ID_NUMBER: mask_id_number, c.PHONE: mask_phone}
SHOWN_WITH = {c.ID_NUMBER: {c.ID_NUMBER, c.BORN, c.SEX}, c.PHONE: {c.PHONE}}  # whole only where it has to be seen
SELECT = {column.header: column for columns in COLUMNS.values() for column in columns if column.allowed}

Refused = Sequence[Any]  # number, texts, [[column, kind, message, choices], …]: a row of mends.refused_rows


@dataclass(frozen=True, slots=True)
class MendCell:
    """One input: its name, what stands in it, what may be chosen, what was found in it."""

    header: str
    name: str
    text: str
    options: list[tuple[str, str, bool]]  # value, word, is it chosen; empty where anything may be typed
    choices: list[str]
    problems: list[str]
    is_masked: bool
    is_first: bool


@dataclass(frozen=True, slots=True)
class MendRow:
    """One refused row. `state` is "written" (and not checked yet), "out", "elsewhere" (in another window) or empty."""

    number: int
    title: str
    cells: list[MendCell]
    problems: list[str]  # those of no cell that is shown
    state: str
    is_left_out: bool


@dataclass(slots=True)
class Posted:
    """What a form brought back: per row what was written, and the cells that can't be kept."""

    rows: dict[int, Written] = field(default_factory=dict)
    too_long: list[tuple[int, str]] = field(default_factory=list)


def order_of(headers: Sequence[str], rows: Sequence[Refused]) -> list[str]:
    """The first column, then those with a fault on this page, then the others."""
    wrong = {column for _number, _texts, faults in rows for column, *_rest in faults}
    return sorted(headers, key=lambda header: (header != headers[0], header not in wrong))


def rows_shown(
    headers: Sequence[str], rows: Sequence[Refused], draft: Mends, *, checked: int, elsewhere: Sequence[int] = ()
) -> list[MendRow]:
    """The rows of a page as inputs, with what the reader has written so far. `checked` is the revision that was."""
    order, written = order_of(headers, rows), dict.fromkeys(draft.written_since(checked), "written")
    return [_row(headers, order, row, draft, written | dict.fromkeys(elsewhere, "elsewhere")) for row in rows]


def _row(
    headers: Sequence[str], order: Sequence[str], row: Refused, draft: Mends, states: Mapping[int, str]
) -> MendRow:
    number, texts, faults = row
    kept = draft.rows.get(number, RowMend())
    read = dict(zip(headers, texts, strict=True))
    wrong = {column for column, *_rest in faults}
    cells = [
        _cell(number, headers.index(header), header, kept.cells.get(header, shown_text(header, read[header])), faults)
        for header in order
    ]
    state = states.get(number, "")
    return MendRow(
        number=number,
        title=read[headers[0]][:20],
        cells=[_masked(cell, wrong) for cell in cells],
        problems=[message for column, _kind, message, _choices in faults if column not in headers],
        state="out" if kept.is_left_out and state != "elsewhere" else state,
        is_left_out=kept.is_left_out,
    )


def _cell(number: int, place: int, header: str, text: str, faults: Sequence[Sequence[Any]]) -> MendCell:
    own = [fault for fault in faults if fault[0] == header]
    column = SELECT.get(header)
    choices = [str(choice) for fault in own for choice in fault[3] if choice != text]
    return MendCell(
        header=header,
        name=f"r{number}-{place}",
        text=text,
        options=_options(column, text) if column else [],
        choices=[] if column else choices[:5],
        problems=[fault[2] for fault in own],
        is_masked=False,
        is_first=place == 0,
    )


def _masked(cell: MendCell, wrong: set[str]) -> MendCell:
    """A number is shown whole only where it is a part of what is wrong."""
    if cell.header not in MASKS or not cell.text or wrong & SHOWN_WITH[cell.header]:
        return cell
    text = MASKS[cell.header](cell.text)
    return MendCell(cell.header, "", text, [], [], [], is_masked=True, is_first=False)


def words_of(column: Column) -> dict[str, str]:
    """One word for each value of a closed list: its first."""
    words: dict[str, str] = {}
    for word, value in column.allowed.items():
        words.setdefault(value, word)
    return words


def shown_text(header: str, text: str) -> str:
    """A cell as its input shows it: a word of a closed list in its one spelling."""
    column, text = SELECT.get(header), cleaned(text)
    if column is None or not text:
        return text
    value = read_choice(column)(text)
    return words_of(column).get(value, text) if isinstance(value, str) else text


def _options(column: Column, text: str) -> list[tuple[str, str, bool]]:
    words = list(words_of(column).values())
    options = [("", _("（空着）"), not text)]
    if text and text not in words:
        options.append((text, _("%(text)s（不在可选的各项里）") % {"text": text[:30]}, True))
    return options + [(word, word, word == text) for word in words]


@dataclass(frozen=True, slots=True)
class Repair:
    """One wrong text that stands in several rows, and what it could be instead."""

    header: str
    text: str
    numbers: list[int]
    choices: list[str]


def repairs(headers: Sequence[str], rows: Sequence[Refused], draft: Mends) -> list[Repair]:
    """The wrong texts that stand in several rows, most frequent first. Rows that were written are left alone."""
    found: dict[tuple[str, str], Repair] = {}
    for number, texts, faults in rows:
        if number in draft.rows:
            continue
        for header, kind, _message, choices in faults:
            text = texts[headers.index(header)] if header in headers else ""
            if kind in REPAIRABLE and text and choices:
                repair = found.setdefault((header, text), Repair(header, text, [], list(choices)))
                repair.numbers.append(number)
    several = [repair for repair in found.values() if len(repair.numbers) > 1]
    return sorted(several, key=lambda repair: -len(repair.numbers))


def posted(headers: Sequence[str], rows: Sequence[Refused], data: Mapping[str, str]) -> Posted:
    """What a form wrote into the rows of its page; fields that are none of the page's are not read."""
    found = Posted()
    for number, texts, _faults in rows:
        if f"r{number}" not in data:
            continue
        cells = {}
        for place, header in enumerate(headers):
            name = f"r{number}-{place}"
            if name not in data:
                continue
            text = cleaned(data.get(f"{name}-pick") or data[name])
            if len(text) > MAX_LETTERS:
                found.too_long.append((number, header))
            else:
                cells[header] = (shown_text(header, texts[place]), text)
        found.rows[number] = Written(cells, is_left_out=f"r{number}-out" in data)
    return found
