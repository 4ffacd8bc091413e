"""What the engine finds wrong in a rule, in the reader's language: which line, what was found, what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guben.rulebook.mistake_sentences import EXAMPLE, EXAMPLE_FAILS, MORE, phrase
from guben.rulebook_engine.errors import Mistake

HINTS = (
    (re.compile(r" Did you mean '(?P<near>[^']*)'\?$"), gettext_lazy("是不是“%(near)s”？")),
    (re.compile(r" Known: (?P<known>.*)\.$", re.DOTALL), gettext_lazy("可以写：%(known)s。")),
)
SENTENCES: tuple[tuple[re.Pattern[str], Promise], ...] = tuple(
    (re.compile(pattern, re.DOTALL), sentence)
    for pattern, sentence in (
        (
            r"No column '(?P<name>.*)' in fact table '(?P<table>.*)'\.$",
            gettext_lazy("事实表“%(table)s”里没有“%(name)s”这一列。"),
        ),
        (r"No fact table '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这张事实表。")),
        (r"No function '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这个函数。")),
        (r"No indicator '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这个指标。")),
        (r"No role '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这个角色。")),
        (r"No key '(?P<name>.*)' here\.$", gettext_lazy("这里没有“%(name)s”这一项。")),
        (r"No part '(?P<name>.*)' (?:in a rulebook|here)\.$", gettext_lazy("制度文件里没有“%(name)s”这一部分。")),
        (r"'(?P<found>.*)' is no value of '(?P<name>.*)'\.$", gettext_lazy("“%(name)s”没有“%(found)s”这个取值。")),
        (r"'(?P<name>.*)' is missing\.$", gettext_lazy("缺少“%(name)s”。")),
        (
            r"(?P<found>.*) is not allowed; write one of (?P<known>.*)\.$",
            gettext_lazy("不能写%(found)s，可以写：%(known)s。"),
        ),
        (r"(?P<found>.*) is no key: .*", gettext_lazy("%(found)s 不能作编号：用小写字母、数字和单个连字符。")),
        (r"This text is empty\.$", gettext_lazy("这里是空的，写上文字。")),
        (r"This text is longer than (?P<most>\d+) characters\.$", gettext_lazy("这里太长，最多%(most)s个字。")),
        (r"(?P<found>.*) is out of range: (?P<why>.*)\.$", gettext_lazy("%(found)s 超出范围：%(why)s。")),
        (r"Found (?P<found>.*); needed is (?P<wanted>.*)\.$", gettext_lazy("写的是 %(found)s，这里要写 %(wanted)s。")),
        (r"This is not valid TOML: (?P<why>.*)\.$", gettext_lazy("这不是合规的 TOML：%(why)s。")),
        (r"'until' must be later than 'from'\.$", gettext_lazy("止要晚于起。")),
        (r"A rulebook starts with a \[rulebook\] table\.$", gettext_lazy("制度文件要以 [rulebook] 开头。")),
        (
            r"Write (?P<part>\[\[.*\]\]) with two brackets on each side\.$",
            gettext_lazy("写成 %(part)s，两边各两个方括号。"),
        ),
        (
            r"Can't compare (?P<one>.*) with (?P<other>.*)\.$",
            gettext_lazy("%(one)s 和 %(other)s 不能比较，两边要是同一类。"),
        ),
        (r"'(?P<sign>.*)' does not order texts: .*", gettext_lazy("文字不能用“%(sign)s”比大小，用 = 或 in。")),
        (
            r"'(?P<sign>.*)' does not order true and false: .*",
            gettext_lazy("是和否不能用“%(sign)s”比大小，用 = 或 not。"),
        ),
        (r"'(?P<found>.*)' is not a date: .*", gettext_lazy("“%(found)s”不是日期，写成 '2026-01-31'。")),
        (r"A condition is needed here, .*", gettext_lazy("这里要写一个条件，例如 age >= 35。")),
        (r"A number is needed here; .*", gettext_lazy("这里要写一个数，例如 count(age >= 35)。")),
        (
            r"A figure counts over rows: .*",
            gettext_lazy("指标要把许多行合成一个数：count(…)、share(…)、sum(…)、mean(…)。"),
        ),
        (
            r"'(?P<name>.*)' has a value for each row; .*",
            gettext_lazy("“%(name)s”每行一个值，指标要一个总数：写 mean(%(name)s) 或 share(…)。"),
        ),
        (
            r"(?P<name>\w+)\(\.\.\.\) counts over many rows; .*",
            gettext_lazy("%(name)s(…) 是许多行的合计，条件只说一行。"),
        ),
        (
            r"(?P<name>\w+)\(\.\.\.\) can't stand inside another figure\.$",
            gettext_lazy("%(name)s(…) 不能套在别的合计里。"),
        ),
        (r"(?P<name>\w+)\(\.\.\.\) needs a condition; .*", gettext_lazy("%(name)s(…) 里要写条件：数哪些行。")),
        (r"(?P<name>\w+)\(\.\.\.\) needs a number; .*", gettext_lazy("%(name)s(…) 里要写数，不能写文字或日期。")),
        (r"(?P<name>\w+)\(\.\.\.\) needs one date column\.$", gettext_lazy("%(name)s(…) 里要写一个日期列。")),
        (
            r"(?P<name>\w+)\(\.\.\.\) needs one value in its brackets; .*",
            gettext_lazy("%(name)s(…) 括号里只写一个值。"),
        ),
        (r"'(?P<sign>.*)' needs numbers; .*", gettext_lazy("“%(sign)s”两边要是数。日期用 days(…) 或 months(…)。")),
        (r"and, or, not join conditions; .*", gettext_lazy("and、or、not 连接的是条件。")),
        (r"'is' is only for null: .*", gettext_lazy("is 只用来写 is null、is not null。")),
        (r"After 'in' comes a list of values in brackets\.$", gettext_lazy("in 后面要写括号，里面列出取值。")),
        (r"Write names without quotes\.$", gettext_lazy("列名不加引号。")),
        (r"The expression is empty\..*|The expression is empty", gettext_lazy("这里是空的，写上条件。")),
    )
)


def in_words(sentence: str) -> str:
    """One mistake's sentence in the reader's language; as the engine says it where that is English."""
    if (get_language() or "zh").startswith("en"):
        return sentence
    if example := EXAMPLE.match(sentence):
        return str(EXAMPLE_FAILS) % {"key": example["key"], "rest": in_words(example["rest"])}
    hint = ""
    for pattern, words in HINTS:
        if found := pattern.search(sentence):
            hint, sentence = str(words) % found.groupdict(), sentence[: found.start()]
            break
    for pattern, said in (*MORE, *SENTENCES):
        if found := pattern.match(sentence):
            return str(said) % {name: phrase(words) for name, words in found.groupdict().items()} + hint
    return sentence + hint


def told(mistakes: Iterable[Mistake]) -> list[str]:
    """Each mistake with its line."""
    return [
        _("第%(line)s行：%(sentence)s") % {"line": mistake.line, "sentence": in_words(mistake.sentence)}
        for mistake in mistakes
    ]
