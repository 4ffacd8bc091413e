"""Addresses of the pages of transfers."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "transfers"
urlpatterns: list[URLPattern] = []
