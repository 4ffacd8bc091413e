"""Cells far out, written in every way that XML allows: none may make the reader fill the memory."""

import io
import zipfile

import pytest
import xlsxwriter

from guben.kit.tables import UnreadableTable, read_sheet

V = "<v>1</v></c>"
NEAR = f'<c r="A1">{V}'


def workbook(rows: str, part: str = "xl/worksheets/sheet1.xml", more: dict[str, str] | None = None) -> bytes:
    """A workbook whose one sheet is written by hand."""
    sheet = f'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'  # noqa: E501
    made, file = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet("名册").write(0, 0, "姓名")
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                name, text = part, sheet
            elif name == "xl/_rels/workbook.xml.rels":
                text = text.replace("worksheets/sheet1.xml", part.removeprefix("xl/"))
            new.writestr(name, text)
        for name, text in (more or {}).items():
            new.writestr(name, text)
    return file.getvalue()


def problem_of(content: bytes) -> str:
    with pytest.raises(UnreadableTable) as refused:
        read_sheet(content)
    return refused.value.problem


FAR = {
    "single quotes": f"<row r='1'>{NEAR}<c r='ZZ1'>{V}</row>",
    "single quotes, far down": f"<row r='1'>{NEAR}</row><row r='999999'><c r='A999999'>{V}</row>",
    "spaces": f'<row r="1">{NEAR}<c r = "ZZ1">{V}</row>',
    "line breaks": f'<row r="1">{NEAR}<c\nr\n=\n"ZZ1">{V}</row>',
    "small letters": f'<row r="1">{NEAR}<c r="zz1">{V}</row>',
    "a sign in another attribute": f'<row r="1">{NEAR}<c s=">" r="ZZ1">{V}</row>',
    "a prefix": '<x:row r="1"><x:c r="ZZ1"><x:v>1</x:v></x:c></x:row>',
    "zeros": f'<row r="1">{NEAR}<c r="A00000999999">{V}</row>',
    "the row alone": f'<row r="1"><c>{V}</row><row r="999999"><c>{V}</row>',
    "rows that are counted": f'<row r="1"><c>{V}</row>' + "<row/>" * 110_000 + f"<row><c>{V}</row>",
    "cells that are counted": '<row r="1">' + "<c/>" * 131 + f"<c>{V}</row>",
    "a comment before it": f'<row r="1">{NEAR}<!-- <c --><c r="ZZ1">{V}</row>',
    "across two pieces": f'<row r="1">{NEAR}</row>' + " " * 262_000 + f'<row r="2"><c r="ZZ2"{" " * 300}>{V}</row>',
}


@pytest.mark.parametrize("rows", FAR.values(), ids=FAR.keys())
def test_a_far_cell_is_refused_however_it_is_written(rows: str) -> None:
    assert problem_of(workbook(rows)) == "too_far_out"


@pytest.mark.parametrize("part", ["xl/elsewhere/sheet.xml", "XL/Worksheets/Sheet1.XML", "xl/worksheets/../a.xml"])
def test_a_sheet_in_another_place_is_looked_through_too(part: str) -> None:
    assert problem_of(workbook(FAR["small letters"], part)) == "too_far_out"


def test_a_sheet_that_is_not_called_xml_is_refused() -> None:
    assert problem_of(workbook(f"<row>{NEAR}</row>", "xl/media/image1.png")) == "broken"


@pytest.mark.parametrize("name", ["content.xml", "xl/workbook.bin"])
def test_a_second_format_in_the_same_file_is_refused(name: str) -> None:
    assert problem_of(workbook(f"<row>{NEAR}</row>", more={name: "<a/>"})) == "broken"


def test_entities_are_not_followed() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a><c>&b;</c></a>'
    assert problem_of(workbook(f"<row>{NEAR}</row>", more={"xl/worksheets/sheet2.xml": bomb})) == "broken"


NEAR_ONES = {
    "single quotes": f"<row r='1'><c r='A1'>{V}<c r='EA1' s='1'/></row>",
    "cells without a place": f"<row><c>{V}<c><v>2</v></c></row><row><c>{V}</row>",
    "a far cell without content": f'<row r="1">{NEAR}<c r="XFD1" s="1"/></row>',
    "what looks like a far place in a text": '<row r="1"><c r="A1" t="inlineStr"><is><t>r="ZZ1" r = \'ZZ1\' :c </t></is></c></row>',
    "prefixes": '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>',
}


@pytest.mark.parametrize("rows", NEAR_ONES.values(), ids=NEAR_ONES.keys())
def test_a_sheet_without_a_far_cell_is_read_however_it_is_written(rows: str) -> None:
    assert len(read_sheet(workbook(rows)).headers) <= 2
