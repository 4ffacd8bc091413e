"""The address of the history."""

from __future__ import annotations

from django.urls import path

from guben.audit import views

app_name = "audit"
urlpatterns = [path("", views.list_entries, name="list")]
