"""The samples of docs/writing-a-rule.md are real: they are read, and their example holds."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from guben.rulebook.sources import read_all, shipped_files
from guben.rulebook_engine.amending import changes
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.examples import read_examples, run
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook

GUIDE = Path(__file__).parents[2] / "docs" / "writing-a-rule.md"


def samples() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_samples_make_one_rulebook_and_its_examples_hold() -> None:
    *parts, _tried = samples()
    rules = [part for part in parts if "[[example]]" not in part]
    rulebook = read_rulebook("\n".join(rules), "our-town.toml", catalogue)
    examples = read_examples("\n".join(part for part in parts if part not in rules), "our-town.examples.toml")

    assert [(entry.kind, entry.key) for entry in rulebook.entries] == [
        ("duty", "quarterly-lecture"),
        ("publication", "publish-village-affairs"),
        ("indicator", "share-under-30"),
        ("standard", "too-few-under-30"),
        ("table", "town-by-age"),
    ]
    assert len(examples) == 2
    assert [run(example, Library([rulebook]), catalogue) for example in examples] == [None, None]


def test_the_sample_to_try_is_an_edition_of_a_shipped_rule() -> None:
    installed = read_all(shipped_files())
    tables = {entry.key: entry.over for entry in installed if isinstance(entry, Indicator)}
    book = read_rulebook(samples()[-1], "trial.toml", catalogue, elsewhere=tables)

    (change,) = changes(installed, [book], date(2026, 6, 30))
    assert (change.key, change.what) == ("full-time-organisers", "changed")
