"""The page on which an import is withdrawn: first how many are taken back and who stays and why, then one button."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guben.accounts.models import User
from guben.imports.scope import Scope
from guben.imports.withdrawable import DAYS, RIGHT, import_to_withdraw, is_saving, registered_by
from guben.imports.withdrawing import withdraw as withdraw_import
from guben.kit.errors import DomainError

REASONS = {
    "recorded": _("此后有了别的记录，例如改过资料、调整支部、任职、联系、党费"),
    "met": _("所在支部此后记过会议，人数里有他们"),
    "late": _("登记已过了可以撤回的天数"),
    "reach": _("现在不在管理范围内"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks before it does; done twice, the second one finds nobody left."""
    user = cast(User, request.user)  # the middleware lets nobody else in
    job = import_to_withdraw(user, pk)
    Scope.require(user, job.organisation, RIGHT)
    refusal: str = ""
    status = 200
    if request.method == "POST":
        try:
            done = withdraw_import(job, by=user)
        except DomainError as error:
            refusal, status = str(error), error.status
        else:
            words = ngettext("已撤回%(count)d人的登记。", "已撤回%(count)d人的登记。", len(done.people))
            messages.success(request, words % {"count": len(done.people)})
            return redirect("imports:withdraw", job.pk)
    found = registered_by(job, user)
    context = {
        "job": job,
        "is_own": job.owner_id == user.pk,
        "found": found,
        "taken": len(found.people),
        "kept": [(REASONS[reason], count) for reason, count in found.kept.items()],
        "is_saving": is_saving(job),
        "refusal": refusal,
        "days": DAYS,
    }
    return render(request, "imports/withdraw.html", context, status=status)
