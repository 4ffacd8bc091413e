"""Addresses of imports."""

from django.urls import path

from guben.imports import mending_views, views, withdrawing_views

app_name = "imports"
urlpatterns = [
    path("", views.start, name="start"),
    path("template/<slug:kind>/", views.template, name="template"),
    path("<uuid:pk>/", views.result, name="result"),
    path("<uuid:pk>/save/", views.save, name="save"),
    path("<uuid:pk>/withdraw/", withdrawing_views.withdraw, name="withdraw"),
    path("<uuid:pk>/again/", mending_views.take_up, name="take_up"),
    path("<uuid:pk>/workbook/", views.whole_workbook, name="workbook"),
    path("<uuid:pk>/mend/", mending_views.mend, name="mend"),
    path("<uuid:pk>/mend/take-back/", mending_views.take_back, name="take_back"),
]
