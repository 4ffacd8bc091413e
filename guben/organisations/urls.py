"""The addresses of the tree and of a unit's own records. The unit page itself mixes nouns and stands in `home`."""

from __future__ import annotations

from django.urls import path

from guben.organisations.views import acts, corrections, history, sites, teams, tree

app_name = "organisations"
urlpatterns = [
    path("", tree.tree, name="tree"),
    path("<str:code>/children/", tree.children, name="children"),
    path("<str:code>/export/", tree.export, name="export"),
    path("<str:code>/found/", acts.found, name="found"),
    path("<str:code>/rename/", acts.rename, name="rename"),
    path("<str:code>/move/", acts.move, name="move"),
    path("<str:code>/dissolve/", acts.dissolve, name="dissolve"),
    path("<str:code>/keep-from/", acts.keep_from, name="keep_from"),
    path("<str:code>/team/", teams.team, name="team"),
    path("<str:code>/team/elect/", teams.elect_team, name="elect_team"),
    path("<str:code>/team/add-post/", teams.add_post, name="add_post"),
    path("posts/<int:pk>/close/", teams.close_post, name="close_post"),
    path("<str:code>/groups/add/", teams.add_group, name="add_group"),
    path("groups/<int:pk>/close/", teams.close_group, name="close_group"),
    path("<str:code>/sites/", sites.sites, name="sites"),
    path("<str:code>/sites/add/", sites.add_site, name="add_site"),
    path("sites/<int:pk>/change/", sites.change_site, name="change_site"),
    path("sites/<int:pk>/close/", sites.close_site, name="close_site"),
    path("acts/<int:pk>/correct/", corrections.correct, name="correct"),
    path("<str:code>/history/", history.history, name="history"),
]
