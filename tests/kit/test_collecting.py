"""The search for garbage is put off inside and goes on afterwards, whatever happens."""

from __future__ import annotations

import gc

import pytest

from guben.kit import collecting


def test_it_goes_on_after_a_failure_and_stays_off_while_an_outer_one_lasts() -> None:
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), collecting.put_off():
        with collecting.put_off():
            assert not gc.isenabled()
        assert not gc.isenabled()
        raise ZeroDivisionError
    assert gc.isenabled()
