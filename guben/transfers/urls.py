"""Addresses of the pages of transfers."""

from __future__ import annotations

from django.urls import path

from guben.transfers import views

app_name = "transfers"
urlpatterns = [
    path("", views.list_transfers, name="list"),
    path("request/", views.request_transfer, name="request"),
    path("me/", views.mine, name="mine"),
    path("contacts/", views.contacts, name="contacts"),
    path("away/", views.away, name="away"),
    path("away/out/", views.register_outflow, name="register_outflow"),
    path("away/out/<int:pk>/end/", views.end_outflow, name="end_outflow"),
    path("away/in/", views.register_inflow, name="register_inflow"),
    path("away/in/<int:pk>/end/", views.end_inflow, name="end_inflow"),
    path("away/in/<int:pk>/match/", views.match, name="match"),
    path("meetings/<int:pk>/guests/", views.guests, name="guests"),
    path("batches/", views.batches, name="batches"),
    path("batches/begin/", views.begin_batch, name="begin_batch"),
    path("batches/template/", views.template, name="template"),
    path("batches/<int:pk>/", views.batch, name="batch"),
    path("batches/<int:pk>/start/", views.start_batch, name="start_batch"),
]
