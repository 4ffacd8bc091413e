"""Reading sheets within limits, writing them without a formula."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest
import xlsxwriter
import xlwt

from guben.kit import tables
from guben.kit.tables import LongNumber, UnreadableTable, read_sheet, workbook_bytes
from tests.imports.sheets import csv_bytes


def problem_of(content: bytes) -> str:
    with pytest.raises(UnreadableTable) as refused:
        read_sheet(content)
    return refused.value.problem


def sparse_workbook(row: int, column: int, value: object = "x") -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("名册")
        sheet.write(0, 0, "姓名")
        sheet.write(row, column, value)
    return file.getvalue()


def test_a_workbook_comes_back_as_it_was_written():
    sheet = read_sheet(workbook_bytes(["姓名", "出生日期", "数"], [["何某", date(1990, 5, 3), 7], ["李某", None, 2.5]]))
    assert sheet.headers == ("姓名", "出生日期", "数")
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (2, ("何某", date(1990, 5, 3), 7.0)),
        (3, ("李某", None, 2.5)),
    ]


def test_rows_keep_their_number_in_the_sheet_past_empty_rows_and_a_late_header():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("花名册")
        sheet.write(2, 0, " 姓 名 ")
        sheet.write(4, 0, "\u3000何某 ")
        sheet.write(8, 0, "李某")
    read = read_sheet(file.getvalue())
    assert (read.name, read.headers) == ("花名册", ("姓名",))
    assert [(row.number, row.cells[0]) for row in read.rows] == [(5, "何某"), (9, "李某")]


def test_hidden_sheets_are_passed_over():
    book = openpyxl.Workbook()
    book.active.title = "藏"
    book.active.append(["x"])
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("名册")
    shown.append(["姓名"])
    shown.append(["何某"])
    book.active = 1
    file = io.BytesIO()
    book.save(file)
    assert read_sheet(file.getvalue()).name == "名册"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
def test_csv_in_utf8_is_read(mark: bytes):
    sheet = read_sheet(mark + '姓名,备注\r\n何某,"两\n行"\r\n\r\n李某,\r\n'.encode(), name="名册.csv")
    assert sheet.headers == ("姓名", "备注")
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ("何某", "两\n行")), (4, ("李某", None))]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "，", "|"])
def test_text_files_are_read_in_the_usual_encodings_with_the_usual_separators(encoding: str, separator: str):
    lines = [
        "某村党员名册",
        separator.join(["姓名", "出生日期", "住址"]),
        separator.join(["陈某", "1990", '"一,二;三"']),
    ]
    sheet = read_sheet("\r\n".join(["", *lines[1:]]).encode(encoding))
    assert sheet.headers == ("姓名", "出生日期", "住址")
    assert sheet.rows[0].cells == ("陈某", "1990", "一,二;三")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0", b"\xff\xff\xff\x80", "姓名".encode("utf-32")])
def test_what_is_no_text_is_refused(content: bytes):
    assert problem_of(content) == "unknown_encoding"


def old_workbook(*rows: list[object]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("花名册")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_an_old_workbook_is_read_like_a_new_one():
    sheet = read_sheet(old_workbook(["姓名", "数", "号"], ["何某", 7, 990101199005030015], [], ["李某", 2.5]))
    assert (sheet.name, sheet.headers) == ("花名册", ("姓名", "数", "号"))
    assert [(row.number, row.cells[:2]) for row in sheet.rows] == [(2, ("何某", 7.0)), (4, ("李某", 2.5))]
    assert isinstance(sheet.rows[0].cells[2], LongNumber)


def test_a_locked_workbook_is_told_apart_from_a_broken_one():
    locked = bytearray(old_workbook(["姓名"], ["何某"]))
    start = locked.index(b"\x09\x08\x10\x00") + 20  # after the record that begins the workbook
    locked[start : start + 58] = b"\x2f\x00\x36\x00\x01\x00\x01\x00\x01\x00" + bytes(48)  # FILEPASS
    assert problem_of(bytes(locked)) == "locked"
    assert problem_of(b"\xd0\xcf\x11\xe0" + b"0" * 600) == "broken"
    container = old_workbook(["姓名"], ["何某"])
    package = "EncryptedPackage\0".encode("utf-16-le")
    at = container.index("Workbook\0".encode("utf-16-le"))
    locked = bytearray(container)
    locked[at : at + len(package)] = package
    locked[at + 64] = len(package)
    assert problem_of(bytes(locked)) == "locked"


def test_a_number_past_fifteen_digits_is_marked_as_having_lost_digits():
    sheet = read_sheet(sparse_workbook(1, 0, 442000196805090011))
    assert isinstance(sheet.rows[0].cells[0], LongNumber)
    assert tables.cell_text(sheet.rows[0].cells[0]) == "4.42E+17"


@pytest.mark.parametrize(
    ("cell", "text"),
    [(7.0, "7"), (13800138000.0, "13800138000"), (2.5, "2.5"), (date(1990, 5, 3), "1990-05-03"), (None, "")],
)
def test_cells_read_as_the_user_wrote_them(cell: tables.Cell, text: str):
    assert tables.cell_text(cell) == text


def test_what_is_no_table_is_refused():
    assert problem_of(b"") == "empty"
    assert problem_of(b"\n\n") == "empty"
    assert problem_of(b"PK\x03\x04 and then nothing") == "broken"
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert problem_of(other.getvalue()) == "broken"
    assert problem_of("姓名,姓 名\n".encode()) == "header_twice"


def test_a_file_over_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch):
    assert problem_of(b"a" * (tables.MAX_BYTES + 1)) == "too_large"
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    assert len(read_sheet("姓名\n1\n2\n".encode()).rows) == 2
    assert problem_of("姓名\n1\n2\n3\n".encode()) == "too_many_rows"


def test_a_zip_bomb_is_refused_before_it_is_opened():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60 * 1024**2)
    assert problem_of(bomb.getvalue()) == "unpacks_too_large"


def test_a_bomb_that_lies_about_its_size_is_refused_too():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/media/a.bin", b" " * 60 * 1024**2)
    lying = bomb.getvalue().replace((60 * 1024**2).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    assert lying != bomb.getvalue()
    assert problem_of(lying) == "unpacks_too_large"


@pytest.mark.parametrize(("row", "column"), [(1_048_575, 0), (5, 16_383), (300_000, 3)])
def test_a_lonely_cell_far_out_is_refused_instead_of_filling_the_memory(row: int, column: int):
    assert problem_of(sparse_workbook(row, column)) == "too_far_out"


def test_texts_never_become_formulas_or_links():
    nasty = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "http://example.org", "\x01"]
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(["甲"], [[text] for text in nasty])))
    cells = [row[0] for row in book.active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells[:5]] == nasty[:5]
    assert all(cell.hyperlink is None for cell in cells)
    assert book.active.freeze_panes == "A2"


def test_long_numbers_are_written_as_text():
    assert read_sheet(workbook_bytes(["号"], [[442000196805090011]])).rows[0].cells == ("442000196805090011",)


def test_csv_texts_that_a_spreadsheet_would_run_get_an_apostrophe():
    lines = csv_bytes(["甲", "乙"], [["=1+1", -5], ["\t=1", "何某"], ["@x", "+x"]]).decode("utf-8-sig")
    assert lines.splitlines() == ["甲,乙", "'=1+1,-5", "'\t=1,何某", "'@x,'+x"]


def test_a_template_carries_its_lists_and_notes():
    content = workbook_bytes(
        ["姓名", "性别"], [], choices={"性别": ["男", "女"]}, input_rows=50, notes=("填写说明", [("姓名", "必填。")])
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Sheet1", "选项", "填写说明"]
    (rule,) = book["Sheet1"].data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("B2:B51", "选项!$A$2:$A$3")
    assert read_sheet(content).headers == ("姓名", "性别")


def test_a_sheet_is_mended_cell_by_cell_by_row_number_and_header():
    sheet = read_sheet(workbook_bytes(["姓名", "数"], [["何某", 7], ["李某", 2]]))
    mended = sheet.mended({(3, "姓名"): " 李四 ", (3, "数"): "", (2, "无此列"): "x", (99, "姓名"): "x"})
    assert [row.cells for row in mended.rows] == [("何某", 7.0), ("李四", None)]
    assert [row.cells for row in sheet.rows] == [("何某", 7.0), ("李某", 2.0)]
