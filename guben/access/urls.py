"""Addresses about who holds which role. They stand inside the namespace `accounts`, below /account/."""

from __future__ import annotations

from django.urls import path

from guben.access import views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/grant/", views.grant, name="grant"),
    path("people/open/", views.open_account, name="open"),
    path("people/<int:pk>/link/", views.password_link, name="password_link"),
    path("grants/<int:pk>/end/", views.end_grant, name="end_grant"),
]
