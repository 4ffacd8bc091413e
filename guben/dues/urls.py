"""Addresses of the pages of dues."""

from __future__ import annotations

from django.urls import path

from guben.dues import views

app_name = "dues"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("members/<int:pk>/", views.account, name="account"),
    path("members/<int:pk>/pay/", views.pay, name="pay"),
    path("payments/<int:pk>/correct/", views.correct, name="correct"),
    path("<code>/", views.branch, name="branch"),
    path("<code>/collect/", views.collect, name="collect"),
    path("<code>/standards/", views.standards, name="standards"),
    path("<code>/carry-over/", views.carry_over, name="carry_over"),
    path("<code>/publication/", views.publication, name="publication"),
]
