"""Addresses of the pages of procedures."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "procedures"
urlpatterns: list[URLPattern] = []
