"""The sentences for what the engine finds wrong, in the reader's language; the first pattern that fits counts."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

SENTENCES: tuple[tuple[re.Pattern[str], Promise], ...] = tuple(
    (re.compile(pattern, re.DOTALL), sentence)
    for pattern, sentence in (
        (
            r"Two editions of '(?P<key>.*)' overlap: the one from (?P<day>\S+) \((?P<at>.*)\) runs until"
            r" (?P<end>.*)\. Give it 'until = (?P<next>.*)'\.$",
            gettext_lazy(
                "“%(key)s”有两个版本的日子重叠：%(at)s 从 %(day)s 起的那一版还没有止，给它写 until = %(next)s。"
            ),
        ),
        (
            r"A row states one of 'value', 'of' with 'change', and 'uncounted'\.$",
            gettext_lazy("一行只写一样：value 怎么算，of 和 change 比一年前，或者 uncounted 为什么不算。"),
        ),
        (
            r"'of' and 'change' stand together: .*",
            gettext_lazy("of 和 change 要一起写：哪一行，一年里怎么变。"),
        ),
        (r"Two rows of the table are called '(?P<name>.*)'\.$", gettext_lazy("表里有两行都叫“%(name)s”。")),
        (
            r"The table has no row '(?P<name>.*)' of which a change could be told\.$",
            gettext_lazy("表里没有“%(name)s”这一行，算不出变化。"),
        ),
        (
            r"The key '(?P<key>.*)' already names a row of a table: choose another\.$",
            gettext_lazy("编号“%(key)s”已经是一张表里的一行，换一个编号。"),
        ),
        (r"No row '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这一行。")),
        (
            r"A publication states no evidence: what the unit publishes under it settles it\.$",
            gettext_lazy("公开事项不写凭据：组织在这一项下公开了什么，就凭什么算完成。删掉这一栏。"),
        ),
        (
            r"'(?P<key>.*)' is a share between 0 and 1; it is never (?P<bound>[-\d.e+]+)\. Write (?P<part>\S+) for"
            r" (?P<percent>\S+)\.$",
            gettext_lazy("“%(key)s”是占比，在0和1之间，到不了%(bound)s。%(percent)s要写成 %(part)s。"),
        ),
        (
            r"'(?P<key>.*)' is a share between 0 and 1; it is never (?P<bound>[-\d.e+]+)\.$",
            gettext_lazy("“%(key)s”是占比，在0和1之间，到不了%(bound)s。"),
        ),
        (
            r"The indicator '(?P<name>.*)' is not in force as long as the standard '(?P<key>.*)'\.$",
            gettext_lazy("指标“%(name)s”有效的日子没有盖住“%(key)s”的日子，改两边的起止。"),
        ),
        (
            r"The key '(?P<key>.*)' is already used by '(?P<issuer>.*)' \((?P<at>.*)\): choose another\.$",
            gettext_lazy("编号“%(key)s”已经由%(issuer)s用了（%(at)s），换一个编号。"),
        ),
        (
            r"The key '(?P<key>.*)' already belongs to a rule of kind '(?P<kind>.*)' \((?P<at>.*)\)\.$",
            gettext_lazy("编号“%(key)s”已经是另一类制度（%(kind)s，%(at)s），换一个编号。"),
        ),
        (r"Comments are not allowed inside an expression\.$", gettext_lazy("条件里不能写注释。")),
        (
            r"'(?P<found>.*)' is not allowed in an expression\. Allowed: (?P<known>.*)\.$",
            gettext_lazy("条件里不能写 %(found)s。可以写：%(known)s。"),
        ),
        (
            r"The sign (?P<sign>.+) is not allowed in an expression\. Write (?P<plain>.+)\.$",
            gettext_lazy("条件里不能写 %(sign)s，改成 %(plain)s。"),
        ),
        (r"The sign (?P<sign>.+) is not allowed in an expression\.$", gettext_lazy("条件里不能写 %(sign)s。")),
        (r"The sign (?P<sign>.+) is not allowed in a text\.$", gettext_lazy("文字里不能写 %(sign)s。")),
        (r"A list after 'in' holds plain values only\.$", gettext_lazy("in 后面的括号里只写取值，不写列名。")),
        (
            r"'(?P<name>.*)' is of type (?P<type>\w+); needed is (?P<wanted>\w+)\.$",
            gettext_lazy("“%(name)s”的类型是 %(type)s，这里要 %(wanted)s。"),
        ),
        (
            r"'(?P<name>.*)' is of type (?P<type>\w+); found (?P<found>.*)\.$",
            gettext_lazy("“%(name)s”的类型是 %(type)s，写的是 %(found)s。"),
        ),
        (r"Nothing can be divided by 0: .*", gettext_lazy("不能除以0，除了永远没有数。")),
        (r"Write names without quotes and texts in single quotes\.$", gettext_lazy("列名不加引号，文字用单引号。")),
        (
            r"'(?P<name>.*)' stands here twice, with a hyphen .*",
            gettext_lazy("“%(name)s”写了两次：一次用连字符，一次用下划线。"),
        ),
        (r"'(?P<name>.*)' is no mechanism: .*", gettext_lazy("“%(name)s”不是机制编号，写成 M4.1 这样。")),
        (r"There is no paper '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这份文稿。")),
        (
            r"This is not UTF-8 text\. .*",
            gettext_lazy("这不是 UTF-8 文字。另存为 UTF-8 再来（可能是 GB18030，也可能不是文字）。"),
        ),
        (r"Nothing is equal to null: .*", gettext_lazy("没有什么等于 null，写 is null 或 is not null。")),
        (r"The number (?P<number>.*) is too large\.$", gettext_lazy("%(number)s 太大。")),
        (r"This number is too small to tell from nought\.$", gettext_lazy("这个数太小，和0分不清。")),
        (r"Write '(?P<name>.*)' alone: .*", gettext_lazy("只写“%(name)s”，前面不写表名：一个条件只说一张事实表。")),
        (r"At most (?P<most>\d+) brackets may be open at once\.$", gettext_lazy("括号最多套%(most)s层。")),
        (r"A bracket is not closed\.$", gettext_lazy("有一个括号没有合上。")),
        (r"This bracket closes nothing\.$", gettext_lazy("这个右括号没有对应的左括号。")),
        (r"A text is not closed: .*", gettext_lazy("文字没有合上：少了第二个单引号。")),
        (
            r"The expression has (?P<count>\d+) characters; at most (?P<most>\d+) are allowed\.$",
            gettext_lazy("条件有%(count)s个字，最多%(most)s个。"),
        ),
        (
            r"The expression has (?P<count>\d+) parts; at most (?P<most>\d+) are allowed\.$",
            gettext_lazy("条件有%(count)s个部分，最多%(most)s个。"),
        ),
        (
            r"The expression is nested (?P<count>\d+) deep; at most (?P<most>\d+) is allowed\.$",
            gettext_lazy("条件套了%(count)s层，最多%(most)s层。"),
        ),
        (
            r"The expression multiplies and divides (?P<count>\d+) times; at most (?P<most>\d+)\.$",
            gettext_lazy("条件乘除了%(count)s次，最多%(most)s次。"),
        ),
        (r"The expression is nested too deeply\.$", gettext_lazy("条件套得太深。")),
        (
            r"The expression can't be read near '(?P<near>.*)': .*",
            gettext_lazy("“%(near)s”附近读不懂：缺了一个值或符号，或者放错了地方。"),
        ),
        (r"The expression can't be read: .*", gettext_lazy("条件读不懂：缺了一个值或符号，或者放错了地方。")),
        (r"Write one expression\.$", gettext_lazy("只写一个条件。")),
        (r"A minus sign stands before a number .*", gettext_lazy("减号写在数的前面，或者两个值的中间。")),
        (r"Only a column can be tested with 'is null'\.$", gettext_lazy("只有列可以写 is null。")),
        (r"The file has more than (?P<most>\d+) characters\.$", gettext_lazy("文件超过%(most)s个字。")),
        (r"No rule '(?P<name>.*)' in force on (?P<day>\S+)\.$", gettext_lazy("%(day)s 没有有效的“%(name)s”。")),
        (
            r"No part '(?P<name>.*)' in the example of a procedure\.$",
            gettext_lazy("程序的例子里没有“%(name)s”这一部分。"),
        ),
        (
            r"Entry (?P<number>\d+) is of (?P<day>\S+), after (?P<end>\S+)\.$",
            gettext_lazy("第%(number)s条经过是 %(day)s 的，在 %(end)s 之后。"),
        ),
        (
            r"'(?P<step>.*)' is of (?P<day>\S+), before the entry above it\.$",
            gettext_lazy("“%(step)s”是 %(day)s 的，比上面一条还早。"),
        ),
        (
            r"'(?P<step>.*)' can't be taken on (?P<day>\S+): the case stands at (?P<at>.*)\.$",
            gettext_lazy("%(day)s 不能办“%(step)s”：这时到了 %(at)s。"),
        ),
        (
            r"'(?P<step>.*)' can't be taken on (?P<day>\S+): the case ended on (?P<end>\S+)\.$",
            gettext_lazy("%(day)s 不能办“%(step)s”：%(end)s 已经办结。"),
        ),
        (
            r"'(?P<step>.*)' can't be taken on (?P<day>\S+): the quorum is not reached\.$",
            gettext_lazy("%(day)s 不能办“%(step)s”：到会人数不够。"),
        ),
        (
            r"'(?P<step>.*)' can't end as '(?P<name>.*)' on (?P<day>\S+): it opens on (?P<start>\S+)\.$",
            gettext_lazy("%(day)s 太早：“%(step)s”的“%(name)s”从 %(start)s 起。"),
        ),
        (
            r"'(?P<step>.*)' can't end as '(?P<name>.*)' on (?P<day>\S+)\.$",
            gettext_lazy("%(day)s“%(step)s”还不能是“%(name)s”。"),
        ),
        (
            r"'(?P<step>.*)' can't end as '(?P<name>.*)': the majority is reached\.$",
            gettext_lazy("“%(step)s”不能是“%(name)s”：票数够了。"),
        ),
        (
            r"'(?P<step>.*)' can't end as '(?P<name>.*)': the majority is not reached\.$",
            gettext_lazy("“%(step)s”不能是“%(name)s”：票数不够。"),
        ),
        (r"No outcome '(?P<name>.*)' of '(?P<step>.*)'\.$", gettext_lazy("“%(step)s”没有“%(name)s”这个结果。")),
        (
            r"'in_favour' is at most 'present', and that at most 'entitled'\.$",
            gettext_lazy("赞成不多于实到，实到不多于应到。"),
        ),
        (r"A (?P<kind>\w+) has no examples\.$", gettext_lazy("这一类制度（%(kind)s）没有例子。")),
        (r"'(?P<name>\w+)' is a date; found (?P<found>.*)\.$", gettext_lazy("“%(name)s”是日期，写的是 %(found)s。")),
        (
            r"'(?P<name>\w+)' is a whole number up to (?P<most>\d+); found (?P<found>.*)\.$",
            gettext_lazy("“%(name)s”是不超过%(most)s的整数，写的是 %(found)s。"),
        ),
        (
            r"'(?P<name>\w+)' is a number up to (?P<most>\d+); found (?P<found>.*)\.$",
            gettext_lazy("“%(name)s”是不超过%(most)s的数，写的是 %(found)s。"),
        ),
        (
            r"'(?P<found>.*)' is not a period: .*",
            gettext_lazy("“%(found)s”不是一期，写 2026、2026-H1、2026-Q2 或 2026-06。"),
        ),
        (r"The rule is not about this unit\.$", gettext_lazy("这条制度不管这个组织。")),
        (
            r"A unit is named by a text in quotes; found (?P<found>.*)\.$",
            gettext_lazy("组织用引号里的名字，写的是 %(found)s。"),
        ),
        (
            r"No stored column '(?P<name>.*)' in fact table '(?P<table>.*)'\.$",
            gettext_lazy("事实表“%(table)s”里没有“%(name)s”这一列数据。"),
        ),
        (r"No unit '(?P<name>.*)' above this place\.$", gettext_lazy("前面没有叫“%(name)s”的组织。")),
        (
            r"Expected (?P<what>\S+) (?P<wanted>\S+), found (?P<found>\S+)\.$",
            gettext_lazy("%(what)s 应当是 %(wanted)s，算出来是 %(found)s。"),
        ),
        (
            r"No column '(?P<name>.*)' in fact table '(?P<table>.*)'\.$",
            gettext_lazy("事实表“%(table)s”里没有“%(name)s”这一列。"),
        ),
        (r"No fact table '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这张事实表。")),
        (r"No function '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这个函数。")),
        (
            r"'(?P<part>\w+)' belongs to a step of kind '(?P<kind>\w+)'; this one is of kind '(?P<found>\w+)'\.$",
            gettext_lazy("“%(part)s”只写在 %(kind)s 类的步骤里，这一步是 %(found)s。"),
        ),
        (
            r"A step of kind '(?P<kind>\w+)' needs '.*'\.$",
            gettext_lazy("%(kind)s 类的步骤要写 %(kind)s = { … }。"),
        ),
        (r"A wait needs 'opens': .*", gettext_lazy("等待的步骤要写 opens：等到哪天。")),
        (
            r"State how long a training lasts: .*",
            gettext_lazy("写明培训多长：days（天）、hours（学时），写一样或两样。"),
        ),
        (
            r"State a term in one unit: .*",
            gettext_lazy("期限只用一种单位：working-days、days、months 或 years。"),
        ),
        (r"State one of 'more-than' and 'at-least'\.$", gettext_lazy("more-than 和 at-least 写一个。")),
        (r"Write a fraction such as .*", gettext_lazy("写成分数，例如 '1/2'、'4/5'。")),
        (
            r"A paper's number is worded .*",
            gettext_lazy("文号只能用 {unit}、{code}、{year}、{number} 和 {number:04d} 这几处空来写。"),
        ),
        (r"A fraction lies above 0 .*", gettext_lazy("分数要大于0，最多是1。")),
        (
            r"The field '(?P<name>.*)' offers no choices\.$",
            gettext_lazy("“%(name)s”这一项没有可选的内容，写 choices。"),
        ),
        (
            r"Only an outcome that stays at its step .*",
            gettext_lazy("只有停在本步的结果才能另定期限（closes）。"),
        ),
        (
            r"There is no phase (?P<number>\d+): .*",
            gettext_lazy("没有第%(number)s个阶段，在 phases 里写上它的名称。"),
        ),
        (r"From the step '(?P<name>.*)' there is no way to an end\.$", gettext_lazy("从“%(name)s”这一步走不到办结。")),
        (r"Nothing leads to the step '(?P<name>.*)'\.$", gettext_lazy("没有哪一步通到“%(name)s”。")),
        (
            r"The wait '(?P<name>.*)' leads back to itself .*",
            gettext_lazy("“%(name)s”等来等去回到自己，永远等不完。"),
        ),
        (
            r"The step '(?P<name>.*)' closes before it opens, .*",
            gettext_lazy("“%(name)s”这一步还没有开就已到期，不论哪天开始都是这样。"),
        ),
        (
            r"The step '(?P<name>.*)' does not come before '(?P<step>.*)': .*",
            gettext_lazy("“%(name)s”不在“%(step)s”前面，期限要从前面的步骤算起。"),
        ),
        (r"No earlier edition has a step '(?P<name>.*)'\.$", gettext_lazy("以前的版本里没有“%(name)s”这一步。")),
        (
            r"No place '(?P<name>.*)' is told before this one\.$",
            gettext_lazy("前面没有写“%(name)s”这个承办处，先写上面的，再写它。"),
        ),
        (r"No place '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这个承办处。")),
        (r"No step '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这一步。")),
        (r"No effect '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这个效果。")),
        (r"No warning '(?P<name>.*)'\.$", gettext_lazy("没有“%(name)s”这个提醒。")),
        (r"No paper '(?P<name>.*)' in this procedure\.$", gettext_lazy("这个程序里没有“%(name)s”这份材料。")),
        (
            r"'(?P<name>.*)' is a word of the rulebook: .*",
            gettext_lazy("“%(name)s”是制度文件自己用的词，换一个编号。"),
        ),
        (
            r"The (?:step|paper|place|field|outcome) '(?P<name>.*)' stands here twice\.$",
            gettext_lazy("“%(name)s”写了两次。"),
        ),
        (r"This list is too short: at least (?P<least>\d+) is needed\.$", gettext_lazy("这里至少要写%(least)s个。")),
        (r"A calendar starts with a \[calendar\] table\.$", gettext_lazy("工作日历要以 [calendar] 开头。")),
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
EXAMPLE = re.compile(r"The example of '(?P<key>.*?)' fails\. (?P<rest>.*)$", re.DOTALL)
EXAMPLE_FAILS = gettext_lazy("“%(key)s”的例子不对：%(rest)s")
PART = re.compile(r"In '(?P<part>.*?)': (?P<rest>.*)$", re.DOTALL)
IN_PART = gettext_lazy("“%(part)s”里：%(rest)s")
PHRASES = {
    "a key stands here twice": gettext_lazy("同一个名字写了两次"),
    "a table stands here twice": gettext_lazy("同一个表写了两次"),
    "here is no value; texts stand in quotes, dates are written 2026-01-31": gettext_lazy(
        "这里没有值；文字加引号，日期写成 2026-01-31"
    ),
    "after a key comes =": gettext_lazy("名字后面要写 ="),
    "a sign that is not allowed stands in a text; a text ends on its line": gettext_lazy(
        "文字里有不收的符号，一段文字写在一行里"
    ),
    "a text is not closed": gettext_lazy("文字没有合上"),
    "a backslash stands alone in a text": gettext_lazy("文字里单独写了反斜杠"),
    "a list is not closed with ]": gettext_lazy("列表没有用 ] 合上"),
    "a table is not closed with }": gettext_lazy("表没有用 } 合上"),
    "here is no key": gettext_lazy("这里没有名字"),
    "after a value comes a new line": gettext_lazy("值后面要换行"),
    "this day is not in the calendar": gettext_lazy("日历上没有这一天"),
    "lists or tables are nested too deeply": gettext_lazy("列表或表套得太深"),
    "a text in quotes": gettext_lazy("加引号的文字"),
    "a whole number": gettext_lazy("整数"),
    "a date without quotes, such as 2026-01-31": gettext_lazy("不加引号的日期，例如 2026-01-31"),
    "a date without a time": gettext_lazy("不带钟点的日期"),
    "a list in [ ]": gettext_lazy("方括号里的列表"),
    "a table in { }": gettext_lazy("花括号里的表"),
    "an expression in quotes": gettext_lazy("加引号的条件"),
    "true or false": gettext_lazy("true 或 false"),
    "further notice": gettext_lazy("没有止"),
}
BEGINNINGS = (
    (re.compile(r"a value of type (?P<type>\w+)$"), gettext_lazy("一个 %(type)s")),
    (re.compile(r"greater than or equal to (?P<least>\S+)$"), gettext_lazy("不小于%(least)s")),
    (re.compile(r"less than or equal to (?P<most>\S+)$"), gettext_lazy("不大于%(most)s")),
)


def phrase(words: str) -> str:
    """A piece of a sentence in the reader's language; what an author wrote stays as it is."""
    if words in PHRASES:
        return str(PHRASES[words])
    for pattern, said in BEGINNINGS:
        if found := pattern.match(words):
            return str(said) % found.groupdict()
    return words.replace("' or '", "', '")
