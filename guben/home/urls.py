"""Addresses of the pages that mix nouns: today, the unit page, search, everything."""

from __future__ import annotations

from django.urls import path

from guben.home import reform_views, unit_views, views

app_name = "home"
urlpatterns = [
    path("", views.today, name="today"),
    path("today/aside/", views.today_aside, name="today_aside"),
    path("today/problems/", views.today_problems, name="today_problems"),
    path("today/cases/", views.today_cases, name="today_cases"),
    path("today/remind/", views.remind, name="remind"),
    path("today/keep-from/", views.keep_from, name="keep_from"),
    path("healthz", views.healthz, name="healthz"),
    path("search/", views.search, name="search"),
    path("more/", views.more, name="more"),
    path("organisations/<code>/", unit_views.unit, name="unit"),
    path("organisations/<code>/aside/", unit_views.unit_aside, name="unit_aside"),
    path("organisations/<code>/members/", unit_views.unit_members, name="unit_members"),
    path("organisations/<code>/meetings/", unit_views.unit_meetings, name="unit_meetings"),
    path("organisations/<code>/cases/", unit_views.unit_cases, name="unit_cases"),
    path("organisations/<code>/handover/", unit_views.unit_handover, name="handover"),
    path("organisations/<code>/handover.pdf", unit_views.unit_handover_pdf, name="handover_pdf"),
    path("organisations/<code>/merge/", reform_views.merge, name="merge"),
    path("organisations/<code>/split/", reform_views.split, name="split"),
    path("organisations/<code>/duties/", unit_views.unit_duties, name="unit_duties"),
]
