"""Addresses below /account/. Who holds which role is the business of `access`, one floor up: it is named by string."""

from __future__ import annotations

from django.urls import include, path, re_path

from guben.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.settings_page, name="settings"),
    path("sign-ins/", views.sign_ins, name="sign_ins"),
    path("sign-ins/others/end/", views.end_other_sign_ins, name="end_other_sign_ins"),
    path("sign-ins/<int:pk>/end/", views.end_sign_in, name="end_sign_in"),
    path("language/", views.language, name="language"),
    # These stand before allauth's pages of the same address and close them.
    path("password/reset/", views.forgotten, name="forgotten"),
    re_path(
        r"^(?:signup|email|confirm-email|phone|login/code|password/reset/done)(?:/.*)?$", views.closed, name="closed"
    ),
    path("", include("guben.access.urls")),
]
