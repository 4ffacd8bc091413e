"""Addresses of the pages of cases."""

from __future__ import annotations

from django.urls import path

from guben.procedures import views

app_name = "procedures"
urlpatterns = [
    path("", views.list_cases, name="list"),
    path("export/", views.export, name="export"),
    path("start/", views.start, name="start"),
    path("review/", views.review, name="review"),
    path("of/<int:person>/", views.of_person, name="of_person"),
    path("check/", views.check_typed, name="check_typed"),
    path("check/<slug:code>/", views.check, name="check"),
    path("<int:pk>/", views.case, name="case"),
    path("<int:pk>/take/", views.take, name="take"),
    path("<int:pk>/count/", views.count, name="count"),
    path("<int:pk>/print/", views.print_file, name="print"),
    path("<int:pk>/file.pdf", views.file_pdf, name="file_pdf"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/hold/", views.hold, name="hold"),
    path("<int:pk>/release/", views.release, name="release"),
    path("<int:pk>/entries/<int:number>/correct/", views.correct, name="correct"),
    path("<int:pk>/papers/hand-in/", views.hand_in, name="hand_in"),
    path("<int:pk>/papers/issue/", views.issue_paper, name="issue_paper"),
    path("<int:pk>/papers/<int:number>/", views.paper, name="paper"),
    path("<int:pk>/papers/<int:number>/withdraw/", views.withdraw_paper, name="withdraw_paper"),
]
