"""`guben burden`: what the rules of each level lay on the units at and below one, in hours a year."""

from __future__ import annotations

from argparse import Namespace

from guben.access import policy
from guben.cli.context import BadInput, day_of, library_of, print_json, unit_of, user_of
from guben.kit.days import add_months
from guben.rulebook.burden import Burden, burden_of, without_effect


def run(options: Namespace) -> int:
    """Hours a year by issuer and by rule, a year before, and the rules that nobody fell short of."""
    user, on = user_of(options), day_of(options)
    unit = unit_of(options.at, user)
    if not policy.may(user, "rules.view", unit):
        raise BadInput(f"{user} may not use rules.view at {unit.code}.")
    library = library_of(options)
    now, before = burden_of(unit, on, library), burden_of(unit, add_months(on, -12), library)
    idle = [one.rule.key for one in without_effect(unit, on, library)]
    if options.json:
        return print_json({"at": unit.code, "now": _document(now), "year_before": _document(before), "idle": idle})
    print(f"{unit.code} on {on}: {now.units} units, {now.hours_of_one:.1f} hours a year each on the average")
    print(f"  a year before: {before.hours_of_one:.1f}; the most of any unit: {now.most:.1f}")
    if now.limit:
        print(f"  limit {now.limit.key}: {now.limit.hours} hours; {now.past} of {now.limited} units past their limit")
    for issuer, hours in now.issuers.items():
        print(f"  {issuer:<24} {hours:>7.1f}")
    for one in now.rules:
        print(f"  {one.rule.key:<34} {one.units:>7} units {one.hours_of_one:>7.1f} h each {one.hours:>10.0f} h in all")
    print(f"  nobody fell short for a year: {', '.join(idle) or 'none'}")
    return 0


def _document(burden: Burden) -> dict[str, object]:
    return {
        "on": burden.on,
        "units": burden.units,
        "hours_of_one": round(burden.hours_of_one, 2),
        "hours_of_all": round(burden.hours_of_all, 1),
        "most": round(burden.most, 2),
        "limit": {"key": burden.limit.key, "hours": burden.limit.hours} if burden.limit else None,
        "limited": burden.limited,
        "past": burden.past,
        "issuers": {issuer: round(hours, 2) for issuer, hours in burden.issuers.items()},
        "kinds": [{"kind": one.kind, "units": one.units, "hours": round(one.total, 2)} for one in burden.kinds],
        "rules": [
            {
                "key": one.rule.key,
                "issued_by": one.rule.issued_by,
                "units": one.units,
                "times_a_year": round(one.times_a_year, 2),
                "minutes": one.rule.minutes,
                "hours_of_one": round(one.hours_of_one, 2),
                "hours_of_all": round(one.hours, 1),
            }
            for one in burden.rules
        ],
    }
