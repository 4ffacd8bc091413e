"""The demo city at its full size: S4's figures, by the records and by the diagnosis."""

from __future__ import annotations

import pytest

from guben.accounts.operator import acting_user
from guben.demo.city import build
from guben.demo.plan import DAY
from guben.development.queries.signals import RULES
from guben.figures.queries import diagnose
from guben.members.models import Person
from guben.organisations.models import Organisation, Site
from guben.procedures.models import Case

pytestmark = [pytest.mark.slow, pytest.mark.one_database]


def quiet(words: str, done: int, total: int) -> None:
    """Nobody watches."""


def test_the_full_city_has_s4s_figures_and_its_diagnosis_names_them(db: None, rules: None) -> None:
    build(20260630, acting_user(), quiet)
    members = Person.objects.filter(stages__kind__in=["full", "probationary"], stages__until_on=None)
    assert members.count() == 30_000
    assert members.filter(born_on__gt="1990-06-30").count() == 9_078
    assert members.filter(born_on__lte="1966-06-30").count() == 8_796
    sites = Site.objects.filter(organisation__territory="community")
    assert sites.count() == 88
    assert sites.filter(tenure="rented").count() == 24
    assert sites.filter(tenure="borrowed").count() == 8
    assert sites.filter(area_m2=8).count() == 1

    found = {one.rule.key: one for one in diagnose(Organisation.objects.get(code="990000"), DAY).findings}
    assert (found["community-site-not-owned"].value, found["community-site-not-owned"].of) == (32, 88)
    assert found["city-35-or-under"].value == pytest.approx(0.3026)
    assert found["city-60-or-over"].value == pytest.approx(0.2932)
    assert found["unit-growing-old"].value == 9
    assert found["site-too-small"].units[0].figure.value == 8
    assert found["site-dangerous"].value == 5

    assert Case.objects.filter(procedure="development").count() == 400
    assert {key: len(found[key].units) > 0 for key in RULES} == dict.fromkeys(RULES, True)
