"""`guben procedure check|simulate` and `guben calendar install|show`."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from pathlib import Path

from guben.cli.context import EARLIEST, LATEST, BadInput, files_of, print_json, user_of
from guben.kit.calendar import Calendar
from guben.rulebook import calendars
from guben.rulebook.errors import BrokenRulebook
from guben.rulebook.queries import installed_files, library, require_known
from guben.rulebook.sources import RuleFile, check_examples, read_all, without_renewed
from guben.rulebook_engine.errors import Mistake, did_you_mean
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.plans import plans_of
from guben.rulebook_engine.procedures import Procedure
from guben.rulebook_engine.roads import Simulated, simulate


def run(options: Namespace) -> int:
    return {"check": check, "simulate": show_road}[options.verb](options)


def run_calendar(options: Namespace) -> int:
    return {"install": install, "show": show_year}[options.verb](options)


def check(options: Namespace) -> int:
    """Checks the procedures of a file together with what is installed, and runs the examples beside it."""
    mistakes: list[Mistake] = []
    keys: list[str] = []
    try:
        given = files_of([options.file])
        known = _with(given)
        check_examples(given, known)
        keys = _keys_in(given, known)
    except BrokenRulebook as broken:
        mistakes = list(broken.mistakes)
    if not mistakes and not keys:
        raise BadInput(f"{options.file} holds no procedure: write one as [[procedure]].")
    if options.json:
        told = [{name: getattr(one, name) for name in ("file", "line", "column", "sentence")} for one in mistakes]
        print_json({"mistakes": told, "procedures": keys})
    elif mistakes:
        print("\n".join(str(mistake) for mistake in mistakes))
    else:
        print(f"{', '.join(keys)}: no mistakes.")
    return 1 if mistakes else 0


def show_road(options: Namespace) -> int:
    """The whole road of a case that begins on a day, by the rules of a day: its earliest and its latest days."""
    for day in (options.start, options.on or options.start):
        if not EARLIEST <= day <= LATEST:
            raise BadInput(f"{day} is out of reach: give a day from {EARLIEST} to {LATEST}.")
    editions = _editions(options)
    calendar = calendars.calendar()
    plan = plans_of(editions).judging(options.start, options.on or options.start)
    steps = simulate(editions, options.start, calendar, options.on)
    if options.json:
        return print_json(
            {
                "procedure": plan.procedure.key,
                "edition": plan.procedure.edition_label,
                "steps": [
                    {"key": one.key, "earliest": one.earliest, "latest": one.latest, "source": one.source}
                    for one in steps
                ],
            }
        )
    print(f"{plan.procedure.key}, edition {plan.procedure.edition_label}: {plan.procedure.title.zh}")
    lines = [_line(one, calendar, marked=_counts_working_days(plan.procedure)) for one in steps]
    print("\n".join(lines))
    if any("*" in line for line in lines):
        print("* in a year whose official calendar is not known yet: weekends only, the day may still move.")
    for line in _changes(editions, plan.procedure, steps):
        print(line)
    return 0


def _editions(options: Namespace) -> tuple[Procedure, ...]:
    """The editions of the one procedure that is meant, from a file or from what is installed."""
    path = Path(options.what)
    if not (path.suffix == ".toml" or path.is_file()):
        known, key = library(), options.what
        require_known(key, known)
    else:
        given = files_of([options.what])
        known = _with(given)
        keys = _keys_in(given, known)
        if not keys:
            raise BadInput(f"{path} holds no procedure: write one as [[procedure]].")
        if options.procedure and options.procedure not in keys:
            raise BadInput(f"{path} holds no procedure '{options.procedure}'.{did_you_mean(options.procedure, keys)}")
        if len(keys) > 1 and not options.procedure:
            raise BadInput(f"{path} holds several procedures: {', '.join(keys)}. Say which with --procedure KEY.")
        key = options.procedure or keys[0]
    editions = known.editions_of(key)
    if not editions:
        raise BadInput(f"'{key}' is a rule of another kind: only a procedure has a road.")
    return editions


def _with(given: list[RuleFile]) -> Library:
    return read_all([*given, *without_renewed(installed_files(), given)])


def _keys_in(given: list[RuleFile], known: Library) -> list[str]:
    names = {source.name for source in given}
    found = (one.key for one in known if isinstance(one, Procedure) and one.place.file in names)
    return list(dict.fromkeys(found))


def _counts_working_days(procedure: Procedure) -> bool:
    terms = (term for step in procedure.step for term in (*step.opens, *step.closes))
    return any(step.notice for step in procedure.step) or any(term.working_days for term in terms)


def _line(step: Simulated, calendar: Calendar, *, marked: bool) -> str:
    """One step; with a mark at days that may still move."""
    days = [_day(day, calendar if marked else None) for day in (step.earliest, step.latest)]
    return f"{step.number:>4}  {days[0]:<12}{days[1]:<12}{step.key:<24}{step.title}  [{step.source}]"


def _day(day: date | None, calendar: Calendar | None) -> str:
    return "" if day is None else f"{day}{'*' if calendar and calendar.is_provisional(day) else ''}"


def _changes(editions: tuple[Procedure, ...], shown: Procedure, steps: tuple[Simulated, ...]) -> list[str]:
    """Editions that come into force while such a case runs."""
    last = max(step.earliest for step in steps)
    return [
        f"From {one.from_on} on a case that runs {'follows' if one.running == 'follow' else 'does not follow'} the"
        f" edition {one.edition_label}{' (--on shows its road)' if one.running == 'follow' else ''}."
        for one in editions
        if shown.from_on < one.from_on <= last
    ]


def install(options: Namespace) -> int:
    """Takes in the notices of some years: all of them, or none."""
    changed = calendars.install(files_of(options.files), by=user_of(options))
    if options.json:
        return print_json({"changed": changed})
    print(f"Calendars installed or renewed: {', '.join(map(str, changed)) or 'none'}.")
    return 0


def show_year(options: Namespace) -> int:
    """The days off and the make-up days of a year, and how many working days it has."""
    user_of(options)
    if not EARLIEST.year <= options.year <= LATEST.year:
        raise BadInput(f"{options.year} is out of reach: give a year from {EARLIEST.year} to {LATEST.year}.")
    known = calendars.calendar()
    year = known.years.get(options.year)
    count = known.working_days_between(date(options.year, 1, 1), date(options.year, 12, 31))
    off, work = (year.days_off, year.make_up_days) if year else ({}, {})
    if options.json:
        return print_json(
            {
                "year": options.year,
                "known": year is not None,
                "provisional": year is None or year.provisional,
                "source": year.source if year else "",
                "confidence": year.confidence if year else "",
                "working_days": count,
                "days_off": {day.isoformat(): name for day, name in off.items()},
                "make_up_days": {day.isoformat(): name for day, name in work.items()},
            }
        )
    state = "provisional" if year is None or year.provisional else year.confidence
    source = year.source if year else "no notice is known, Saturdays and Sundays are off"
    print(f"{options.year}: {count} working days [{source}; {state}]")
    for title, days in (("off", off), ("made up", work)):
        for day, name in days.items():
            print(f"  {title:<8} {day} {name}")
    return 0
