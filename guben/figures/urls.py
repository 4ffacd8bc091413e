"""Addresses of the diagnosis, and of trying rules."""

from __future__ import annotations

from django.urls import path

from guben.figures import views, what_if_views

app_name = "figures"
urlpatterns = [
    path("rules/what-if/", what_if_views.start, name="what_if"),
    path("rules/what-if/<uuid:pk>/", what_if_views.result, name="what_if_result"),
    path("diagnosis/", views.diagnosis, name="diagnosis"),
    path("diagnosis/jobs/<uuid:pk>/", views.diagnosed, name="diagnosed"),
    path("diagnosis/<slug:rule>/", views.finding, name="finding"),
    path("diagnosis/<slug:rule>/<str:code>/", views.why, name="why"),
    path("diagnosis/<slug:rule>/<str:code>/records/", views.records, name="records"),
]
