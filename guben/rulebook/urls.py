"""Addresses of the rules."""

from __future__ import annotations

from django.urls import path

from guben.rulebook import views

app_name = "rulebook"
urlpatterns = [
    path("", views.rule_list, name="list"),
    path("<slug:key>/", views.rule, name="rule"),
]
