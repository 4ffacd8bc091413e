"""Objections: who sends, reads and decides them, what they hold, and that nobody else learns what they say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.urls import reverse

from guben.access.models import Grant
from guben.access.roles import rights_of
from guben.accounts.models import User
from guben.audit.models import Entry
from guben.publication import actions, errors, policy, queries, sealed
from guben.publication.models import Objection
from tests.cast import TODAY, sign_in
from tests.publication.test_notices import MONDAY, post

SECRET = "他在外面欠了钱"


def officer(cast, username="officer", person="曾望川"):
    """The branch's discipline officer."""
    user = User.objects.create(username=username, display_name=person, language="zh-hans", password="!")
    Grant.objects.create(user=user, role="discipline_officer", organisation=cast.branch, from_on=date(2026, 1, 1))
    return user


def receive(cast, notice, **changes):
    facts = {"text": SECRET, "way": "letter", "author": "邻居王五", "by": cast.secretary}
    return actions.receive_objection(notice, **{**facts, **changes})


def test_the_words_and_the_author_are_sealed_in_the_database(cast):
    receive(cast, post(cast))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM publication_objection")
        row = str([bytes(one) if isinstance(one, memoryview) else one for one in cursor.fetchone()])
    assert SECRET not in row
    assert "王五" not in row
    assert SECRET not in str(list(Entry.objects.values()))


def test_only_the_hash_of_the_receipt_is_kept(cast):
    received = receive(cast, post(cast))
    kept = str(list(Objection.objects.values("receipt_hash", "number")))
    assert sealed.typed(received.receipt) not in kept
    assert len(sealed.typed(received.receipt)) == 16


def test_the_one_the_notice_names_opens_it_and_the_history_notes_it(cast):
    user = officer(cast)
    objection = receive(cast, post(cast)).objection
    opened = actions.open_objection(objection, by=user)
    assert (opened.text, opened.author) == (SECRET, "邻居王五")
    entry = Entry.objects.get(action="publication.objection_opened")
    assert (entry.user, entry.object_id) == (user, str(objection.pk))


@pytest.mark.parametrize(
    "name",
    ["secretary", "clerk", "organiser", "member", "neighbour", "stranger", "administrator", "security", "auditor",
     "inspector", "statistician", "operator"],
)  # fmt: skip
def test_nobody_else_opens_it_not_even_who_recorded_it(cast, name):
    officer(cast)
    objection = receive(cast, post(cast)).objection
    with pytest.raises((PermissionDenied, Http404)):
        actions.open_objection(objection, by=cast.users[name])
    with pytest.raises((PermissionDenied, Http404)):
        actions.decide_objection(objection, finding="not_upheld", answer="无", by=cast.users[name])
    assert not Objection.objects.exclude(decided_on=None).exists()


def test_a_discipline_officer_of_another_branch_does_not_open_it(cast):
    officer(cast)
    other = User.objects.create(username="other", password="!")
    Grant.objects.create(
        user=other, role="discipline_officer", organisation=cast.neighbour_branch, from_on=date(2026, 1, 1)
    )
    with pytest.raises(Http404):
        actions.open_objection(receive(cast, post(cast)).objection, by=other)


def test_where_nobody_holds_the_role_the_nearest_above_who_may_decide_does(cast):
    objection = receive(cast, post(cast)).objection
    assert actions.open_objection(objection, by=cast.organiser).text == SECRET
    with pytest.raises(PermissionDenied):
        actions.open_objection(objection, by=cast.clerk)


def test_whom_a_notice_is_about_neither_receives_nor_decides(cast):
    user = officer(cast)
    person = cast.people["曾望川"]
    person.user = user
    person.save()
    notice = post(cast, person=person, title="曾望川任职")
    objection = receive(cast, notice).objection
    with pytest.raises(errors.AboutOneself):
        actions.open_objection(objection, by=user)
    with pytest.raises(errors.AboutOneself):
        receive(cast, notice, by=user)
    assert actions.open_objection(objection, by=cast.organiser)


def test_an_open_objection_holds_the_result_until_its_own_term_has_run(cast):
    notice = post(cast, on=MONDAY)
    objection = receive(cast, notice, received_on=date(2026, 6, 4)).objection
    assert objection.due_on == date(2026, 6, 18)
    held = queries.standing_of(notice, date(2026, 6, 8))
    assert (held.open_objections, held.held_until, held.upheld) == (1, date(2026, 6, 19), False)
    assert not held.is_open(date(2026, 6, 18))
    assert queries.standing_of(notice, date(2026, 6, 19)).is_open(date(2026, 6, 19))


def test_a_decided_objection_holds_nothing_and_an_upheld_one_says_so(cast):
    user = officer(cast)
    notice = post(cast, on=MONDAY)
    objection = receive(cast, notice, received_on=date(2026, 6, 4)).objection
    actions.decide_objection(objection, finding="upheld", answer="已核实", by=user, decided_on=date(2026, 6, 9))
    assert queries.standing_of(notice, date(2026, 6, 8)).held_until == date(2026, 6, 19)
    assert queries.standing_of(notice, date(2026, 6, 9)).held_until is None
    assert queries.standing_of(notice, date(2026, 6, 9)).upheld


def test_nothing_received_after_the_term_holds_a_case(cast):
    notice = post(cast, on=MONDAY)
    with pytest.raises(errors.OutsideTerm):
        receive(cast, notice, received_on=date(2026, 6, 6))
    with pytest.raises(errors.OutsideTerm):
        receive(cast, notice, received_on=date(2026, 5, 31))
    with pytest.raises(errors.NoLongerOpen):
        actions.object_to(notice, text=SECRET, by=cast.member)


def test_it_is_decided_once_and_with_an_answer(cast):
    user = officer(cast)
    objection = receive(cast, post(cast)).objection
    with pytest.raises(errors.WordsMissing):
        actions.decide_objection(objection, finding="not_upheld", answer=" ", by=user)
    with pytest.raises(errors.DecidedTooEarly):
        actions.decide_objection(
            objection, finding="not_upheld", answer="无", by=user, decided_on=TODAY + timedelta(days=1)
        )
    actions.decide_objection(objection, finding="not_upheld", answer="查无实据", by=user)
    with pytest.raises(errors.AlreadyDecided):
        actions.decide_objection(objection, finding="upheld", answer="改了", by=user)


def test_on_line_an_unnamed_writer_is_kept_nowhere(cast):
    notice = post(cast)
    actions.object_to(notice, text=SECRET, by=cast.member)
    row = Objection.objects.get()
    assert row.recorded_by is None
    assert row.author_cipher is None
    entry = Entry.objects.get(action="publication.objection_received")
    assert entry.user == queries.visitor()
    assert not Entry.objects.filter(user=cast.member).exists()


def test_a_stranger_objects_to_what_is_public_alone(cast):
    assert actions.object_to(post(cast, audience="public"), text=SECRET, by=AnonymousUser()).receipt
    for audience in ("unit", "subtree", "signed_in"):
        with pytest.raises(Http404):
            actions.object_to(post(cast, audience=audience), text=SECRET, by=AnonymousUser())


def test_the_receipt_opens_the_answer_and_nothing_about_anybody(cast):
    user = officer(cast)
    received = receive(cast, post(cast))
    actions.decide_objection(received.objection, finding="not_upheld", answer="查无实据", by=user)
    reply = queries.reply(received.receipt.upper().replace("-", " "), TODAY)
    assert reply.answer == "查无实据"
    assert not any(word in str(reply) for word in ("阮", "王五", SECRET))
    for wrong in ("", "abcd", received.receipt[:-1] + ("2" if received.receipt[-1] != "2" else "3")):
        with pytest.raises(errors.NoSuchReceipt):
            queries.reply(wrong, TODAY)


def test_what_waits_for_whom(cast):
    user = officer(cast)
    objection = receive(cast, post(cast)).objection
    assert queries.waiting_for(user, TODAY) == [objection]
    assert queries.waiting_for(cast.secretary, TODAY) == []
    assert queries.waiting_for(cast.administrator, TODAY) == []


def test_no_administrator_s_role_can_be_named_to_answer():
    for role in ("administrator", "security_administrator", "auditor", "operator"):
        assert policy.RECEIVE not in rights_of(role)
        assert policy.DECIDE not in rights_of(role)


# Pages


def test_writing_gives_a_receipt_once_and_leaves_no_trace_of_it(cast, client):
    notice = post(cast, audience="public")
    address = reverse("publication:object", args=[notice.pk])
    assert client.get(address).status_code == 200
    answer = client.post(address, {"text": SECRET, "author": ""})
    page = answer.content.decode()
    assert answer.status_code == 200
    receipt = page.split("<code>")[1].split("</code>")[0]
    assert queries.reply(receipt, TODAY).number == f"{notice.number}-01"
    assert receipt not in str(dict(client.session))
    found = client.post(reverse("publication:answer"), {"receipt": receipt}).content.decode()
    assert "正在核实" in found
    assert "阮" not in found


def test_wrong_receipts_are_slowed_down(cast, client, settings):
    settings.LIMITS_FACTOR = 1
    address = reverse("publication:answer")
    seen = [client.post(address, {"receipt": f"abcd{number}"}).status_code for number in range(31)]
    assert seen[:30] == [422] * 30
    assert seen[30] == 429


def test_a_flood_of_objections_is_slowed_down(cast, client, settings):
    settings.LIMITS_FACTOR = 1
    address = reverse("publication:object", args=[post(cast, audience="public").pk])
    seen = [client.post(address, {"text": SECRET}).status_code for _ in range(11)]
    assert seen == [200] * 10 + [429]
    assert Objection.objects.count() == 10


def test_a_page_is_opened_by_a_form_and_decided_there(cast, client):
    user = officer(cast)
    objection = receive(cast, post(cast)).objection
    address = reverse("publication:objection", args=[objection.pk])
    sign_in(client, user)
    assert SECRET not in client.get(address).content.decode()
    assert SECRET in client.post(address, {"open": "1"}).content.decode()
    data = {"decide": "1", "finding": "not_upheld", "answer": "查无实据", "decided_on": str(TODAY)}
    assert client.post(address, data).status_code == 302
    objection.refresh_from_db()
    assert objection.finding == "not_upheld"


def test_the_notice_shows_numbers_to_others_and_never_what_was_said(cast, client):
    notice = post(cast)
    receive(cast, notice)
    address = reverse("publication:notice", args=[notice.pk])
    for who in ("secretary", "clerk", "inspector"):
        page = sign_in(client, cast.users[who]).get(address).content.decode()
        assert "收到1件" in page
        assert SECRET not in page
    assert "收到1件" not in sign_in(client, cast.member).get(address).content.decode()
