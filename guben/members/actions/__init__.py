"""What may be done with people: one function for each verb. Every one checks its right and writes the history."""

from __future__ import annotations

from guben.members.actions.belonging import affiliate, enter_stage, receive, release, take_standing
from guben.members.actions.cadres import put_on_reserve, send_down, take_off_reserve
from guben.members.actions.contacts import ContactMade, record_contact, record_contacts
from guben.members.actions.numbers import check_numbers, link_user, unmask
from guben.members.actions.posts import Appointment, appoint, appoint_many, relieve
from guben.members.actions.records import change_person
from guben.members.actions.register import NewPerson, register_columns, register_many, register_person
from guben.members.actions.withdrawing import withdraw_registrations

__all__ = [
    "Appointment",
    "ContactMade",
    "NewPerson",
    "affiliate",
    "appoint",
    "appoint_many",
    "change_person",
    "check_numbers",
    "enter_stage",
    "link_user",
    "put_on_reserve",
    "receive",
    "record_contact",
    "record_contacts",
    "register_columns",
    "register_many",
    "register_person",
    "release",
    "relieve",
    "send_down",
    "take_off_reserve",
    "take_standing",
    "unmask",
    "withdraw_registrations",
]
