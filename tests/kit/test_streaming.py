"""Large sheets: each cell comes back as it was, nothing runs, and the file opens in other programs."""

from __future__ import annotations

import io
import tracemalloc
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

import openpyxl
import pytest

from guben.kit.streaming import write_csv, write_workbook
from guben.kit.tables import read_sheet

ROWS = [
    ["裴小满", date(1990, 5, 3), "440200199005030010", 12, "=1+1"],
    ["<b>&\"'", date(1890, 1, 1), "007", Decimal("1.5"), None],
    [" 前后 ", None, "_x0041_", 10**18, "多\n行"],
]
HEADERS = ["姓名", "出生日期", "号码", "数", "备注"]


def workbook(rows=ROWS, headers=HEADERS, name="名册") -> bytes:
    file = io.BytesIO()
    assert write_workbook(file, headers, rows, sheet_name=name) == len(rows)
    return file.getvalue()


def test_every_cell_comes_back_as_it_was():
    sheet = openpyxl.load_workbook(io.BytesIO(workbook()))["名册"]
    assert [cell.value for cell in sheet[1]] == HEADERS
    assert sheet["B2"].value.date() == date(1990, 5, 3)
    assert sheet["B2"].number_format == "yyyy-mm-dd"
    assert sheet["C2"].value == "440200199005030010"
    assert (sheet["A3"].value, sheet["B3"].value, sheet["D3"].value) == ("<b>&\"'", "1890-01-01", 1.5)
    assert (sheet["A4"].value, sheet["D4"].value, sheet["E4"].value) == (" 前后 ", str(10**18), "多\n行")
    assert sheet.freeze_panes == "A2"


def test_a_formula_stays_a_text():
    sheet = openpyxl.load_workbook(io.BytesIO(workbook())).active
    assert (sheet["E2"].value, sheet["E2"].data_type) == ("=1+1", "s")


def test_our_own_reader_reads_it_as_well():
    sheet = read_sheet(workbook())
    assert sheet.headers == tuple(HEADERS)
    assert sheet.rows[0].cells == ("裴小满", date(1990, 5, 3), "440200199005030010", 12.0, "=1+1")
    assert sheet.rows[2].cells[2] == "_x0041_"


@pytest.mark.parametrize("name", ["", "a/b:c*[d]'", "长" * 99, '引"号'])
def test_any_sheet_name_opens(name: str):
    assert len(openpyxl.load_workbook(io.BytesIO(workbook(name=name))).sheetnames) == 1


def test_what_xml_can_not_hold_is_left_out():
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([["a\x00\x1bb\ud800c"]], ["列"]))).active
    assert sheet["A2"].value == "abc"


def test_an_empty_sheet_has_its_headers():
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([]))).active
    assert (sheet.max_row, sheet["A1"].value) == (1, "姓名")


def test_more_rows_than_one_piece():
    sheet = read_sheet(workbook([[f"人{number}", None, "", number, ""] for number in range(1234)]))
    assert (len(sheet.rows), sheet.rows[-1].cells[0], sheet.rows[-1].number) == (1234, "人1233", 1235)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_in_both_encodings_guards_what_would_run(encoding: str):
    file = io.BytesIO()
    assert write_csv(file, HEADERS, iter(ROWS), encoding=encoding) == 3
    text = file.getvalue().decode(encoding)
    assert text.splitlines()[1] == "裴小满,1990-05-03,440200199005030010,12,'=1+1"
    assert file.getvalue().startswith(b"\xef\xbb\xbf") is (encoding == "utf-8-sig")
    assert not file.closed


@pytest.mark.parametrize("write", [write_workbook, write_csv])
def test_memory_does_not_grow_with_the_rows(write, tmp_path):
    peaks, sizes = [], []
    for number in (2_000, 20_000):
        rows = ([f"人{row}", "440200199005030010", date(2020, 1, 1), "柳溪村第一党支部"] for row in range(number))
        with (tmp_path / "out").open("w+b") as file:
            tracemalloc.start()
            write(file, ["姓名", "号码", "日期", "党支部"], rows)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            sizes.append(file.seek(0, io.SEEK_END))
    packed = sizes[1] if write is write_workbook else 0  # a workbook is written out when it is packed
    assert peaks[1] < peaks[0] * 1.5 + packed


def test_a_column_of_texts_stays_one_whatever_comes_later():
    rows = [["", None]] * 300 + [[12345678901234567890, date(2020, 1, 1)]]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(rows, ["号码", "日期"]))).active
    assert [cell.value for cell in sheet[302]] == ["12345678901234567890", "2020-01-01"]
    assert sheet["A302"].number_format == "@"


def test_a_date_or_a_number_may_be_missing_or_a_text():
    rows = [[None, "无"], [date(2020, 1, 1), 7], ["不详", True], [None, None]]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(rows, ["日期", "数"]))).active
    assert [[cell.value for cell in row] for row in sheet["A2:B5"]] == [
        [None, "无"],
        [datetime(2020, 1, 1), 7],  # noqa: DTZ001 - as the sheet has it
        ["不详", "True"],
        [None, None],
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@A1", "http://example.org", "mailto:a@b.c", "007", "1e5", "TRUE"]
)
def test_no_text_becomes_anything_else(text: str):
    file = io.BytesIO(workbook([[text]], ["列"]))
    cell = openpyxl.load_workbook(file).active["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink, cell.number_format) == (text, "s", None, "@")


def test_what_would_not_come_back_is_refused():
    with pytest.raises(ValueError, match="same header"):
        write_workbook(io.BytesIO(), ["列", "列"], [["a", "b"]])
    with pytest.raises(ValueError, match="zip"):
        write_workbook(io.BytesIO(), ["列", "行"], [["a", "b"], ["c"]])
    assert openpyxl.load_workbook(io.BytesIO(workbook([["长" * 40_000]], ["列"]))).active["A2"].value == "长" * 32_767


def test_a_stop_while_writing_goes_through():
    def rows():
        yield ["a"]
        raise KeyError("stopped")

    with pytest.raises(KeyError, match="stopped"):
        write_workbook(io.BytesIO(), ["列"], (row for row in chain([["a"]] * 300, rows())))
