from __future__ import annotations

from datetime import date

import pytest

from guben.rulebook_engine.entries import Rulebook
from guben.rulebook_engine.errors import RulebookErrors
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import identity, read_library, read_rulebook
from tests.rulebook_engine.tables import DUTY, HEAD, INDICATOR, STANDARD, small_catalogue

TABLES = {"share-35-or-under": "member"}


def read(*parts: str, name: str = "sample.toml") -> Rulebook:
    return read_rulebook("".join(parts), name, small_catalogue(), elsewhere=TABLES)


def test_the_edition_in_force_is_a_function_of_the_day() -> None:
    library = Library([read(HEAD, DUTY, "until = 2022-01-01\n", DUTY, "from = 2022-01-01\nminutes = 60\n")])

    assert library.get("member-meeting", date(2017, 12, 31)) is None
    assert [library.duties(date(2021, 12, 31))[0].minutes, library.duties(date(2022, 1, 1))[0].minutes] == [0, 60]
    assert [edition.from_on.year for edition in library.editions("member-meeting")] == [2018, 2022]
    assert library.editions("nobody") == ()


def test_kinds_are_told_apart() -> None:
    library = Library([read(HEAD, DUTY, INDICATOR, STANDARD)])
    on = date(2026, 1, 1)

    assert [entry.key for entry in library.in_force(on, ("standard", "duty"))] == ["member-meeting", "young-enough"]
    assert [entry.key for entry in library.indicators(on)] == ["share-35-or-under"]
    assert library.indicator_of(library.standards(on)[0], on).over == "member"
    assert library.roles(on) == []


@pytest.mark.parametrize("start", [date(2016, 1, 1), date(2024, 1, 1)])
def test_a_lower_organisation_may_not_reuse_a_superiors_key(start: date) -> None:
    local = read(HEAD, DUTY, f'issued-by = "030012"\nfrom = {start}\n', name="local.toml")

    with pytest.raises(
        RulebookErrors, match=r"^local.toml:9:1: The key 'member-meeting' is already used by 'national'"
    ):
        Library([read(HEAD, DUTY), local])


def test_editions_in_two_files_may_not_overlap() -> None:
    with pytest.raises(RulebookErrors, match="Two editions of 'member-meeting' overlap"):
        Library([read(HEAD, DUTY), read(HEAD, DUTY, "from = 2020-01-01\n", name="other.toml")])


def test_a_standard_needs_its_indicator_in_some_rulebook() -> None:
    with pytest.raises(RulebookErrors, match="No indicator 'share-35-or-under'"):
        Library([read(HEAD, STANDARD)])


def test_a_standard_needs_its_indicator_on_each_of_its_days() -> None:
    short = read(HEAD, INDICATOR, "until = 2024-01-01\n", STANDARD)
    with pytest.raises(RulebookErrors, match="is not in force as long as the standard 'young-enough'"):
        Library([short])

    renewed = read(HEAD, INDICATOR, "until = 2024-01-01\n", INDICATOR, "from = 2024-01-01\n", STANDARD)
    assert Library([renewed]).get("young-enough", date(2025, 1, 1)) is not None


def test_a_duty_is_answered_for_by_a_known_role_where_roles_are_known() -> None:
    role = '[[role]]\nkey = "clerk"\ntitle = { zh = "干事", en = "Clerk" }\nrights = ["units.view"]\n'

    with pytest.raises(RulebookErrors, match="No role 'secretary'"):
        Library([read(HEAD, DUTY, role)])


def test_files_are_read_together_in_any_order() -> None:
    local = HEAD.replace("sample", "local") + STANDARD + 'issued-by = "030012"\n'
    files = [("local.toml", local), ("sample.toml", HEAD + INDICATOR)]

    for order in (files, files[::-1]):
        library = read_library(order, small_catalogue())
        assert library.standards(date(2026, 1, 1))[0].opens is not None


def test_the_mistakes_of_all_files_are_told_at_once() -> None:
    files = [("one.toml", HEAD + DUTY + "colour = 1\n"), ("two.toml", "[rulebook"), ("three.toml", HEAD + INDICATOR)]

    with pytest.raises(RulebookErrors) as caught:
        read_library(files, small_catalogue())

    assert [mistake.file for mistake in caught.value.mistakes] == ["one.toml", "two.toml"]


def test_a_rulebook_is_told_by_key_and_issuer() -> None:
    assert identity(HEAD) == ("sample", "national")
    assert identity(HEAD + 'issued-by = "030012"\n') == ("sample", "030012")
    for text in ("[rulebook", "rulebook = 3", "[rulebook]\n", ""):
        assert identity(text) is None
