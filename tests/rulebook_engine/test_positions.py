from __future__ import annotations

import tomllib

from guben.rulebook_engine.positions import Path, Positions

TEXT = """\
# [[duty]] in a comment
[head]
title = { zh = "a # b", en = 'c' }   # note
list  = [ 1, [2, 3], # two
  "]", { x-y = 1 } ]

[[duty]]
a.b.c = "x"
text  = '''
one = 1
'''
more  = \"\"\"two \\"quotes\\" ""\"\"\"
  [[duty.step]]
  key = 1
  [duty.step.inner]
  at = 2020-01-01
[[duty]]
"quoted key" = true
key=2
"""


def line_of(path: Path) -> tuple[int, int]:
    return Positions(TEXT).of_key(path)


def test_the_sample_is_toml() -> None:
    assert len(tomllib.loads(TEXT)["duty"]) == 2


def test_every_key_has_its_line_and_column() -> None:
    assert line_of(("head",)) == (2, 1)
    assert line_of(("head", "title", "en")) == (3, 25)
    assert line_of(("head", "list", 1, 1)) == (4, 18)
    assert line_of(("head", "list", 3, "x_y")) == (5, 10)
    assert line_of(("duty", 0)) == (7, 1)
    assert line_of(("duty", 0, "a", "b")) == (8, 1)
    assert line_of(("duty", 0, "more")) == (12, 1)
    assert line_of(("duty", 0, "step", 0, "key")) == (14, 3)
    assert line_of(("duty", 0, "step", 0, "inner", "at")) == (16, 3)
    assert line_of(("duty", 1)) == (17, 1)
    assert line_of(("duty", 1, "quoted key")) == (18, 1)
    assert line_of(("duty", 1, "key")) == (19, 1)


def test_what_is_not_written_has_the_place_of_what_is_around_it() -> None:
    assert line_of(("duty", 1, "missing", "deeper")) == (17, 1)
    assert line_of(("nothing",)) == (1, 1)


def test_a_place_inside_a_text_counts_from_its_first_sign() -> None:
    positions = Positions(TEXT)

    assert positions.of_value(("head", "title", "zh"), 4) == (3, 21)
    assert positions.of_value(("duty", 0, "text"), 4) == (10, 5)
    assert positions.of_value(("duty", 0, "more"), 4) == (12, 9)  # an escape: only the start is sure
