"""Addresses of jobs."""

from django.urls import path

from guben.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="list"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/stop/", views.stop, name="stop"),
    path("<uuid:pk>/file/", views.result_file, name="file"),
]
