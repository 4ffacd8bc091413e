"""Documents: fonts inside, text that can be searched, data printed as it stands."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pypdf
import pytest

from guben.kit import documents, glyphs

BOX = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>'
NOTICE = {
    "heading": "公示", "title": "", "text": "现予公示。", "lines": [["姓名", "李某"]], "term": "公示期5个工作日",
    "objections": "有意见的可以反映。", "received_by": ["受理：纪检委员"], "unit": "中共柳溪村第一支部委员会",
    "day": "2026年6月30日", "code": BOX, "code_says": "二维码", "check_says": "扫码核对", "numbered": "编号1",
    "afterwards": "期满取下。", "address": "https://example.org/publication/check/x/",
}  # fmt: skip


def set_(lang="zh-hans", demo=False, made_at=None, **changes):
    data = {**NOTICE, **changes}
    return documents.pdf("publication/notice", data, title="公示", lang=lang, demo=demo, made_at=made_at)


def reader(content):
    return pypdf.PdfReader(io.BytesIO(content))


def text_of(content):
    """All text, without what only sets it apart."""
    return "".join("".join(page.extract_text().split()) for page in reader(content).pages)


def fonts_of(content):
    found = {}
    for page in reader(content).pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            inner = font.get("/DescendantFonts", [font])[0].get_object()
            found[str(font["/BaseFont"])] = inner["/FontDescriptor"].get_object()
    return found


def test_every_font_is_inside_and_none_but_the_house_s():
    fonts = fonts_of(set_())
    assert len(fonts) >= 2
    for name, descriptor in fonts.items():
        assert "Noto" in name
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), name


def test_it_is_made_for_keeping_and_has_its_title():
    found = reader(set_())
    assert found.metadata is not None
    assert found.metadata.title == "公示"
    about = found.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in about
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in about
    assert found.trailer["/Root"]["/Lang"].lower().startswith("zh")


def test_the_page_is_a4():
    width, height = reader(set_()).pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) == (595, 842)


@pytest.mark.parametrize(
    "text",
    [
        "#panic(1)", "*粗*_斜_", "$x^2$", "“引号” 'a' \"b\"", "\\ \\u{41} \\#", "𠮷野家与𬭎𬍛", "[甲]{乙}(丙)", "@ref <label>",
        "http://例.org // 注 /* 注 */", "= 标题", "- 列\n+ 表", "`raw`", "#import \"/kit/papers/base.typ\"", "~ --- ...",
    ],
)  # fmt: skip
def test_what_somebody_wrote_is_printed_as_it_stands(text):
    wanted = "".join(text.split())
    assert wanted in text_of(set_(text=text))
    assert wanted in text_of(set_(text="正文", lines=[["名", text]], unit=text))


def test_a_sign_without_a_shape_is_left_to_be_put_in_by_hand():
    assert glyphs.printable("李𡒄 😀") == "李〓 〓"
    assert "李〓" in text_of(set_(text="李𡒄"))


@pytest.mark.parametrize("text", ["\x07\x1b", "‮", "​", "\ufeff", "\ud800"])
def test_signs_that_print_nothing_or_break_things_do_no_harm(text):
    assert "前后" in text_of(set_(text=f"前{text}后")) or "前〓后" in text_of(set_(text=f"前{text}后"))


def test_very_long_words_break_and_long_texts_go_on_to_the_next_page():
    long = set_(
        text="\n".join(["很长的一段话。" * 30] * 20),
        unit="中共" + "很长的名称" * 30 + "委员会",
        lines=[["字" * 60, "W" * 500]],
    )
    assert len(reader(long).pages) > 1
    for page in reader(long).pages:
        assert "编号1" in page.extract_text()


def test_no_text_at_all_is_a_page_too():
    empty = {key: "" for key, value in NOTICE.items() if isinstance(value, str)}
    assert len(reader(set_(**{**empty, "code": BOX, "lines": [], "received_by": []})).pages) == 1


def test_demonstration_data_are_marked():
    assert "演示数据" in text_of(set_(demo=True))
    assert "演示数据" not in text_of(set_())
    assert "Demonstration" in text_of(set_(demo=True, lang="en"))


def test_the_same_data_at_the_same_moment_give_the_same_bytes():
    moment = datetime(2026, 6, 30, 8, tzinfo=UTC)
    assert set_(made_at=moment) == set_(made_at=moment)


@pytest.mark.parametrize(
    "name", ["../kit/base", "kit/base.typ", "/etc/passwd", "publication/none", "", "publication", "a/b/c"]
)
def test_only_templates_of_the_house_are_set(name):
    with pytest.raises(ValueError, match="template"):
        documents.pdf(name, NOTICE, title="公示")


@pytest.mark.parametrize("value", [object(), b"x", {1, 2}])
def test_only_plain_data_are_taken(value):
    with pytest.raises(TypeError):
        set_(lines=value)


@pytest.mark.parametrize(
    ("lang", "words"), [("zh-hans", "没有生成"), ("zh-hant", "沒有生成"), ("en", "could not be made")]
)
def test_what_cannot_be_set_is_told_in_a_sentence(lang, words):
    with pytest.raises(documents.DocumentError, match=words):
        set_(lang=lang, code="<svg")


def test_several_at_once_do_not_mix():
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: text_of(set_(text=f"第{number}份")), range(12)))
    assert all(f"第{number}份" in text for number, text in enumerate(found))


def test_nothing_outside_of_the_house_is_read(tmp_path):
    (tmp_path / "secret.svg").write_text(BOX)
    with pytest.raises(documents.DocumentError):
        set_(code=str(tmp_path / "secret.svg"))
