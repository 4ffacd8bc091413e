"""Long sums are kept until something is written, and no longer."""

from __future__ import annotations

import pytest
from django.db import transaction

from guben.audit import trail
from guben.audit.remembering import MOST, remembered
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)  # nothing is kept while a transaction is open


def test_a_sum_is_made_once_and_again_after_the_next_act(cast: Cast) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [remembered(make, "sum", 1), remembered(make, "sum", 1)] == [1, 1]
    assert remembered(make, "sum", 2) == 2
    with transaction.atomic():
        trail.record("tree.rebuilt", cast.city, by=cast.organiser, organisation_id=cast.city.pk)
    assert remembered(make, "sum", 1) == 3


def test_only_a_few_sums_are_kept(cast: Cast) -> None:
    for number in range(MOST + 1):
        remembered(lambda: "first", "many", number)

    assert remembered(lambda: "again", "many", 0) == "again"
    assert remembered(lambda: "again", "many", MOST) == "first"
