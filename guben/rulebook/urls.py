"""Addresses of the rules. Keys of local rules end with a unit's code, so none of them is one of the words here."""

from __future__ import annotations

from django.urls import path

from guben.rulebook import views

app_name = "rulebook"
urlpatterns = [
    path("", views.rule_list, name="list"),
    path("burden/", views.burden, name="burden"),
    path("scales/", views.scales, name="scales"),
    path("drafts/", views.drafts, name="drafts"),
    path("drafts/new/", views.new, name="new"),
    path("drafts/check/", views.check_expression, name="check_expression"),
    path("drafts/<int:pk>/", views.draft, name="draft"),
    path("drafts/<int:pk>/edit/", views.edit_draft, name="edit_draft"),
    path("drafts/<int:pk>/issue/", views.issue, name="issue"),
    path("drafts/<int:pk>/drop/", views.drop_draft, name="drop_draft"),
    path("drafts/<int:pk>/draft.toml", views.draft_file, name="draft_file"),
    path("editions/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:key>/", views.rule, name="rule"),
    path("<slug:key>/rule.toml", views.rule_file, name="rule_file"),
    path("<slug:key>/amend/", views.amend, name="amend"),
    path("<slug:key>/end/", views.end, name="end"),
]
