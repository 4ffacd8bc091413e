"""For each mistake an author can make there is one file, and beside it the place and the sentence it must bring.

`mistakes/NAME.toml` is `whole.toml.txt`, or `procedure.toml.txt`, with one thing wrong; `NAME.txt` holds what must be said, a line each. Files in
`beside/` are wrong beside the whole book only, those in `examples/` as examples of its rules.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from guben.rulebook.errors import BrokenRulebook
from guben.rulebook.mistakes import in_words
from guben.rulebook.sources import RuleFile, decoded
from guben.rulebook_engine.errors import Mistake, RulebookErrors
from guben.rulebook_engine.examples import failing, read_examples
from guben.rulebook_engine.facts import Catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_library, read_rulebook
from tests.command import guben
from tests.rulebook_engine.tables import small_catalogue

FOLDER = Path(__file__).parent / "mistakes"
WHOLE = (FOLDER / "whole.toml.txt").read_text(encoding="utf-8")
FILES = sorted([*FOLDER.rglob("*.toml"), *FOLDER.rglob("*.toml.bin")])  # .bin: no UTF-8
LATER = ("table_adds_up_to_nothing.toml", "table_row_named_like_a_rule.toml")  # told once every file reads well
NAMES = [str(file.relative_to(FOLDER)) for file in FILES]


def said_of(file: Path) -> Path:
    """The file with what must be said."""
    return file.with_name(file.name.partition(".")[0] + ".txt")


def mistakes_of(file: Path) -> list[Mistake]:
    """Every mistake that is told of a file, as the folder it lies in asks."""
    catalogue = small_catalogue()
    try:
        given = RuleFile(file.name, decoded(file.name, file.read_bytes()))
        match file.parent.name:
            case "beside":
                read_library([("whole.toml", WHOLE), (given.name, given.text)], catalogue)
            case "examples":
                return _of_examples(given, catalogue)
            case _:
                Library([read_rulebook(given.text, given.name, catalogue)])
    except (BrokenRulebook, RulebookErrors) as errors:
        return list(errors.mistakes)
    return []


def _of_examples(given: RuleFile, catalogue: Catalogue) -> list[Mistake]:
    library = read_library([("whole.toml", WHOLE)], catalogue)
    return list(failing(read_examples(given.text, given.name), library, catalogue))


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_mistake_is_told_with_its_place(file: Path) -> None:
    expected = said_of(file).read_text(encoding="utf-8").splitlines()

    assert [str(mistake) for mistake in mistakes_of(file)] == expected
    assert expected


def test_there_is_a_sentence_for_each_file_and_none_is_left_over() -> None:
    said = set(FOLDER.rglob("*.txt")) - {FOLDER / "whole.toml.txt", FOLDER / "procedure.toml.txt"}

    assert said == {said_of(file) for file in FILES}
    assert len(FILES) > 100


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_sentence_is_whole_and_short(file: Path) -> None:
    for mistake in mistakes_of(file):
        assert mistake.sentence[0].isupper() or mistake.sentence[0] in "'-0123456789" or "(...)" in mistake.sentence
        assert mistake.sentence.endswith((".", "?"))
        assert len(mistake.sentence) < 400
        assert mistake.line >= 1
        assert mistake.column >= 1


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_sentence_is_said_in_chinese_on_pages(file: Path) -> None:
    with translation.override("zh-hans"):
        for mistake in mistakes_of(file):
            assert re.search("[一-龥]", re.sub("是不是.*|可以写：.*", "", in_words(mistake.sentence))), mistake.sentence


def test_the_procedure_has_no_mistake() -> None:
    text = (FOLDER / "procedure.toml.txt").read_text(encoding="utf-8")

    assert [entry.key for entry in Library([read_rulebook(text, "halls.toml", small_catalogue())])] == ["hall", "hall"]


def test_the_whole_book_has_no_mistake() -> None:
    rulebook = read_rulebook(WHOLE, "whole.toml", small_catalogue())

    assert [entry.key for entry in rulebook.entries] == ["member-meeting", "share-35-or-under", "young-enough"]


@pytest.mark.parametrize("text", ["\ufeff" + WHOLE, WHOLE.replace("\n", "\r\n"), WHOLE.rstrip(), WHOLE + "\n\n# 完\n"])
def test_what_an_editor_leaves_in_a_file_is_no_mistake(text: str) -> None:
    assert read_rulebook(text, "whole.toml", small_catalogue()).key == "sample"


@pytest.mark.usefixtures("rules")
def test_the_command_prints_each_mistake_and_no_traceback() -> None:
    texts = [file for file in FILES if file.parent == FOLDER and file.suffix == ".toml" and file.name not in LATER]
    for files in ([FOLDER / "not_utf8.toml.bin"], texts):
        answer = guben("rules", "check", *files)

        assert answer.code == 1
        assert answer.err == ""
        assert "Traceback" not in answer.out
        assert {line.split(":")[0] for line in answer.out.splitlines()} == {str(file) for file in files}


@pytest.mark.usefixtures("rules")
def test_the_command_runs_the_examples_beside_a_file(tmp_path: Path) -> None:
    book = tmp_path / "own.toml"
    book.write_text(WHOLE.replace('"sample"', '"own"').replace('"member-meeting"', '"own-meeting"').replace(
        "share-35-or-under", "own-share").replace("young-enough", "own-young"), encoding="utf-8")  # fmt: skip
    beside = tmp_path / "own.examples.toml"
    text = (
        (FOLDER / "examples" / "wrong_state.toml").read_text(encoding="utf-8").replace("member-meeting", "own-meeting")
    )
    beside.write_text(text.replace('"late"', '"done"'), encoding="utf-8")
    assert guben("rules", "check", book, beside).code == 0

    beside.write_text(text, encoding="utf-8")
    answer = guben("rules", "check", book)

    assert answer.code == 1
    assert answer.out.startswith(f"{beside}:1:1: The example of 'own-meeting' fails. Expected state late, found done.")
