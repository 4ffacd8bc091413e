"""Addresses of the pages of publication."""

from __future__ import annotations

from django.urls import path

from guben.publication.views import boards, catalogues, notices, objections

app_name = "publication"
urlpatterns = [
    path("", notices.list_notices, name="list"),
    path("notices/post/", notices.post, name="post"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/take-down/", notices.take_down, name="take_down"),
    path("notices/<int:pk>/poster.pdf", notices.poster, name="poster"),
    path("notices/<int:pk>/object/", objections.write, name="object"),
    path("notices/<int:pk>/receive/", objections.receive, name="receive"),
    path("objections/<int:pk>/", objections.objection, name="objection"),
    path("answer/", objections.answer, name="answer"),
    path("check/<slug:code>/", notices.check, name="check"),
    path("board/<slug:code>/", boards.unit_board, name="board"),
    path("catalogue/<slug:code>/", catalogues.unit_catalogue, name="catalogue"),
    path("publish/", catalogues.publish, name="publish"),
    path("items/<int:pk>/", boards.publication, name="publication"),
    path("items/<int:pk>/withdraw/", boards.withdraw, name="withdraw"),
]
