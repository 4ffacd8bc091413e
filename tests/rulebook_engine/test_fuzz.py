"""Whatever is written as an expression or a rulebook: a sentence, or a checked tree. Never another error, never more
than two seconds, and never a way to a file, a table or a column that is not published."""

from __future__ import annotations

import copy
import json
import random
import re
import signal
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from datetime import time as clock
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guben.rulebook.sources import RuleFile, shipped_files
from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.aggregates import split
from guben.rulebook_engine.checking import MAX_DEPTH, MAX_NODES, check
from guben.rulebook_engine.dialects import DIALECTS
from guben.rulebook_engine.errors import ExpressionMistake, RulebookErrors
from guben.rulebook_engine.examples import failing, read_examples
from guben.rulebook_engine.expressions import Checked, depth, walk
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_library, read_rulebook
from tests.rulebook_engine.tables import MEMBER, ORGANISATION, small_catalogue
from tests.rulebook_engine.test_meaning import ROWS

ON = date(2026, 6, 30)
SECONDS = 2.0
MORE = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))

COLUMNS = {f'"{column.name}"' for table in (MEMBER, ORGANISATION) for column in table.stored_columns}
WORDS = {  # every bare word that a dialect may write; texts and quoted names are taken out before
    "case", "when", "then", "else", "end", "and", "or", "not", "in", "is", "null", "true", "false", "cast", "as",
    "real", "double", "precision", "bigint", "integer", "numeric", "date", "nullif", "substr", "julianday", "year",
    "month", "day", "date_diff", "datediff", "sum", "min", "max", "extract", "from", "collate", "c", "boolean", "text", "int",
}  # fmt: skip


class TooSlow(Exception):
    """A text held the reader up."""


@contextmanager
def within(seconds: float = SECONDS) -> Iterator[None]:
    """Breaks off what takes longer, so that a hang is a failure and no hang."""

    def ring(_signal: int, _frame: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read(text: str, wanted: Any = "condition") -> Checked | None:
    """The checked tree, or None where a sentence was said; anything else is a fault of ours."""
    with within():
        try:
            return check(text, MEMBER, wanted)
        except ExpressionMistake as mistake:
            assert mistake.sentence.strip(), text
            assert mistake.sentence.endswith((".", "?")), mistake.sentence
            assert "Traceback" not in mistake.sentence
            assert 0 <= mistake.offset <= len(text)
            return None


def sqls(checked: Checked) -> Iterator[str]:
    """What each engine would be given."""
    for dialect in DIALECTS.values():
        if checked.type == "boolean":
            yield checked.sql(dialect, ON)
        else:
            yield from (atom.sql(dialect, ON) for atom in split(checked.tree).atoms)


def assert_closed_in(checked: Checked) -> None:
    """Only published columns, only the dialects' own words, nothing that opens a second statement or a comment."""
    assert depth(checked.tree) <= MAX_DEPTH
    assert sum(1 for _ in walk(checked.tree)) <= MAX_NODES
    for sql in sqls(checked):
        assert "%" not in sql
        rest = re.sub(r"'(?:[^']|'')*'", " ", sql).replace("`", '"')  # Spark's names
        assert set(re.findall(r'"[^"]*"', rest)) <= COLUMNS, sql
        rest = re.sub(r'"[^"]*"', " ", rest)
        assert not re.search(r"--|/\*|;|'|\"|\\|\$|`|\[|\{|\.\s*[A-Za-z_]", rest), sql
        rest = re.sub(r"\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b", " ", rest)
        assert {word.lower() for word in re.findall(r"[A-Za-z_]\w*", rest)} <= WORDS, sql


PIECES = st.sampled_from(
    """
    age talks hours note sex stage born_on last_contact_on has_contact_person agee organisation record value
    = <> < <= > >= != == <=> + - * / % || && | & ^ ~ ! ? : :: := , . .. ( ) [ ] { } ; ' '' " ` @ # $ $$ \\ -- /* */
    and or not in between is null like ilike similar to escape regexp rlike glob exists any all some case when then
    else end cast as try_cast convert collate over partition by order rows filter within group distinct union
    intersect except select from where having limit offset fetch with recursive lateral join on using values table
    count share sum mean min max months days count() share(age>3) true false 0 1 -1 1.5 1e9 1e309 .5 5. 0x1F 0b1 1_000
    'full' 'a''b' '2026-01-31' 'x'::text date'2026-01-01' interval'1 day' timestamp x'ff' e'\\n' n'x' u&'x' r'x'
    attach detach copy install load import export pragma vacuum call execute prepare set reset show describe
    read_csv read_parquet read_json read_text read_blob glob sniff_csv parquet_scan sqlite_scan query query_table
    pg_read_file pg_ls_dir lo_import dblink current_setting pg_sleep version getenv load_extension readfile writefile
    into outfile dumpfile infile load_file sleep benchmark information_schema sqlite_master duckdb_tables pg_catalog
    file url s3 remote executable dictGet currentUser struct_pack list_value map array row lambda x->x columns(*) *
    """.split()
)
GLUE = st.sampled_from([" ", "", " ", "\n", "\t", "  "])
tokens = st.lists(st.tuples(PIECES, GLUE), max_size=30).map(lambda parts: "".join(a + b for a, b in parts))
unicode = st.text(max_size=120)
nested = st.builds(
    lambda opening, inside, closing, times: opening * times + inside + closing * times,
    st.sampled_from(["(", "not ", "not (", "-", "- ", "((", "count(", "share(not ", "1+(", "case when "]),
    st.sampled_from(["age > 3", "age", "1", "", "true"]),
    st.sampled_from([")", "", "))", " end"]),
    st.integers(0, 400),
)
chains = st.builds(
    lambda part, word, times: word.join([part] * times),
    st.sampled_from(["age > 3", "1", "talks", "age", "sex = '1'", "age between 1 and 2"]),
    st.sampled_from([" and ", " or ", " + ", " * ", " / ", ", ", " = ", " in ", "-", " - -"]),
    st.integers(1, 300),
)
huge = st.builds(
    "age {} {}".format, st.sampled_from(["=", "<", "+"]), st.integers(0, 10**400).map(str) | st.floats().map(str)
)
condition = st.deferred(
    lambda: st.one_of(
        st.builds("{} {} {}".format, number, st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "in", "is"]), number),
        st.builds("({}) {} ({})".format, condition, st.sampled_from(["and", "or", "xor", "||"]), condition),
        st.builds("not {}".format, condition),
        st.builds("{} in ({}, {})".format, number, number, number),
        st.builds("{} between {} and {}".format, number, number, number),
        st.sampled_from(["sex = '1'", "note is null", "has_contact_person", "born_on < '2026-02-30'", "stage in ()"]),
    )
)
number = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["age", "talks", "hours", "1", "0", "0.1", "note", "'x'", "months(born_on)", "days(note)"]),
        st.builds("({} {} {})".format, number, st.sampled_from("+-*/%"), number),
        st.builds("{}({})".format, st.sampled_from(["count", "share", "sum", "mean", "min", "max", "avg"]), condition),
    )
)


@MORE
@given(st.one_of(tokens, unicode, nested, chains, huge), st.sampled_from(["condition", "figure"]))
def test_any_text_gives_a_sentence_or_a_tree_that_is_closed_in(text: str, wanted: str) -> None:
    checked = read(text, wanted)
    if checked is not None:
        assert_closed_in(checked)


@settings(MORE, max_examples=40)
@given(st.one_of(condition, number).map(lambda text: text[:1100]), st.sampled_from(["condition", "figure"]))
def test_what_looks_like_an_expression_is_one_or_is_refused(text: str, wanted: str) -> None:
    checked = read(text, wanted)
    if checked is not None:
        assert_closed_in(checked)


@settings(MORE, max_examples=100)
@given(st.text(max_size=60).map(lambda text: "note = '" + text + "'"))
def test_a_text_stays_a_text(text: str) -> None:
    checked = read(text)
    if checked is not None:
        assert_closed_in(checked)


ATTACKS = """
1 = 1; drop table member
age > 3 -- and then
age > 3 /* and */ or true
age > (select max(id) from accounts_user)
age in (select 1)
exists (select 1)
(select password from accounts_user limit 1) = 'x'
age > 3 union select * from accounts_user
note = (table accounts_user)
with x as (select 1) select 1
age > any (select 1)
note in (values ('x'))
read_csv('/etc/passwd') is not null
read_text('/etc/passwd') = 'x'
count(*) > (select count(*) from read_parquet('/tmp/*'))
query('select 1') = 'x'
pg_read_file('/etc/passwd') = 'x'
pg_sleep(10) is null
lo_import('/etc/passwd') > 0
dblink('x', 'y') is null
current_setting('data_directory') = 'x'
query_to_xml('select 1', true, true, '') is not null
load_extension('x') is null
readfile('/etc/passwd') = 'x'
writefile('/tmp/x', 'y') > 0
load_file('/etc/passwd') = 'x'
note into outfile '/tmp/x'
attach 'x.db' as x
pragma table_info(member)
copy member to '/tmp/x'
install httpfs
call pragma_version()
set memory_limit='1kb'
getenv('HOME') = 'x'
version() = 'x'
current_user = 'x'
user = 'x'
session_user <> ''
current_date > born_on
now() > born_on
random() > 0
randomblob(1000000000) is null
zeroblob(1000000000) is null
repeat('x', 1000000000) = 'x'
generate_series(1, 1000000000) > 0
printf('%1000000000d', 1) = 'x'
accounts_user.password = 'x'
member.note = 'x'
"note" = 'x'
`note` = 'x'
[note] = 'x'
note::text = 'x'
cast(note as integer) > 0
note collate nocase = 'x'
note like '%x%'
note ilike 'x'
note similar to 'x'
note ~ 'x'
note regexp '(a+)+$'
note glob '*'
note || 'x' = 'y'
case when age > 3 then true else false end
coalesce(age, 0) > 3
iif(age > 3, 1, 0) = 1
count(*) over () > 1
lag(age) over (order by age) > 1
sum(age) filter (where age > 3) > 1
age > 3 limit 1
age > 3 order by age
age > 3 group by age
age > 3 having true
age > $1
age > ?
age > :x
age > %(x)s
age > @x
age > {{ 7 * 7 }}
age > ${7}
array[1, 2] is not null
struct_pack(a := 1) is null
{'a': 1} is null
row(1, 2) = row(1, 2)
(age, talks) = (1, 2)
x -> x + 1
age > interval '1 day'
date '2026-01-01' > born_on
age > 0x7fffffff
age > 1e400
age = nan
age = 'infinity'
columns(*) > 1
* = 1
lateral x
unnest(note) = 'x'
organisation = 1
record = 1
rowid = 1
ctid = '(0,1)'
oid > 0
_rowid_ > 0
xmin > 0
tableoid > 0
""".strip().splitlines()


@pytest.mark.parametrize("text", ATTACKS)
def test_no_way_leads_out_of_the_fact_table(text: str) -> None:
    for wanted in ("condition", "figure"):
        assert read(text, wanted) is None


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "age" + ")" * 500,
        "not " * 240 + "true",
        "- " * 490 + "1 = 1",
        "age>1 or " * 110 + "true",
        "'" * 999,
        "a" * 1000,
        "1" * 1000,
        "age in (" + "1," * 490 + "1)",
        "count(" * 20 + ")" * 20,
        "between " * 120,
        "case " * 190,
        "age = '" + "''" * 490 + "'",
        "x" * 1_000_000,
    ],
)
def test_a_text_made_to_hold_the_reader_up_is_told_within_two_seconds(text: str) -> None:
    begun = time.perf_counter()
    read(text)
    read(text, "figure")
    assert time.perf_counter() - begun < SECONDS


@settings(MORE, max_examples=40)
@given(st.lists(st.one_of(condition, number), min_size=2, max_size=2))
def test_what_was_checked_runs(texts: list[str]) -> None:
    checked = [one for text in texts if (one := read(text[:1000])) is not None]
    columns = [one.sql(engine.dialect, ON) for engine in engines()[:1] for one in checked]
    if columns:
        for engine in engines():
            columns = [one.sql(engine.dialect, ON) for one in checked]
            with within():
                rows = engine.select(MEMBER, columns, where=None, group_by_organisation=False, on=ON)
            assert len(rows) == len(ROWS)


ENGINES: list[RowsEngine] = []


def engines() -> list[RowsEngine]:
    if not ENGINES:
        ENGINES.extend(RowsEngine(name, {MEMBER: ROWS}) for name in ("sqlite", "duckdb"))
    return ENGINES


# Whole files

SHIPPED = shipped_files()
BITS = [
    "[[", "]]", "[", "]", "{", "}", '"', '"""', "'", "=", ",", ".", "#", "\n", "\r", "\t", "\0", "\ufeff", "é", "党", "\U0001f600",
    "true", "nan", "inf", "1979-05-27T07:32:00Z", "07:32:00", "9999999999999999999999", "-1", "1e400", "0x", "[[duty]]",
    "[[standard]]", "[rulebook]", "[duty]", "[[duty.applies]]", "[[role]]", "key = 1", "from = 0001-01-01", "until = 9999-12-31",
    'holds = "value > 1"', "applies = [1]", "evidence = 3", "evidence.where = []", "title = {}", 'x.y.z = "1"', "over = []",
    'every = ["month"]', "times = [1]", "indicator = {}", "given = 3", "then = []", "many = -1", 'at = ["x"]', "name = {}",
]  # fmt: skip


def mutated(text: str, seed: int) -> str:
    """The text with a few things out of place."""
    chance = random.Random(seed)
    start = chance.randrange(len(text))
    lines = text.splitlines(keepends=True)
    if len(lines) > 60:  # the head and a stretch of the rest, so that many fit into a second
        first = chance.randrange(9, max(10, len(lines) - 50))
        text = "".join(lines[:9] + lines[first : first + 45])
    for _ in range(chance.randrange(1, 6)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 1, 2, 5, 30]))
        match chance.randrange(5):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:start] + chance.choice(BITS) + text[start:]
            case 2:
                text = text[:start] + chance.choice(BITS) + text[end:]
            case 3:
                text = text[:start] + text[end : end + 40] + text[start:]
            case _:
                parts = text.splitlines(keepends=True)
                place = chance.randrange(len(parts) + 1)
                parts.insert(place, chance.choice(BITS) + "\n")
                text = "".join(parts)
    return text


def assert_told(errors: RulebookErrors) -> None:
    for mistake in errors.mistakes:
        assert mistake.line >= 1
        assert mistake.column >= 1
        assert mistake.sentence.strip()
        assert "Traceback" not in mistake.sentence


@settings(MORE, max_examples=250)
@given(st.sampled_from(SHIPPED), st.integers(0, 2**32))
def test_a_rulebook_with_things_out_of_place_is_read_or_told(file: RuleFile, seed: int) -> None:
    text = mutated(file.text, seed)
    with within():
        try:
            Library([read_rulebook(text, file.name, catalogue, elsewhere={"share-60-or-over": "member"})])
        except RulebookErrors as errors:
            assert_told(errors)


ODD: list[Any] = [
    None, True, False, 0, -1, 10**30, 0.5, float("nan"), float("inf"), "", "x", "党" * 3000, "a b", "1 = 1", "share(true)",
    date(1, 1, 1), date(9999, 12, 31), datetime(2026, 1, 1, tzinfo=UTC), clock(7, 32), [], ["x"], [1, "x"], [[]], [{}], {},
    {"zh": "甲", "en": "A"}, {"zh": 1}, {"record": "meeting"}, {"x": {"y": {"z": []}}}, "member", "organisation", "value > 1",
    "month", "2026-Q2", "roles", "key", [{"where": "true", "otherwise": {"zh": "甲", "en": "A"}}],
]  # fmt: skip


def odd_data(data: Any, chance: random.Random) -> Any:
    """The data of a file with a few values replaced, dropped, moved or doubled."""
    places: list[tuple[Any, Any]] = []

    def note(inside: Any) -> None:
        for key in list(inside) if isinstance(inside, dict) else range(len(inside)):
            places.append((inside, key))
            if isinstance(inside[key], dict | list):
                note(inside[key])

    note(data)
    for _ in range(chance.randrange(1, 4)):
        inside, key = chance.choice(places)
        if isinstance(inside, dict) and key not in inside:
            continue
        match chance.randrange(4):
            case 0:
                inside[key] = chance.choice(ODD)
            case 1 if isinstance(inside, dict):
                del inside[key]
            case 2 if isinstance(inside, dict):
                inside[
                    chance.choice(["from", "until", "key", "who", "over", "at", "many", "x", "applies", "given"])
                ] = chance.choice(ODD)
            case _:
                inside[key] = copy.deepcopy(chance.choice(places)[0])
    return data


def as_toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return (
                "{" + ", ".join(f"{json.dumps(str(k))} = {as_toml(v)}" for k, v in value.items() if v is not None) + "}"
            )
        case list():
            return "[" + ", ".join(as_toml(one) for one in value if one is not None) + "]"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case date() | clock():
            return value.isoformat()
        case _:
            return str(value)


def as_file(data: Any) -> str:
    return "\n".join(f"{json.dumps(key)} = {as_toml(value)}" for key, value in data.items() if value is not None)


@settings(MORE, max_examples=120)
@given(st.sampled_from(SHIPPED), st.integers(0, 2**32))
def test_a_rulebook_with_odd_values_is_read_or_told(file: RuleFile, seed: int) -> None:
    text = as_file(odd_data(tomllib.loads(file.text), random.Random(seed)))
    with within():
        try:
            Library([read_rulebook(text, file.name, catalogue, elsewhere={"share-60-or-over": "member"})])
        except RulebookErrors as errors:
            assert_told(errors)


@settings(MORE, max_examples=60)
@given(st.sampled_from([file for file in SHIPPED if file.examples]), st.integers(0, 2**32))
def test_examples_with_odd_values_are_read_or_told(file: RuleFile, seed: int) -> None:
    chance = random.Random(seed)
    data = tomllib.loads(file.examples)
    data["example"] = chance.sample(data["example"], min(3, len(data["example"])))
    with within(10):
        try:
            for mistake in failing(read_examples(as_file(odd_data(data, chance)), file.name), all_shipped(), catalogue):
                assert mistake.sentence.strip()
        except RulebookErrors as errors:
            assert_told(errors)


@cache
def all_shipped() -> Library:
    return read_library([(one.name, one.text) for one in SHIPPED], catalogue)


@settings(MORE, max_examples=60)
@given(st.sampled_from([file for file in SHIPPED if file.examples]), st.integers(0, 2**32))
def test_examples_with_things_out_of_place_are_read_or_told(file: RuleFile, seed: int) -> None:
    text = mutated(file.examples, seed)
    with within(10):
        try:
            for mistake in failing(read_examples(text, file.name)[:2], all_shipped(), catalogue):
                assert mistake.sentence.strip()
        except RulebookErrors as errors:
            assert_told(errors)


@settings(MORE, max_examples=150)
@given(st.one_of(st.text(max_size=300), tokens, st.lists(st.sampled_from(BITS), max_size=40).map(" ".join)))
def test_any_text_as_a_rulebook_is_told(text: str) -> None:
    for read_it in (lambda: read_rulebook(text, "x.toml", small_catalogue()), lambda: read_examples(text, "x.toml")):
        with within():
            try:
                read_it()
            except RulebookErrors as errors:
                assert_told(errors)
