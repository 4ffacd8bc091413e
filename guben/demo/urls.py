"""The addresses of the demo: /demo/…"""

from __future__ import annotations

from django.urls import path

from guben.demo import views

app_name = "demo"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("close/", views.close, name="close"),
    path("day/", views.day, name="day"),
]
