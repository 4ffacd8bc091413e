"""Addresses of the statistics."""

from __future__ import annotations

from django.urls import path

from guben.statistics import views

app_name = "statistics"
urlpatterns = [
    path("", views.tables, name="tables"),
    path("tables/<slug:key>/", views.table, name="table"),
    path("figures/<slug:key>/", views.figure, name="figure"),
    path("jobs/<uuid:pk>/", views.worked_out, name="worked_out"),
]
