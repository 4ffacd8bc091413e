"""Addresses of the pages of development."""

from __future__ import annotations

from django.urls import path

from guben.development import views

app_name = "development"
urlpatterns = [
    path("", views.board, name="board"),
    path("export/", views.export, name="export"),
    path("stages/<slug:kind>/", views.stage, name="stage"),
    path("plan/", views.plan, name="plan"),
    path("samples/", views.list_samples, name="samples"),
    path("samples/draw/", views.draw, name="draw"),
    path("samples/<int:pk>/", views.sample, name="sample"),
    path("samples/<int:pk>/close/", views.close, name="close"),
    path("samples/<int:pk>/cases/<int:place>/", views.finding, name="finding"),
]
