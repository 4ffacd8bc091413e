"""Addresses of the diagnosis."""

from __future__ import annotations

from django.urls import path

from guben.figures import views

app_name = "figures"
urlpatterns = [
    path("", views.diagnosis, name="diagnosis"),
    path("<slug:rule>/", views.finding, name="finding"),
    path("<slug:rule>/<str:code>/", views.why, name="why"),
    path("<slug:rule>/<str:code>/records/", views.records, name="records"),
]
