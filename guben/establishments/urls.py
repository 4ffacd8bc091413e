"""Addresses of the pages of establishments."""

from __future__ import annotations

from django.urls import path

from guben.establishments import views

app_name = "establishments"
urlpatterns = [
    path("", views.list_establishments, name="list"),
    path("export/", views.export, name="export"),
    path("members-without-branch/", views.unplaced, name="unplaced"),
    path("add/<code>/", views.add, name="add"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/end/", views.end, name="end"),
    path("<int:pk>/cover/", views.cover, name="cover"),
    path("<int:pk>/uncover/", views.uncover, name="uncover"),
    path("<int:pk>/instructor/", views.send_instructor, name="send_instructor"),
    path("<int:pk>/recall/", views.recall_instructor, name="recall_instructor"),
    path("<int:pk>/link/", views.link, name="link"),
    path("workplaces/<int:pk>/end/", views.unlink, name="unlink"),
]
