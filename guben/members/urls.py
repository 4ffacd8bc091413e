"""The addresses of people."""

from __future__ import annotations

from django.urls import path

from guben.members import views

app_name = "members"
urlpatterns = [
    path("", views.list_members, name="list"),
    path("structure/", views.structure, name="structure"),
    path("roster/", views.roster, name="roster"),
    path("export/", views.export, name="export"),
    path("register/", views.register, name="register"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/stage/", views.stage, name="stage"),
    path("<int:pk>/branch/", views.affiliate, name="affiliate"),
    path("<int:pk>/standing/", views.stand, name="stand"),
    path("<int:pk>/contact/", views.contact, name="contact"),
    path("<int:pk>/unmask/", views.unmask, name="unmask"),
    path("reserve/", views.reserve, name="reserve"),
    path("reserve/add/", views.add_reserve, name="add_reserve"),
    path("reserve/<int:pk>/end/", views.end_reserve, name="end_reserve"),
    path("holdings/<int:pk>/sent-down/", views.send_down, name="send_down"),
    path("posts/<int:pk>/appoint/", views.appoint, name="appoint"),
    path("holdings/<int:pk>/relieve/", views.relieve, name="relieve"),
]
