"""Which app answers which address. Each app keeps its own list; the rights of all of them are tested together."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("guben.home.urls")),
    path("organisations/", include("guben.organisations.urls")),
    path("members/", include("guben.members.urls")),
    path("meetings/", include("guben.meetings.urls")),
    path("", include("guben.figures.urls")),
    path("rules/", include("guben.rulebook.urls")),
    path("imports/", include("guben.imports.urls")),
    path("exports/", include("guben.exports.urls")),
    path("establishments/", include("guben.establishments.urls")),
    path("dues/", include("guben.dues.urls")),
    path("publication/", include("guben.publication.urls")),
    path("cases/", include("guben.procedures.urls")),
    path("development/", include("guben.development.urls")),
    path("transfers/", include("guben.transfers.urls")),
    path("statistics/", include("guben.statistics.urls")),
    path("jobs/", include("guben.jobs.urls")),
    path("history/", include("guben.audit.urls")),
    path("demo/", include("guben.demo.urls")),
    path("account/", include("guben.accounts.urls")),
    path("account/factors/", include("allauth.mfa.urls")),
    path("account/", include("allauth.account.urls")),
]

handler403 = "guben.home.views_errors.forbidden"
handler404 = "guben.home.views_errors.not_found"
handler500 = "guben.home.views_errors.broken"
