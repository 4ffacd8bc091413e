"""What the national list knows of a person: on the page, in the forms, opened with a reason, in the history."""

from datetime import date

import pytest
from django.urls import reverse

from guben.access import openings
from guben.audit.models import Entry
from guben.audit.queries import lines
from guben.members import actions, errors, sealed
from guben.members.models import Person
from tests.cast import sign_in
from tests.members.numbers import id_number

pytestmark = pytest.mark.django_db
HOME, DOMICILE = "示范市青石镇柳溪村三组17号", "示范市临江街道滨河路5号"
MORE = {
    "degree": "4",
    "professional_post": "中学高级教师",
    "stratum": "自由职业人员",
    "is_migrant_worker": "0",
    "service_correction": "-2",
    "home": HOME,
    "domicile": DOMICILE,
}


@pytest.fixture
def known(cast):
    """A member of whom everything is known."""
    person = cast.people["单小禾"]
    change = {**MORE, "is_migrant_worker": True, "service_correction": 3}
    return actions.change_person(person, by=cast.secretary, **change)


def change_data(person, **more):
    kept = {"name": person.name, "sex": person.sex, "born_on": person.born_on.isoformat(), "ethnicity": "01"}
    return {**kept, "education": person.education, "occupation": person.occupation, **more}


def text_of(response):
    return response.content.decode()


def test_the_page_shows_what_is_known_and_no_address(cast, client, known):
    page = text_of(sign_in(client, cast.secretary).get(known.get_absolute_url()))
    for words in (
        "学士",
        "中学高级教师",
        "自由职业人员",
        "<dt>是否农民工</dt><dd>是</dd>",
        "<dt>党龄校正值</dt><dd>3</dd>",
    ):
        assert words in page, words
    assert "<dt>党龄</dt><dd>6年</dd>" in page  # a full member since 2020-06-01
    assert page.count("已登记，不显示") == 2
    assert HOME not in page
    assert DOMICILE not in page
    assert "没有填：公民身份号码、电话。" in page


def test_what_is_not_known_is_named_once(cast, client):
    page = text_of(sign_in(client, cast.secretary).get(cast.people["阮新芽"].get_absolute_url()))
    assert "没有填：是否农民工、公民身份号码、电话、现居住地、户籍所在地。" in page
    assert "<dt>学位</dt>" not in page
    assert "<dt>党龄</dt>" not in page  # on probation there is none yet
    assert "查看隐去的号码和住址" not in page


def test_everything_is_changed_through_the_page_and_the_history_keeps_no_value(cast, client):
    person = cast.people["柏守田"]
    address = reverse("members:change", args=[person.pk])
    done = sign_in(client, cast.secretary).post(address, change_data(person, **MORE))
    assert done.status_code == 302
    person.refresh_from_db()
    assert (person.degree, person.stratum, person.is_migrant_worker) == ("4", "自由职业人员", False)
    assert (person.professional_post, person.service_correction) == ("中学高级教师", -2)
    assert sealed.address_in("home", person.home_cipher) == HOME
    assert sealed.address_in("domicile", person.domicile_cipher) == DOMICILE
    entry = Entry.objects.get(action="members.changed")
    assert entry.fields == sorted(MORE)
    kept = str([getattr(entry, field.name) for field in Entry._meta.fields])
    assert not any(value in kept for value in (HOME, DOMICILE, "中学高级教师", "自由职业人员"))
    words = lines([entry])[0].fields
    assert {"学位", "现居住地", "户籍所在地", "是否农民工", "党龄校正值"} <= set(words)


def test_the_form_comes_with_what_is_kept_and_saving_it_as_it_is_changes_nothing(cast, client, known):
    address = reverse("members:change", args=[known.pk])
    form = sign_in(client, cast.secretary).get(address).context["form"]
    assert HOME not in text_of(client.get(address))
    data = {name: form[name].value() for name in form.fields}
    assert data["is_migrant_worker"] == "1"
    assert data["home"] is None
    again = client.post(address, {name: "" if value is None else value for name, value in data.items()})
    assert again.status_code == 422
    assert "没有要改的" in text_of(again)


def test_what_is_emptied_is_unknown_again_but_an_address_stays(cast, client, known):
    data = change_data(known, **dict.fromkeys(MORE, ""))
    assert sign_in(client, cast.secretary).post(reverse("members:change", args=[known.pk]), data).status_code == 302
    known.refresh_from_db()
    assert (known.degree, known.stratum, known.is_migrant_worker, known.service_correction) == ("", "", None, None)
    assert sealed.address_in("home", known.home_cipher) == HOME


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("degree", "9", "9"),
        ("is_migrant_worker", "也许", "也许"),
        ("service_correction", "两年", "这不是整数"),
        ("service_correction", "1201", "1200"),
        ("service_correction", "9" * 40, "1200"),
        ("stratum", "长" * 41, "40"),
        ("stratum", "=HYPERLINK(1)", "以文字或数字开头"),
        ("home", "长" * 121, "120"),
        ("home", "@SUM(1)", "以文字或数字开头"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field_and_nothing_is_saved(cast, client, field, value, words):
    person = cast.people["柏守田"]
    response = sign_in(client, cast.secretary).post(
        reverse("members:change", args=[person.pk]), change_data(person, professional_post="农艺师", **{field: value})
    )
    assert response.status_code == 422
    assert words in text_of(response)
    assert not Entry.objects.filter(action="members.changed").exists()
    assert not Person.objects.filter(professional_post="农艺师").exists()


def test_the_actions_refuse_by_themselves(cast):
    person = cast.people["柏守田"]
    for wrong, error in (
        ({"degree": "9"}, errors.UnknownCode),
        ({"stratum": "长" * 41}, errors.TextUnclear),
        ({"home": "长" * 121}, errors.TextUnclear),
        ({"service_correction": -1201}, errors.CorrectionUnclear),
    ):
        with pytest.raises(error):
            actions.change_person(person, by=cast.secretary, **wrong)
        row = actions.NewPerson(
            name="覃小满",
            organisation_id=cast.branch.pk,
            stages=(("applicant", date(2026, 1, 5)),),
            id_number=id_number(date(1991, 4, 5), "2"),
            **wrong,
        )
        with pytest.raises(error):
            actions.register_person(row, by=cast.secretary)


def test_a_person_is_registered_with_them_through_the_page(cast, client):
    address = reverse("members:register") + f"?at={cast.branch.code}"
    data = {
        "name": "覃小满",
        "id_number": id_number(date(1991, 4, 5), "2"),
        "ethnicity": "01",
        "stage": "applicant",
        "since_on": "2026-01-05",
    }
    empty = sign_in(client, cast.secretary).get(address)
    assert not empty.context["more_fields"]["is_open"]
    refused = client.post(address, data | MORE | {"since_on": ""})
    assert refused.context["more_fields"]["is_open"]  # what was typed is not hidden
    assert client.post(address, data | MORE | {"home": f"  {HOME}　"}).status_code == 302
    person = Person.objects.get(name="覃小满")
    assert (person.degree, person.is_migrant_worker, person.service_correction) == ("4", False, -2)
    assert sealed.address_in("home", person.home_cipher) == HOME


def test_an_address_is_opened_with_a_reason_that_is_kept(cast, client, known):
    address = reverse("members:unmask", args=[known.pk])
    sign_in(client, cast.secretary)
    for field, reason in (("home", " "), ("everything", "核对名册和证件"), ("", "核对名册和证件")):
        refused = client.post(address, {"field": field, "reason": reason})
        assert refused.status_code == 422
        assert HOME not in text_of(refused)
    shown = text_of(client.post(address, {"field": "home", "reason": "核对名册和证件"}))
    assert HOME in shown
    assert DOMICILE not in shown
    entry = Entry.objects.get(action="members.unmasked")
    assert entry.details == {"field": "home", "reason": "核对名册和证件"}
    assert openings.Opening(entry).what == "现居住地"


@pytest.mark.parametrize(("who", "status"), [("clerk", 403), ("inspector", 403), ("neighbour", 404), ("stranger", 404)])
def test_who_may_not_open_addresses_is_refused(cast, client, known, who, status):
    response = sign_in(client, cast.users[who]).post(
        reverse("members:unmask", args=[known.pk]), {"field": "domicile", "reason": "我想知道一下"}
    )
    assert response.status_code == status
    assert DOMICILE not in text_of(response)
    assert not Entry.objects.filter(action="members.unmasked").exists()


def test_an_address_that_is_not_kept_cannot_be_opened(cast):
    with pytest.raises(errors.NumberMissing):
        actions.unmask(cast.people["柏守田"], "home", "核对名册和证件", by=cast.secretary)
