"""The rows of the town's grid as HTML. A town has thousands of cells: a template for each would take a second."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.home.grid import DONE, Cell, Column, Grid, Group, Row
from guben.house.templatetags.house import icon, joined

register = template.Library()
ANY_NUMBER, ANY_CODE = 987654321, "ANY-CODE"
LINES = "lines of the grid"
NAMED = 2  # late duties that the last cell of a row names
CHIPS = {"late": "cell-chip cell-late", "soon": "cell-chip cell-soon", "due": "cell-due"}
ICONS = {"late": "alert-triangle", "soon": "clock", "due": "circle"}


@register.simple_tag(takes_context=True)
def grid_rows(context: template.Context, grid: Grid, group: Group) -> SafeString:
    """One line of the table for each branch of a group."""
    lines = context.render_context.get(LINES)
    if lines is None or lines.grid is not grid:
        rights = {name: bool(context.get(name)) for name in ("sees_meetings", "may_change")}
        context.render_context[LINES] = lines = Lines(grid, **rights)
    return _together(lines.line(row, group.title) for row in group.rows)


def _together(parts: Iterable[SafeString | str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped where it is made


def _hidden(text: str) -> SafeString:
    """Words for screen readers alone."""
    return format_html('<span class="visually-hidden">{}</span>', text)


def _around(word: object, page: str) -> tuple[str, str]:
    """What stands before and after a number or code in the address of its page: each row has its own."""
    before, _word, after = reverse(page, args=[word]).rpartition(str(word))
    return before, after


@lru_cache(maxsize=4096)
def _text(words: str) -> str:
    """Words as they stand in HTML: a town says the same few hundred again and again."""
    return escape(words)


class Lines:
    """What all lines of one page have in common is made once."""

    def __init__(self, grid: Grid, *, sees_meetings: bool, may_change: bool) -> None:
        self.grid, self.has_earlier = grid, grid.has_earlier
        self.columns = {column: Marks.of(column) for column in grid.columns}
        self.wide = len(self.columns) + self.has_earlier
        self.sees_meetings, self.may_change = sees_meetings, may_change
        self.icons = {name: icon(name) for name in ("check", "pencil", "circle-dashed", *ICONS.values())}
        self.done = _hidden(_("已做"))
        self.nothing = _quiet(_together([DOT, _hidden(_("不要求"))]))
        self.settled = format_html('<span class="cell-done">{}{}</span>', self.icons["check"], _("齐了"))
        self.before_meeting, self.after_meeting = _around(ANY_NUMBER, "meetings:detail")
        self.before_unit, self.after_unit = _around(ANY_CODE, "home:unit")
        self.before_duties, self.after_duties = _around(ANY_CODE, "home:unit_duties")
        self.colon, self.done_icons = _("："), dict.fromkeys(DONE, self.icons["check"])
        self.done_icons["entered_late"] = self.icons["pencil"]
        self.comma = conditional_escape(_("，"))

    def line(self, row: Row, field: str) -> SafeString:
        """A branch of a field with its cells, or with a band where its books are not kept yet."""
        unit = row.unit
        code, short_name = escape(unit.code), escape(unit.short_name)
        name = f'<th scope="row"><a href="{self.before_unit}{quote(unit.code)}{self.after_unit}">{short_name}</a></th>'
        if row.band:
            return _together(['<tr class="grid-row">', name, self._band(row), "</tr>"])
        duties = f"{self.before_duties}{quote(unit.code)}{self.after_duties}"
        own = f' data-unit="{code}" data-name="{short_name}" data-field="{escape(field)}"'
        cells = [
            f'<td id="cell-{code}-{of.end}" class="grid-cell look-{cell.look}"{of.marks}{own}'
            f"{OPEN if cell.is_open else ''}>{self._inside(cell, of, duties)}</td>"
            for cell in row.cells
            for of in (self.columns[cell.column],)
        ]
        end = f'<td class="grid-end first-of-section">{self._lacking(row)}</td>'
        return _together(['<tr class="grid-row">', name, self._earlier(row, duties), *cells, end, "</tr>"])

    def _band(self, row: Row) -> SafeString:
        act = SafeString()
        if self.may_change:
            away = _hidden(self.colon + row.unit.short_name)
            act = format_html(
                '<a href="{}">{}{}</a>', reverse("organisations:keep_from", args=[row.unit.code]), _("去建账"), away
            )
        return format_html(
            '<td class="grid-band" colspan="{}"><span>{}{}{}{}</span></td>'
            '<td class="grid-end first-of-section">{}</td>',
            self.wide, self.icons["circle-dashed"], _("未建账："), row.band, _("。建账以前不算欠。"), act,
        )  # fmt: skip

    def _earlier(self, row: Row, duties: str) -> SafeString:
        if not self.has_earlier:
            return SafeString()
        late = SafeString()
        if row.earlier:
            words = ngettext("欠%(number)s项", "欠%(number)s项", row.earlier) % {"number": row.earlier}
            late = format_html('<a class="text-late" href="{}">{}</a>', duties, words)
        return format_html('<td class="first-of-section grid-earlier">{}</td>', late)

    def _inside(self, cell: Cell, of: Marks, duties: str) -> str:
        look, text = cell.look, _text(cell.text)
        tag = f'<span class="tag">{_text(cell.tag)}</span>' if cell.tag else ""
        if look in DONE:
            is_meeting = cell.record and cell.column.form and self.sees_meetings
            page = f"{self.before_meeting}{cell.record}{self.after_meeting}" if is_meeting else f"{duties}#{of.end}"
            return f'<a class="cell-done" href="{page}">{self.done_icons[look]}{self.done}{text}{tag}</a>'
        if cell.is_open:
            words = f'<span class="cell-words">{self.icons[ICONS[look]]}{text}</span>'
            return f'<a class="{CHIPS[look]}" href="{duties}#{of.end}">{words}{tag}</a>'
        if cell.look == "exempt":
            reason = _hidden(self.colon + cell.reason) if cell.reason != cell.text else ""
            return _quiet(_together([DOT, text, reason]))
        if cell.look == "not_kept":
            return _quiet(_together([self.icons["circle-dashed"], text]))
        return self.nothing

    def _lacking(self, row: Row) -> SafeString:
        """What a branch still lacks, the overdue first."""
        if not row.late_count and not row.open_count:
            return self.settled
        late = []
        if row.earlier and not row.late:
            words = ngettext("更早%(number)s项", "更早%(number)s项", row.earlier) % {"number": row.earlier}
            late.append(conditional_escape(words))
        if row.late:
            more = _("等%(number)s项") % {"number": len(row.late)} if len(row.late) > NAMED else ""
            late.append(_together([joined(row.late[:NAMED]), conditional_escape(more)]))
        parts = [format_html('<span class="text-late">{}</span>', words) for words in late]
        if row.open_count > NAMED or (row.late_count and row.open_count):
            parts.append(conditional_escape(_("差%(number)s项") % {"number": row.open_count}))
        elif row.open_count:
            parts.append(_together([conditional_escape(_("差")), joined(row.open_titles)]))
        return _together(self.comma.join(parts))


OPEN = " data-open"
DOT = mark_safe('<span aria-hidden="true">·</span>')


@dataclass(frozen=True, slots=True)
class Marks:
    """The end of the ids of a column's cells, and what the scripts of the page read of it."""

    end: str
    marks: str

    @classmethod
    def of(cls, column: Column) -> Marks:
        marks = format_html(
            ' data-column="{}" data-form="{}" data-rule="{}" data-period="{}"',
            column.key, column.form, column.rule, column.period.label,
        )  # fmt: skip
        return cls(escape(f"{column.rule}-{column.period.label}"), marks)


def _quiet(inside: SafeString) -> SafeString:
    return format_html('<span class="cell-quiet">{}</span>', inside)
