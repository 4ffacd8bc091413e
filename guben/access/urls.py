"""Addresses about who holds which role. They stand inside the namespace `accounts`, below /account/."""

from __future__ import annotations

from django.urls import path

from guben.access import views, views_openings, views_security

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/grant/", views.grant, name="grant"),
    path("people/open/", views.open_account, name="open"),
    path("people/<int:pk>/link/", views.password_link, name="password_link"),
    path("people/<int:pk>/factors/", views_security.reset_factors, name="reset_factors"),
    path("people/<int:pk>/state/", views_security.account_state, name="account_state"),
    path("second-factor/", views_security.second_factor, name="second_factor"),
    path("second-factor/later/", views_security.later, name="later"),
    path("openings/", views_openings.openings, name="openings"),
    path("openings/file/", views_openings.openings_file, name="openings_file"),
    path("grants/<int:pk>/end/", views.end_grant, name="end_grant"),
]
