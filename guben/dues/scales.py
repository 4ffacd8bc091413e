"""The scales of dues and their limits, read from `rulebooks/scales/dues.toml`."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

from guben.members.choices import Occupation
from guben.rulebook_engine.scales import Scale, Scales, read_scales

GIFT_TO_CENTRE = "gift-to-centre-cents"
ADVANCE_MONTHS = "advance-months"
WAGES, RETIRED, FARMERS, MINIMUM = "wages", "retired", "farmers", "minimum"
USUAL = {Occupation.FARMER: FARMERS, Occupation.RETIRED: RETIRED, Occupation.STUDENT: MINIMUM}


@cache
def shipped() -> Scales:
    """The shipped file."""
    place = files("guben.rulebooks") / "scales" / "dues.toml"
    return read_scales(place.read_text(encoding="utf-8"), "scales/dues.toml")


@cache
def scales_of(year: int) -> dict[str, Scale]:
    """The scales in force at the beginning of a year, by key."""
    return shipped().in_force(date(year, 1, 1))


def title_of(band: str, year: int, lang: str) -> str:
    """A band's title in a language; the key itself for a band that no file knows."""
    scale = scales_of(year).get(band)
    return scale.title.say(lang) if scale else band


def usual_band(occupation: str) -> str:
    """The band most members of an occupation are in; the page offers it."""
    return USUAL.get(Occupation(occupation), WAGES) if occupation else WAGES
