"""Addresses of the pages of development."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "development"
urlpatterns: list[URLPattern] = []
