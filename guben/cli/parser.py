"""The words of the `guben` command. Nothing here needs Django, so that `--help` and usage errors are quick."""

from __future__ import annotations

import argparse
from datetime import date


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day: write it as 2026-06-30.") from None


def _where(parser: argparse.ArgumentParser, *, below: bool = False) -> None:
    parser.add_argument("--at", required=True, metavar="CODE", help="the unit's code")
    if below:
        parser.add_argument("--below", action="store_true", help="every unit at and below it, not only itself")
    _when(parser)


def _output(parser: argparse.ArgumentParser) -> None:
    """What every command understands after its name too."""
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output, nothing else")
    _acting(parser, argparse.SUPPRESS)


def _acting(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--as", dest="acting", default=default, metavar="USER", help="as whom to act (default the logged operator)"
    )


def _when(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", type=_day, metavar="DAY", help="the day, as 2026-06-30 (default today)")
    _output(parser)
    _extra_rules(parser)


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options; `command` names the function to run."""
    parser = argparse.ArgumentParser(prog="guben", description="Guben (固本): the rules of a membership organisation.")
    _acting(parser, "")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _figures(commands)
    _whole(commands)
    _rules(commands)
    _procedures(commands)
    _cases(commands)
    _transfers(commands)
    _reports(commands)
    _records(commands)
    _operations(commands)
    _benchmark(commands)
    return parser


def _figures(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    due = commands.add_parser("due", help="what a unit owes, has done, and is late with")
    _where(due, below=True)
    diagnose = commands.add_parser("diagnose", help="which problems are present at and below a unit")
    _where(diagnose)
    evaluate = commands.add_parser("evaluate", help="figures of indicators")
    evaluate.add_argument("keys", nargs="*", metavar="KEY")
    evaluate.add_argument("--all", action="store_true", help="every indicator in force")
    _where(evaluate, below=True)
    evaluate.add_argument("--engine", choices=("live", "duckdb"), default="live")
    evaluate.add_argument("--snapshot", metavar="DIR", help="with --engine duckdb: an existing snapshot")
    explain = commands.add_parser("explain", help="why this figure: rule, edition, numbers, records")
    explain.add_argument("key", metavar="KEY")
    _where(explain)
    burden = commands.add_parser("burden", help="hours a year that the rules ask of the units at and below one")
    _where(burden)
    dues = commands.add_parser("dues", help="dues by member at a branch, by unit above it")
    verbs = dues.add_subparsers(dest="verb", required=True, metavar="VERB")
    show = verbs.add_parser("show", help="owed, paid and late in a year")
    show.add_argument("--at", required=True, metavar="CODE", help="the unit's code")
    show.add_argument("--year", type=int, default=0, metavar="Y", help="the year (default this one)")
    _output(show)
    coverage = commands.add_parser("coverage", help="establishments with and without an organisation")
    coverage.add_argument("--at", required=True, metavar="CODE", help="the unit's code")
    _output(coverage)
    snapshot = commands.add_parser("snapshot", help="freeze the fact tables as Parquet")
    snapshot.add_argument("--on", type=_day, metavar="DAY")
    snapshot.add_argument("--out", metavar="DIR")
    snapshot.add_argument("--forget", action="store_true", help="take none, delete those whose time is over")
    _output(snapshot)


def _whole(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = commands.add_parser("run", help="work all rules out for every unit of a snapshot, on every level")
    run.add_argument("--snapshot", required=True, metavar="DIR", help="what `guben snapshot` wrote")
    run.add_argument("--out", required=True, metavar="DIR", help="where the result stands; an older one is replaced")
    run.add_argument("--engine", choices=("kernel", "duckdb", "spark"), default="kernel")
    run.add_argument("--master", default="local[2]", metavar="URL", help="with --engine spark: spark://HOST:PORT")
    run.add_argument("--workers", type=int, default=2, metavar="N", help="parts worked out side by side (default 2)")
    run.add_argument("--trust", action="store_true", help="do not compare the snapshot's files with its manifest first")
    _extra_rules(run)
    _output(run)
    result = commands.add_parser("result", help="what a run found: figures and findings of any unit")
    verbs = result.add_subparsers(dest="verb", required=True, metavar="VERB")
    show = verbs.add_parser("show", help="figures of a unit; with its children, with all above it")
    show.add_argument("keys", nargs="*", metavar="KEY", help="indicators (default all of the run)")
    show.add_argument("--children", action="store_true", help="of the units directly below too")
    show.add_argument("--ancestors", action="store_true", help="of the units above too")
    findings = verbs.add_parser("findings", help="which problems are present at and below a unit")
    findings.add_argument(
        "--most", type=int, default=100, metavar="N", help="units named of each (default 100, 0: all)"
    )
    check = verbs.add_parser("check", help="compare every file of the result with its manifest")
    hide = verbs.add_parser("hide", help="work out anew which figures tell of few people, and tell if that changes any")
    publish = verbs.add_parser("publish", help="show the result on the statistics pages, in the place of an older one")
    withdraw = verbs.add_parser("withdraw", help="take the result off the pages; its files stay")
    for one in (show, findings, check, hide, publish, withdraw):
        one.add_argument("--result", required=True, metavar="DIR", help="what `guben run --out` wrote")
        _output(one)
    hide.set_defaults(rules=[])  # those that the pages read by
    for one in (show, findings):
        one.add_argument("--at", required=True, metavar="CODE", help="the unit's code")
        _extra_rules(one)


def _extra_rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rules", action="append", default=[], metavar="FILE", help="a rulebook that is not installed (repeatable)"
    )


def _rules(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rules = commands.add_parser("rules", help="check, install, list and show rules")
    verbs = rules.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = verbs.add_parser("check", help="print FILE:LINE:COLUMN: sentence for each mistake")
    check.add_argument("files", nargs="+", metavar="FILE")
    _output(check)
    install = verbs.add_parser("install", help="install the shipped rulebooks, or these")
    install.add_argument("files", nargs="*", metavar="FILE")
    _output(install)
    _when(verbs.add_parser("list", help="the rules in force"))
    show = verbs.add_parser("show", help="one rule with all its editions")
    show.add_argument("key", metavar="KEY")
    _when(show)
    _output(verbs.add_parser("facts", help="the fact tables and columns rules may speak of"))
    export = verbs.add_parser("export", help="the file that holds a rule, with all its editions")
    export.add_argument("key", metavar="KEY")
    _output(export)
    trial = verbs.add_parser("what-if", help="what these files would change, before they are installed")
    trial.add_argument("files", nargs="+", metavar="FILE")
    trial.add_argument("--at", required=True, metavar="CODE", help="the unit's code")
    trial.add_argument("--on", type=_day, metavar="DAY", help="the day of the records, as 2026-06-30 (default today)")
    trial.add_argument("--engine", choices=("live", "duckdb"), help="default live, or duckdb with --snapshot")
    trial.add_argument("--snapshot", metavar="DIR", help="a snapshot, such as one of last year")
    _output(trial)


def _procedures(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    procedure = commands.add_parser("procedure", help="check a procedure, or see its whole road with all days")
    verbs = procedure.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = verbs.add_parser("check", help="print FILE:LINE:COLUMN: sentence for each mistake")
    check.add_argument("file", metavar="FILE")
    _output(check)
    road = verbs.add_parser("simulate", help="the earliest and the latest day of every step")
    road.add_argument("what", metavar="FILE|KEY", help="a file, or the key of an installed procedure")
    road.add_argument("--from", dest="start", type=_day, required=True, metavar="DAY", help="the day a case begins")
    road.add_argument("--on", type=_day, metavar="DAY", help="by the rules of this day (default the day it begins)")
    road.add_argument("--procedure", default="", metavar="KEY", help="which one, where a file holds several")
    _output(road)
    calendar = commands.add_parser("calendar", help="the official calendar: days off and make-up days")
    verbs = calendar.add_subparsers(dest="verb", required=True, metavar="VERB")
    install = verbs.add_parser("install", help="take in the notice of a year, as a file")
    install.add_argument("files", nargs="+", metavar="FILE")
    _output(install)
    year = verbs.add_parser("show", help="one year with its working days")
    year.add_argument("year", type=int, metavar="YEAR")
    _output(year)


def _cases(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    case = commands.add_parser("case", help="cases: where each stands, by when, and why")
    verbs = case.add_subparsers(dest="verb", required=True, metavar="VERB")
    listed = verbs.add_parser("list", help="the open cases in reach, the most urgent first")
    listed.add_argument("--at", default="", metavar="CODE", help="only at and below this unit")
    listed.add_argument("--procedure", default="", metavar="KEY", help="only of this procedure")
    listed.add_argument("--late", action="store_true", help="only those whose last day has passed")
    listed.add_argument("--ended", action="store_true", help="those that ended too")
    _on_a_day(listed)
    for verb, help_ in (("show", "what was done, and what is next"), ("explain", "the whole road: days, sources, why")):
        one = verbs.add_parser(verb, help=help_)
        one.add_argument("number", metavar="NUMBER", help="such as 2026-FZ-000031")
        _on_a_day(one)
    check = verbs.add_parser("check", help="work out anew where each open case stands, and say what differs")
    check.add_argument("--mend", action="store_true", help="write what was found")
    _on_a_day(check)


def _reports(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser("report", help="yearly tables of any unit, with what was published beside")
    verbs = report.add_subparsers(dest="verb", required=True, metavar="VERB")
    bulletin = verbs.add_parser("bulletin", help="all tables of the yearly bulletin")
    bulletin.add_argument("--at", default="", metavar="CODE", help="the unit's code (default the top)")
    bulletin.add_argument(
        "--on", action="append", type=_day, default=[], metavar="DAY", help="the day (repeatable: days side by side)"
    )
    bulletin.add_argument(
        "--snapshot", action="append", default=[], metavar="DIR", help="count a snapshot (repeatable: side by side)"
    )
    bulletin.add_argument(
        "--result", action="append", default=[], metavar="DIR", help="what `guben run` wrote, instead (repeatable)"
    )
    bulletin.add_argument("--published", metavar="FILE", help="a sheet of published numbers (default those shipped)")
    bulletin.add_argument("--row", default="", metavar="KEY", help="open one row: formula, units below, records")
    bulletin.add_argument("--xlsx", metavar="FILE", help="write a workbook")
    bulletin.add_argument(
        "--rules", action="append", default=[], metavar="FILE", help="a rulebook that is not installed (repeatable)"
    )
    _output(bulletin)


def _transfers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    transfers = commands.add_parser("transfers", help="transfers of membership and members away")
    verbs = transfers.add_subparsers(dest="verb", required=True, metavar="VERB")
    _on_a_day(verbs.add_parser("check", help="prove that each member has exactly one responsible unit"))


def _on_a_day(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", type=_day, metavar="DAY", help="the day, as 2026-06-30 (default today)")
    _output(parser)


def _records(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser("demo", help="build the demo city, or fill an imported tree")
    demo.add_argument("--seed", type=int, default=20260630, metavar="N")
    demo.add_argument("--on-tree", metavar="CODE", help="fill the units at and below this one instead")
    demo.add_argument(
        "--members-per-unit", type=int, default=0, metavar="N", help="with --on-tree: how many people a unit gets"
    )
    _output(demo)
    verbs = demo.add_subparsers(dest="verb", required=False, metavar="VERB")
    moved = verbs.add_parser("day", help="move the demo's today")
    moved.add_argument("day", type=_day, metavar="DAY", help="such as 2026-07-06")
    _output(moved)
    imports = commands.add_parser("import", help="take in workbooks, CSV files, public divisions")
    kinds = imports.add_subparsers(dest="verb", required=True, metavar="WHAT")
    for kind, words in (("members", "a roll of members"), ("organisations", "a list of units")):
        one = kinds.add_parser(kind, help=words)
        one.add_argument("file", metavar="FILE")
        one.add_argument("--at", metavar="CODE", default="", help="the unit the rows belong at or below")
        one.add_argument("--dry-run", action="store_true")
        one.add_argument(
            "--report", metavar="OUT.xlsx", help="write the rows to put right, with marks, into a workbook"
        )
        _output(one)
    _exports(commands)
    divisions = kinds.add_parser("divisions", help="the public division data as a tree of units")
    what = divisions.add_mutually_exclusive_group(required=True)
    what.add_argument("--province", metavar="NN", help="the province's two digits, such as 44")
    what.add_argument("--all", dest="province", action="store_const", const="all", help="the whole country, one root")
    divisions.add_argument("--folder", default="data/divisions", metavar="DIR", help="where `make data` put the files")
    _output(divisions)


def _exports(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    exports = commands.add_parser("export", help="write sheets of members or units, numbers masked")
    kinds = exports.add_subparsers(dest="verb", required=True, metavar="WHAT")
    for kind, words in (("members", "the members at and below a unit"), ("organisations", "the units")):
        one = kinds.add_parser(kind, help=words)
        one.add_argument("--at", required=True, metavar="CODE", help="the unit's code")
        one.add_argument("--out", required=True, metavar="FILE", help="the file to write, .xlsx or .csv")
        one.add_argument("--gb18030", action="store_true", help="CSV in GB18030 instead of UTF-8")
        if kind == "members":
            which = one.add_mutually_exclusive_group()
            which.add_argument("--national", action="store_true", help="the columns of the national member list")
            which.add_argument("--all", action="store_true", help="all that stands on the roll, in 40 columns")
            one.add_argument("--extra", action="store_true", help="columns at the end for what the others leave out")
            one.add_argument("--full", action="store_true", help="whole numbers and addresses; needs --reason")
            one.add_argument("--reason", metavar="TEXT", default="", help="why; kept in the history")
        _output(one)


def _operations(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help="the web server with one worker")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--processes", type=int, default=1, metavar="N", help="processes that answer pages (default 1)")
    doctor = commands.add_parser("doctor", help="check the tree, the copies, the keys and the folders")
    doctor.add_argument("--rebuild", action="store_true", help="rebuild what is derived")
    doctor.add_argument("--all", action="store_true", help="open every sealed value, not only some of each column")
    _output(doctor)
    audit = commands.add_parser("audit", help="prove that the history is as it was written")
    verbs = audit.add_subparsers(dest="verb", required=True, metavar="VERB")
    verify = verbs.add_parser("verify", help="walk over all entries and checkpoints")
    verify.add_argument("--head", default="", metavar="DIGEST", help="a digest noted earlier that must be in the chain")
    _output(verify)
    _output(verbs.add_parser("checkpoint", help="sum up the entries since the last checkpoint"))
    _output(verbs.add_parser("head", help="the newest digest, to keep elsewhere"))
    _backup(commands)
    _keys(commands)
    _factors(commands)
    trees = commands.add_parser("tree", help="prove that the tree is one").add_subparsers(dest="verb", required=True)
    _output(trees.add_parser("check", help="every fault of the tree; kept, and shown to administrators"))
    user = commands.add_parser("user", help="make a user who signs in with a password, with a first role")
    user.add_argument("name", metavar="NAME")
    user.add_argument("--display-name", default="", metavar="TEXT")
    user.add_argument("--role", required=True, metavar="ROLE")
    user.add_argument("--at", required=True, metavar="CODE")
    database = commands.add_parser("database", help="move the records to another database")
    copy = database.add_subparsers(dest="verb", required=True, metavar="VERB").add_parser(
        "copy", help="copy every row into an empty PostgreSQL database"
    )
    copy.add_argument("--to", default="", metavar="URL", help="postgres://USER@HOST/NAME (or GUBEN_COPY_TO)")
    _output(copy)
    commands.add_parser("manage", help="Django's own commands", add_help=False)


def _benchmark(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    benchmark = commands.add_parser("benchmark", help="an invented country whose figures are a bulletin's")
    verbs = benchmark.add_subparsers(dest="verb", required=True, metavar="VERB")
    generate = verbs.add_parser("generate", help="invent it, and write it as a snapshot")
    generate.add_argument("--members", type=int, metavar="N", help="so many members instead of the published number")
    generate.add_argument("--organisations", type=int, metavar="N", help="so many grassroots organisations")
    generate.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed gives the same files")
    generate.add_argument(
        "--divisions", default="data/divisions", metavar="DIR", help="where `make data` put the files"
    )
    generate.add_argument("--out", required=True, metavar="DIR", help="a new folder")
    check = verbs.add_parser("check", help="count each row of the bulletin from the raw rows, by SQL written by hand")
    alter = verbs.add_parser("alter", help="the same country with some rows altered at random, beside the old one")
    for one in (check, alter):
        one.add_argument("--snapshot", required=True, metavar="DIR")
    alter.add_argument("--rows", type=int, default=10_000, metavar="N", help="how many (default 10,000)")
    alter.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed alters the same rows")
    alter.add_argument("--out", required=True, metavar="DIR", help="a new folder")
    compare = verbs.add_parser("compare", help="which figures altered rows must change, by hand, and which did")
    compare.add_argument("--before", required=True, metavar="DIR", help="the snapshot as it was")
    compare.add_argument("--after", required=True, metavar="DIR", help="the altered one")
    compare.add_argument(
        "--results", nargs=2, metavar=("DIR", "DIR"), help="what `guben run` wrote of both: all units are compared"
    )
    compare.add_argument("--units", type=int, default=4, metavar="N", help="changed units of each level (default 4)")
    compare.add_argument("--rules", action="append", default=[], metavar="FILE", help="not installed (repeatable)")
    for one in (alter, compare):
        _output(one)
    for one in (generate, check):
        one.add_argument("--bulletin", required=True, metavar="FILE", help="lines of table,row,value,unit")
        one.add_argument("--on", type=_day, metavar="DAY", help="the day (default what the file's name tells)")
        _output(one)


def _backup(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser("backup", help="sealed copies of the database, made, checked and put back")
    verbs = backup.add_subparsers(dest="verb", required=True, metavar="VERB")
    key = verbs.add_parser("key", help="make the key that opens backups; printed once, kept nowhere here")
    key.add_argument("--replace", action="store_true", help="another key for the backups from now on")
    _output(key)
    make = verbs.add_parser("make", help="write one backup, while the site runs")
    make.add_argument("--to", required=True, metavar="FOLDER")
    make.add_argument("--keep", type=int, default=0, metavar="N", help="delete all but the newest N there")
    _output(make)
    for verb, words in (("check", "open a backup and prove it whole"), ("restore", "put it into an empty database")):
        one = verbs.add_parser(verb, help=words)
        one.add_argument("file", metavar="FILE")
        one.add_argument("--identity", default="", metavar="KEYFILE", help="file with the key (default asked for)")
        _output(one)


def _factors(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    factors = commands.add_parser("factors", help="second factors: take them from who lost them")
    reset = factors.add_subparsers(dest="verb", required=True, metavar="VERB").add_parser(
        "reset", help="the user sets them up anew at the next sign-in; all sign-ins end"
    )
    reset.add_argument("name", metavar="NAME")
    reset.add_argument("--reason", required=True, metavar="TEXT", help="written into the history")
    _output(reset)


def _keys(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    keys = commands.add_parser("keys", help="the keys of sealed values: list, renew, destroy retired ones")
    verbs = keys.add_subparsers(dest="verb", required=True, metavar="VERB")
    _output(verbs.add_parser("list", help="ids, dates and how many values each sealed; never a secret"))
    rotate = verbs.add_parser("rotate", help="make a new key and seal everything anew, while the site runs")
    rotate.add_argument("--index", action="store_true", help="renew the key of the look-up index too")
    rotate.add_argument("--batch", type=int, default=500, metavar="N", help="rows in one transaction (default 500)")
    _output(rotate)
    destroy = verbs.add_parser("destroy", help="delete a retired key: backups that need it never open again")
    destroy.add_argument("key", metavar="ID")
    _output(destroy)
