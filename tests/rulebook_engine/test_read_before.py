"""A file that was read before is not read again; it is where it may mean something else now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guben.rulebook_engine.errors import RulebookErrors
from guben.rulebook_engine.loading import read_rulebooks
from tests.rulebook_engine.tables import DUTY, HEAD, MEETING, small_catalogue

OTHER = HEAD.replace("sample", "other") + DUTY.replace("member-meeting", "other-meeting")


def test_beside_another_file_it_is_the_same() -> None:
    catalogue = small_catalogue()
    (alone,) = read_rulebooks([("a.toml", HEAD + DUTY)], catalogue)
    beside, other = read_rulebooks([("a.toml", HEAD + DUTY), ("b.toml", OTHER)], catalogue)
    assert beside is alone
    assert other.duties[0].place.file == "b.toml"


def test_under_another_name_it_says_its_own_place() -> None:
    catalogue = small_catalogue()
    read_rulebooks([("a.toml", HEAD + DUTY)], catalogue)
    (renamed,) = read_rulebooks([("c.toml", HEAD + DUTY)], catalogue)
    assert renamed.duties[0].place.file == "c.toml"


def test_what_the_catalogue_no_longer_holds_is_a_mistake_at_once() -> None:
    catalogue = small_catalogue()
    read_rulebooks([("a.toml", HEAD + DUTY)], catalogue)
    catalogue.register(replace(MEETING, columns=tuple(one for one in MEETING.columns if one.name != "form")))
    with pytest.raises(RulebookErrors):
        read_rulebooks([("a.toml", HEAD + DUTY)], catalogue)


def test_a_mistake_is_told_each_time() -> None:
    catalogue = small_catalogue()
    wrong = HEAD + DUTY.replace("kind = 'branch'", "kund = 'branch'")
    for _time in range(2):
        with pytest.raises(RulebookErrors):
            read_rulebooks([("a.toml", wrong)], catalogue)
