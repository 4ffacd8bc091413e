"""The sites of a unit and their forms (M2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.organisations import actions, pages, queries
from guben.organisations.choices import Condition, Tenure
from guben.organisations.forms import ChangeSiteForm, EndForm, NewSiteForm
from guben.organisations.models import Organisation, Site
from guben.organisations.views.posting import answer, unit_to_change

CHANGE = "units.change"
WARN_DAYS = 92
FACTS = ("name", "address", "area_m2", "tenure", "lease_ends_on", "condition", "checked_on")


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site with what has to be watched about it."""

    site: Site
    lease_days: int | None

    @property
    def lease_is_over(self) -> bool:
        return self.lease_days is not None and self.lease_days < 0

    @property
    def lease_ends_soon(self) -> bool:
        return self.lease_days is not None and 0 <= self.lease_days <= WARN_DAYS

    @property
    def is_dangerous(self) -> bool:
        return self.site.condition == Condition.DANGEROUS

    @property
    def is_owned(self) -> bool:
        return self.site.tenure == Tenure.OWNED


def sites(request: HttpRequest, code: str) -> HttpResponse:
    """Where the unit meets, whose it is, and what is wrong with it."""
    unit = queries.unit_for(request.user, code)
    now = today()
    known = list(Site.objects.filter(organisation=unit))
    changed = {site.former_id for site in known}
    current = [row_of(site, now) for site in known if site.until_on is None or site.until_on > now]
    context = pages.unit_page(request.user, unit, "sites", counts={"sites": len(current)}) | {
        "rows": current,
        "closed": [site for site in known if site.until_on and site.until_on <= now and site.pk not in changed],
        "area": sum(row.site.area_m2 for row in current),
        "may_change": not unit.dissolved_on and policy.may(request.user, CHANGE, unit),
    }
    return render(request, "organisations/sites.html", context)


def add_site(request: HttpRequest, code: str) -> HttpResponse:
    """A new site."""
    unit = unit_to_change(request, code)
    form = NewSiteForm(request.POST or None, initial={"from_on": today()})
    return answer(
        request,
        "organisations/add_site.html",
        form,
        lambda: actions.add_site(unit, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, unit),
        done=_("已登记阵地。"),
        to=_sites_url(unit),
    )


def change_site(request: HttpRequest, pk: int) -> HttpResponse:
    """Other facts about a site."""
    site = _site_for(request, pk)
    initial = {name: getattr(site, name) for name in FACTS}
    form = ChangeSiteForm(request.POST or None, initial={**initial, "on": today()})
    return answer(
        request,
        "organisations/change_site.html",
        form,
        lambda: actions.change_site(site, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, site.organisation) | {"site": site},
        done=_("已改阵地登记。"),
        to=_sites_url(site.organisation),
    )


def close_site(request: HttpRequest, pk: int) -> HttpResponse:
    """The end of a site's use."""
    site = _site_for(request, pk)
    form = EndForm(request.POST or None, initial={"on": today()})
    return answer(
        request,
        "organisations/close_site.html",
        form,
        lambda: actions.close_site(site, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, site.organisation) | {"site": site},
        done=_("已停用阵地。"),
        to=_sites_url(site.organisation),
    )


def row_of(site: Site, on: date) -> SiteRow:
    """A site and the days left of its lease."""
    return SiteRow(site, (site.lease_ends_on - on).days if site.lease_ends_on else None)


def _site_for(request: HttpRequest, pk: int) -> Site:
    """The site as it is now: an address from before a change leads on to it."""
    site = Site.objects.select_related("organisation__parent").filter(pk=pk).first()
    if site is None:
        raise Http404
    policy.require(request.user, CHANGE, site.organisation)
    while (later := Site.objects.select_related("organisation__parent").filter(former=site).first()) is not None:
        site = later
    return site


def _sites_url(unit: Organisation) -> str:
    return reverse("organisations:sites", args=[unit.code])


def _context(request: HttpRequest, unit: Organisation) -> dict[str, Any]:
    return {"unit": unit, "crumbs": queries.crumbs(unit, request.user)}
