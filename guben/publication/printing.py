"""What the A4 print of a notice shows: its own words, its term, who takes objections, and the code to check it."""

from __future__ import annotations

from datetime import date
from typing import Any

import qrcode
import qrcode.image.svg
from django.utils import translation
from django.utils.translation import gettext as _

from guben.accounts.installation import current
from guben.house.templatetags.house import day as in_words
from guben.kit import documents
from guben.publication import queries
from guben.publication.models import Notice

TEMPLATE = "publication/notice"
SPOKEN = "zh-hans"  # a paper on the wall is Chinese, whoever prints it


def poster(notice: Notice, address: str, on: date) -> bytes:
    """The print as PDF. `address` is the full address under which it is checked."""
    with translation.override(SPOKEN):
        return documents.pdf(
            TEMPLATE,
            data(notice, address, on),
            title=f"{_('公示')} {notice.number}",
            lang=SPOKEN,
            number=notice.number,
            demo=current().is_demo,
            made_at=notice.posted_at,
        )


def data(notice: Notice, address: str, on: date) -> dict[str, Any]:
    """The values of the template."""
    who = [answerer.title for answerer in queries.answerers(notice, on)[:3]]
    places = _("、").join(notice.places)
    return {
        "heading": _("公示"),
        "title": "" if notice.title in {_("公示"), ""} else notice.title,
        "text": notice.text,
        "lines": notice.lines,
        "term": _("公示期　%(first)s至%(last)s，%(days)s个工作日")
        % {"first": in_words(notice.posted_on), "last": in_words(notice.term_ends_on), "days": notice.working_days},
        "objections": _(
            "有意见的，可以在公示期内反映，当面、来信、电话、网上都可以。署名或不署名，都会登记和核实，"
            "%(days)s个工作日内答复，反映人受保护。"
        )
        % {"days": notice.answer_days},
        "received_by": [_("受理：%(who)s") % {"who": _("；").join(who)}, *([notice.channel] if notice.channel else [])],
        "unit": notice.signature,
        "day": f"{notice.posted_on.year}年{notice.posted_on.month}月{notice.posted_on.day}日",
        "code": svg_code(address),
        "code_says": _("核对用的二维码"),
        "check_says": _("扫码核对真伪和是否仍在公示"),
        "numbered": _("公示编号%(number)s。") % {"number": notice.number}
        + (_("依据：%(source)s。") % {"source": notice.source.rstrip("。")} if notice.source else ""),
        "afterwards": _("期满取下。网页版同时撤下，存档备查，不再公开个人信息。")
        + (_("张贴地点：%(places)s。") % {"places": places} if places else ""),
        "address": address,
    }


def svg_code(address: str) -> str:
    """The address as a square code that still reads when a sixth of it is damaged."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(address)
    return str(code.make_image(image_factory=qrcode.image.svg.SvgPathImage).to_string(encoding="unicode"))
