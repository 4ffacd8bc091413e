"""Addresses of imports."""

from django.urls import path

from guben.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.start, name="start"),
    path("template/<slug:kind>/", views.template, name="template"),
    path("<uuid:pk>/", views.result, name="result"),
    path("<uuid:pk>/save/", views.save, name="save"),
]
