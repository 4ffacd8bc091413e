"""More of what the engine finds wrong, in the reader's language: expressions, editions, lines and examples."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as later

MORE: tuple[tuple[re.Pattern[str], Promise], ...] = tuple(
    (re.compile(pattern, re.DOTALL), sentence)
    for pattern, sentence in (
        (
            r"Two editions of '(?P<key>.*)' overlap: the one from (?P<day>\S+) \((?P<at>.*)\) runs until"
            r" (?P<end>.*)\. Give it 'until = (?P<next>.*)'\.$",
            later("“%(key)s”有两个版本的日子重叠：%(at)s 从 %(day)s 起的那一版还没有止，给它写 until = %(next)s。"),
        ),
        (
            r"'(?P<key>.*)' is a share between 0 and 1; it is never (?P<bound>[-\d.e+]+)\. Write (?P<part>\S+) for"
            r" (?P<percent>\S+)\.$",
            later("“%(key)s”是占比，在0和1之间，到不了%(bound)s。%(percent)s要写成 %(part)s。"),
        ),
        (
            r"'(?P<key>.*)' is a share between 0 and 1; it is never (?P<bound>[-\d.e+]+)\.$",
            later("“%(key)s”是占比，在0和1之间，到不了%(bound)s。"),
        ),
        (
            r"The indicator '(?P<name>.*)' is not in force as long as the standard '(?P<key>.*)'\.$",
            later("指标“%(name)s”有效的日子没有盖住“%(key)s”的日子，改两边的起止。"),
        ),
        (
            r"The key '(?P<key>.*)' is already used by '(?P<issuer>.*)' \((?P<at>.*)\): choose another\.$",
            later("编号“%(key)s”已经由%(issuer)s用了（%(at)s），换一个编号。"),
        ),
        (
            r"The key '(?P<key>.*)' already belongs to a rule of kind '(?P<kind>.*)' \((?P<at>.*)\)\.$",
            later("编号“%(key)s”已经是另一类制度（%(kind)s，%(at)s），换一个编号。"),
        ),
        (r"Comments are not allowed inside an expression\.$", later("条件里不能写注释。")),
        (
            r"'(?P<found>.*)' is not allowed in an expression\. Allowed: (?P<known>.*)\.$",
            later("条件里不能写 %(found)s。可以写：%(known)s。"),
        ),
        (
            r"The sign (?P<sign>.+) is not allowed in an expression\. Write (?P<plain>.+)\.$",
            later("条件里不能写 %(sign)s，改成 %(plain)s。"),
        ),
        (r"The sign (?P<sign>.+) is not allowed in an expression\.$", later("条件里不能写 %(sign)s。")),
        (r"The sign (?P<sign>.+) is not allowed in a text\.$", later("文字里不能写 %(sign)s。")),
        (r"A list after 'in' holds plain values only\.$", later("in 后面的括号里只写取值，不写列名。")),
        (
            r"'(?P<name>.*)' is of type (?P<type>\w+); needed is (?P<wanted>\w+)\.$",
            later("“%(name)s”的类型是 %(type)s，这里要 %(wanted)s。"),
        ),
        (
            r"'(?P<name>.*)' is of type (?P<type>\w+); found (?P<found>.*)\.$",
            later("“%(name)s”的类型是 %(type)s，写的是 %(found)s。"),
        ),
        (r"Nothing can be divided by 0: .*", later("不能除以0，除了永远没有数。")),
        (r"Write names without quotes and texts in single quotes\.$", later("列名不加引号，文字用单引号。")),
        (
            r"'(?P<name>.*)' stands here twice, with a hyphen .*",
            later("“%(name)s”写了两次：一次用连字符，一次用下划线。"),
        ),
        (r"'(?P<name>.*)' is no mechanism: .*", later("“%(name)s”不是机制编号，写成 M4.1 这样。")),
        (r"There is no paper '(?P<name>.*)'\.$", later("没有“%(name)s”这份文稿。")),
        (
            r"This is not UTF-8 text\. .*",
            later("这不是 UTF-8 文字。另存为 UTF-8 再来（可能是 GB18030，也可能不是文字）。"),
        ),
        (r"Nothing is equal to null: .*", later("没有什么等于 null，写 is null 或 is not null。")),
        (r"The number (?P<number>.*) is too large\.$", later("%(number)s 太大。")),
        (r"This number is too small to tell from nought\.$", later("这个数太小，和0分不清。")),
        (r"Write '(?P<name>.*)' alone: .*", later("只写“%(name)s”，前面不写表名：一个条件只说一张事实表。")),
        (r"At most (?P<most>\d+) brackets may be open at once\.$", later("括号最多套%(most)s层。")),
        (r"A bracket is not closed\.$", later("有一个括号没有合上。")),
        (r"This bracket closes nothing\.$", later("这个右括号没有对应的左括号。")),
        (r"A text is not closed: .*", later("文字没有合上：少了第二个单引号。")),
        (
            r"The expression has (?P<count>\d+) characters; at most (?P<most>\d+) are allowed\.$",
            later("条件有%(count)s个字，最多%(most)s个。"),
        ),
        (
            r"The expression has (?P<count>\d+) parts; at most (?P<most>\d+) are allowed\.$",
            later("条件有%(count)s个部分，最多%(most)s个。"),
        ),
        (
            r"The expression is nested (?P<count>\d+) deep; at most (?P<most>\d+) is allowed\.$",
            later("条件套了%(count)s层，最多%(most)s层。"),
        ),
        (
            r"The expression multiplies and divides (?P<count>\d+) times; at most (?P<most>\d+)\.$",
            later("条件乘除了%(count)s次，最多%(most)s次。"),
        ),
        (r"The expression is nested too deeply\.$", later("条件套得太深。")),
        (
            r"The expression can't be read near '(?P<near>.*)': .*",
            later("“%(near)s”附近读不懂：缺了一个值或符号，或者放错了地方。"),
        ),
        (r"The expression can't be read: .*", later("条件读不懂：缺了一个值或符号，或者放错了地方。")),
        (r"Write one expression\.$", later("只写一个条件。")),
        (r"A minus sign stands before a number .*", later("减号写在数的前面，或者两个值的中间。")),
        (r"Only a column can be tested with 'is null'\.$", later("只有列可以写 is null。")),
        (r"The file has more than (?P<most>\d+) characters\.$", later("文件超过%(most)s个字。")),
        (r"No rule '(?P<name>.*)' in force on (?P<day>\S+)\.$", later("%(day)s 没有有效的“%(name)s”。")),
        (r"A (?P<kind>\w+) has no examples\.$", later("这一类制度（%(kind)s）没有例子。")),
        (r"'(?P<name>\w+)' is a date; found (?P<found>.*)\.$", later("“%(name)s”是日期，写的是 %(found)s。")),
        (
            r"'(?P<name>\w+)' is a whole number up to (?P<most>\d+); found (?P<found>.*)\.$",
            later("“%(name)s”是不超过%(most)s的整数，写的是 %(found)s。"),
        ),
        (
            r"'(?P<name>\w+)' is a number up to (?P<most>\d+); found (?P<found>.*)\.$",
            later("“%(name)s”是不超过%(most)s的数，写的是 %(found)s。"),
        ),
        (r"'(?P<found>.*)' is not a period: .*", later("“%(found)s”不是一期，写 2026、2026-H1、2026-Q2 或 2026-06。")),
        (r"The rule is not about this unit\.$", later("这条制度不管这个组织。")),
        (
            r"A unit is named by a text in quotes; found (?P<found>.*)\.$",
            later("组织用引号里的名字，写的是 %(found)s。"),
        ),
        (
            r"No stored column '(?P<name>.*)' in fact table '(?P<table>.*)'\.$",
            later("事实表“%(table)s”里没有“%(name)s”这一列数据。"),
        ),
        (r"No unit '(?P<name>.*)' above this place\.$", later("前面没有叫“%(name)s”的组织。")),
        (
            r"Expected (?P<what>\S+) (?P<wanted>\S+), found (?P<found>\S+)\.$",
            later("%(what)s 应当是 %(wanted)s，算出来是 %(found)s。"),
        ),
    )
)
EXAMPLE = re.compile(r"The example of '(?P<key>.*?)' fails\. (?P<rest>.*)$", re.DOTALL)
EXAMPLE_FAILS = later("“%(key)s”的例子不对：%(rest)s")
PHRASES = {
    "a key stands here twice": later("同一个名字写了两次"),
    "a table stands here twice": later("同一个表写了两次"),
    "here is no value; texts stand in quotes, dates are written 2026-01-31": later(
        "这里没有值；文字加引号，日期写成 2026-01-31"
    ),
    "after a key comes =": later("名字后面要写 ="),
    "a sign that is not allowed stands in a text; a text ends on its line": later(
        "文字里有不收的符号，一段文字写在一行里"
    ),
    "a text is not closed": later("文字没有合上"),
    "a backslash stands alone in a text": later("文字里单独写了反斜杠"),
    "a list is not closed with ]": later("列表没有用 ] 合上"),
    "a table is not closed with }": later("表没有用 } 合上"),
    "here is no key": later("这里没有名字"),
    "after a value comes a new line": later("值后面要换行"),
    "this day is not in the calendar": later("日历上没有这一天"),
    "lists or tables are nested too deeply": later("列表或表套得太深"),
    "a text in quotes": later("加引号的文字"),
    "a whole number": later("整数"),
    "a date without quotes, such as 2026-01-31": later("不加引号的日期，例如 2026-01-31"),
    "a date without a time": later("不带钟点的日期"),
    "a list in [ ]": later("方括号里的列表"),
    "a table in { }": later("花括号里的表"),
    "an expression in quotes": later("加引号的条件"),
    "true or false": later("true 或 false"),
    "further notice": later("没有止"),
}
BEGINNINGS = (
    (re.compile(r"a value of type (?P<type>\w+)$"), later("一个 %(type)s")),
    (re.compile(r"greater than or equal to (?P<least>\S+)$"), later("不小于%(least)s")),
    (re.compile(r"less than or equal to (?P<most>\S+)$"), later("不大于%(most)s")),
)


def phrase(words: str) -> str:
    """A piece of a sentence in the reader's language; what an author wrote stays as it is."""
    if words in PHRASES:
        return str(PHRASES[words])
    for pattern, said in BEGINNINGS:
        if found := pattern.match(words):
            return str(said) % found.groupdict()
    return words.replace("' or '", "', '")
