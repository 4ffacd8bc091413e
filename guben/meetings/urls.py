"""Addresses of the meetings pages."""

from __future__ import annotations

from django.urls import path

from guben.meetings import views

app_name = "meetings"
urlpatterns = [
    path("", views.list_meetings, name="list"),
    path("record/", views.record, name="record"),
    path("record-many/", views.record_many, name="record_many"),
    path("roll/<code>/", views.roll, name="roll"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("batches/<uuid:batch>/", views.batch, name="batch"),
    path("batches/<uuid:batch>/withdraw/", views.withdraw_batch, name="withdraw_batch"),
]
