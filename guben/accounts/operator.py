"""Who acts on the command line: a named user, or the logged operator."""

from __future__ import annotations

from guben.accounts.models import User


class UnknownUser(Exception):
    """No user of that name may act."""


def acting_user(name: str = "") -> User:
    """The user of that name, else the operator, who is made on first use and can't sign in.

    Raises:
        UnknownUser: no active user has the name.
    """
    if name:
        user = User.objects.filter(
            username=name.replace("\0", "?"), is_active=True
        ).first()  # PostgreSQL takes no such sign
        if user is None:
            raise UnknownUser(name)
        return user
    operator = User.objects.filter(is_operator=True).first()
    if operator is None:
        operator = User(username="operator", display_name="命令行操作员", is_operator=True)
        operator.set_unusable_password()
        operator.save()
    return operator
