"""The samples of docs/writing-a-rule.md are real: they are read, and their example holds."""

from __future__ import annotations

import re
from pathlib import Path

from guben.rulebook_engine.examples import read_examples, run
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook

GUIDE = Path(__file__).parents[2] / "docs" / "writing-a-rule.md"


def samples() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_samples_make_one_rulebook_and_its_example_holds() -> None:
    *parts, shown = samples()
    rulebook = read_rulebook("\n".join(parts), "our-town.toml", catalogue)
    (example,) = read_examples(shown, "our-town.examples.toml")

    assert [entry.key for entry in rulebook.entries] == ["quarterly-lecture", "share-under-30", "too-few-under-30"]
    assert run(example, Library([rulebook]), catalogue) is None
