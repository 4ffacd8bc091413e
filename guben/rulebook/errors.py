"""What can be wrong with a rulebook that somebody wants to install, or a rule that she wants to issue, amend or end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from guben.house.words import listed
from guben.kit.errors import DomainError
from guben.rulebook_engine.errors import Mistake


class BrokenRulebook(DomainError):
    """The file has mistakes; each says where it stands."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class UnknownRule(DomainError):
    status = 404

    def __init__(self, key: str, near: Sequence[str] = ()) -> None:
        hint = _("相近的有：%(near)s。") % {"near": listed(near)} if near else ""
        super().__init__(_("没有“%(key)s”这条制度。") % {"key": key} + hint)


class BadCondition(DomainError):
    """A picked condition can't be read; the sentence says what the column holds."""


class DraftMistakes(DomainError):
    """The text of a draft can't become a rule. `mistakes` says where and what to do, in the reader's words."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


class KeyHeld(DomainError):
    """A superior, or the nation, holds this key: it can't be reused, and so not weakened."""

    fields = ("key", "text")

    def __init__(self, key: str, title: str, holder: str) -> None:
        super().__init__(
            _("编号“%(key)s”是%(holder)s的制度“%(title)s”。下级可以另加要求，不能改它、放宽它。换一个编号，另写一条。")
            % {"key": key, "holder": holder, "title": title}
        )


class KeyTaken(DomainError):
    fields = ("key", "text")

    def __init__(self, key: str) -> None:
        super().__init__(_("编号“%(key)s”已有别的制度在用。换一个编号。") % {"key": key})


class KeyWithoutCode(DomainError):
    fields = ("key", "text")

    def __init__(self, key: str, ending: str) -> None:
        super().__init__(
            _("编号“%(key)s”要以本组织的代码结尾，免得和别处相撞。写成“%(key)s-%(ending)s”。")
            % {"key": key, "ending": ending}
        )


class TooEarly(DomainError):
    fields = ("from_on", "until_on")

    def __init__(self, day: date, earliest: date) -> None:
        super().__init__(
            _("制度只往后管：%(day)s太早，最早写%(earliest)s。以前的日子仍按当时的版本算。")
            % {"day": day.isoformat(), "earliest": earliest.isoformat()}
        )


class EndsTooEarly(DomainError):
    fields = ("until_on",)

    def __init__(self, from_on: date) -> None:
        super().__init__(
            _("这一版从%(day)s起施行，废止日要更晚。还没有施行的版本，撤回就行。") % {"day": from_on.isoformat()}
        )


class StillToCome(DomainError):
    """An edition that is not in force yet stands in the way."""

    def __init__(self, from_on: date) -> None:
        super().__init__(_("还有一版从%(day)s起施行。先撤回那一版，再改或废止这一条。") % {"day": from_on.isoformat()})


class AlreadyEnded(DomainError):
    def __init__(self, until_on: date) -> None:
        super().__init__(_("这条制度已从%(day)s起废止。要恢复，起草新的一版。") % {"day": until_on.isoformat()})


class AlreadyInForce(DomainError):
    def __init__(self, from_on: date) -> None:
        super().__init__(
            _("这一版从%(day)s起已经施行，不能撤回。起草新的一版来改它，或者写明哪天废止。")
            % {"day": from_on.isoformat()}
        )


class AlreadyWithdrawn(DomainError):
    def __init__(self) -> None:
        super().__init__(_("这一版已经撤回了。"))


class StaleDraft(DomainError):
    """Somebody changed the draft since the page was opened, or issued it."""

    def __init__(self) -> None:
        super().__init__(_("这份草稿刚被改过或已经公布。打开最新的一稿，看过再办。"))


class PaperMissing(DomainError):
    fields = ("paper",)

    def __init__(self) -> None:
        super().__init__(_("还没有写文号。制度要有文件才能公布：点“修改”，写上文号。"))


class IssuerGone(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(_("“%(name)s”已经撤销，不能再定制度。") % {"name": name})


class NotFromThePage(DomainError):
    """National rules, and local files that the operator installed."""

    status = 403

    def __init__(self, title: str) -> None:
        super().__init__(
            _("“%(title)s”是装入的制度，不能在页面上改。要改它，由操作员装入新的文件（guben rules install）。")
            % {"title": title}
        )


class IssuedByHand(DomainError):
    """A file would take the place of a rule that its organisation issued from the page."""

    def __init__(self, key: str, issuer: str) -> None:
        super().__init__(
            _("制度“%(key)s”是%(issuer)s在页面上公布的，不能用文件覆盖。由公布的组织改版或废止。")
            % {"key": key, "issuer": issuer}
        )


class NotOwnIndicator(DomainError):
    """A line may be drawn on a figure of the nation, of a superior or of one's own."""

    fields = ("indicator", "text")

    def __init__(self, key: str) -> None:
        super().__init__(_("指标“%(key)s”是别的组织定的，在本组织不算。选中央、上级或本组织的指标。") % {"key": key})


class TooManyDrafts(DomainError):
    def __init__(self, most: int) -> None:
        super().__init__(_("本组织已有%(most)s份草稿。先公布或删掉几份。") % {"most": most})
