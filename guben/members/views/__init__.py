"""Pages of people: lists and the structure, one person, and the forms for what may be done."""

from __future__ import annotations

from guben.members.views.acts import affiliate, change, contact, register, stage, stand
from guben.members.views.cadres import add_reserve, end_reserve, reserve, send_down
from guben.members.views.lists import export, list_members, roster, structure
from guben.members.views.person import person, unmask
from guben.members.views.posts import appoint, relieve

__all__ = [
    "add_reserve",
    "affiliate",
    "appoint",
    "change",
    "contact",
    "end_reserve",
    "export",
    "list_members",
    "person",
    "register",
    "relieve",
    "reserve",
    "roster",
    "send_down",
    "stage",
    "stand",
    "structure",
    "unmask",
]
