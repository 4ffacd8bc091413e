"""Addresses of exports."""

from __future__ import annotations

from django.urls import path

from guben.exports import views

app_name = "exports"
urlpatterns = [
    path("", views.start, name="start"),
    path("<uuid:pk>/", views.result, name="result"),
]
