"""What giving and ending roles may refuse, each with its sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


class NotYoursToGive(DomainError):
    """The giver's own role does not name this role among those it grants."""

    status = 403

    def __init__(self, role: str) -> None:
        super().__init__(_("您的权限给不出“%(role)s”。要给，找上级组织员。") % {"role": role})


class NotToYourself(DomainError):
    """Nobody widens or ends her own rights."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("自己的授权由别人办。找上级组织员或系统管理员。"))


class AlreadyGranted(DomainError):
    """The same role at the same unit overlaps in time."""

    status = 409

    def __init__(self, user: str, role: str, unit: str) -> None:
        super().__init__(
            _("%(user)s在%(unit)s已有“%(role)s”授权，和这段日期重叠。先终止原来的，或改日期。")
            % {"user": user, "role": role, "unit": unit}
        )


class EndsBeforeItStarts(DomainError):
    def __init__(self) -> None:
        super().__init__(_("止期要晚于起期。"))


class AlreadyEnded(DomainError):
    status = 409

    def __init__(self) -> None:
        super().__init__(_("这项授权已经终止。"))


class NameTaken(DomainError):
    status = 409

    def __init__(self, username: str) -> None:
        super().__init__(_("用户名“%(name)s”已有人用，换一个。") % {"name": username})


class NotYourAccount(DomainError):
    """A password link opens a whole account: whoever makes it must be able to give all its roles."""

    status = 403

    def __init__(self, user: str) -> None:
        super().__init__(_("%(user)s有您给不出的授权，设密码的链接要由上级给。") % {"user": user})


class DutiesSeparated(DomainError):
    """System, security and audit are three persons' duties (等保 GB/T 22239-2019 8.1.4.2)."""

    def __init__(self, user: str, held: str, asked: str) -> None:
        super().__init__(
            _(
                "%(user)s在这段日期里已是“%(held)s”，不能兼“%(asked)s”：系统、安全、审计要分给三个人。"
                "先终止原来的授权，或给另一个人；人手不够时，系统和安全的事用命令行办，审计员由上级的人担任。"
            )
            % {"user": user, "held": held, "asked": asked}
        )


class NotYourFactors(DomainError):
    """Who resets the factors must be able to give all roles of their owner."""

    status = 403

    def __init__(self, user: str) -> None:
        super().__init__(
            _("%(user)s的第二重验证不归您重设：在您的范围以外，或有您给不出的角色。找上级安全管理员。") % {"user": user}
        )


class NotYourAccountToClose(DomainError):
    status = 403

    def __init__(self, user: str) -> None:
        super().__init__(
            _("%(user)s的账户不归您管：在您的范围以外，或有您管不到的角色。找上级系统管理员。") % {"user": user}
        )
