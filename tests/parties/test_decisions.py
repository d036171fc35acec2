"""Resolutions and parameter values: two people each, never looser than a layer above, never over a day already judged."""

from datetime import date

import pytest
from django.db import connection

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused
from anju.base.acts.models import Refusal
from anju.base.regions import scope
from anju.base.tickets.desk import waiting
from anju.parties import acts, reads
from anju.parties.context import at_the_door, parameter_book
from anju.parties.models import Account, Resolution, Setting
from anju.policy.parameters import ParameterBook, Unset, catalogue
from parties.cast import CITY, COUNTY, MONDAY, acting, appointed, attack, task_force
from support.db import context, open_act

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 3, 3)


@pytest.fixture
def office() -> tuple[ActContext, ActContext]:
    """The clerk and the head of the city's task-force office."""
    body = task_force()
    return (
        acting(appointed("office", "office_clerk", CITY, body)),
        acting(appointed("office_head", "office_head", CITY, body)),
    )


def put(pair: tuple[ActContext, ActContext], name: str, value: object, valid_from: date = MONDAY) -> Setting:
    row = acts.propose_setting(
        ctx=pair[0], name=name, value=value, valid_from=valid_from, document="专班决议〔2026〕1号"
    )
    return acts.confirm_setting(ctx=pair[1], setting_id=row.pk)


@pytest.mark.clause("4.1")
def test_a_value_is_in_force_once_a_second_person_confirms_it(office: tuple[ActContext, ActContext]) -> None:
    row = acts.propose_setting(ctx=office[0], name="apply_window_days", value=10, valid_from=MONDAY, document="决议")
    assert isinstance(parameter_book().on(MONDAY, COUNTY).get("apply_window_days"), Unset)
    assert row.demonstration
    with scope(CITY):
        assert [t.object_id for t in waiting(post="office_head", region=CITY, on=MONDAY)] == [row.pk]
    acts.confirm_setting(ctx=office[1], setting_id=row.pk)
    value = parameter_book().on(MONDAY, COUNTY).get("apply_window_days")
    assert (str(value), value.layer) == ("10", "city")
    with scope(CITY):
        assert not waiting(post="office_head", region=CITY, on=MONDAY).exists()
    assert "apply_window_days" not in {u.name for u in reads.open_parameters(CITY, MONDAY)}


@pytest.mark.clause("4.1")
def test_the_proposer_does_not_confirm() -> None:
    both = context(post="office_head")
    row = acts.propose_setting(ctx=both, name="apply_window_days", value=10, valid_from=MONDAY, document="决议")
    with pytest.raises(Refused, match="经办人与复核人不能是同一人"):
        acts.confirm_setting(ctx=both, setting_id=row.pk)
    with scope(CITY):
        assert Refusal.objects.get().name == "parties.confirm_setting"


@pytest.mark.clause("4.1")
def test_the_database_refuses_one_person_as_proposer_and_confirmer(office: tuple[ActContext, ActContext]) -> None:
    row = acts.propose_setting(ctx=office[0], name="apply_window_days", value=10, valid_from=MONDAY, document="决议")
    attack("UPDATE parties_setting SET confirmed_by = proposed_by WHERE id = %s", row.pk, held_by="setting_two_people")


LOOSER = [
    ("3.3-3", "sale_unit_area_max", 1_300_000, "属于放宽"),
    ("3.5-3", "lock_ratio_min", 94, "不小于 95%、不大于 100%，收到 94%"),
    ("3.4-1", "price_profit_max", 501, "不大于 5%，收到 5.01%"),
    ("3.4-1", "price_cap", "appraised_replacement_price", "不能另设"),
]


@pytest.mark.parametrize(("clause", "name", "value", "sentence"), LOOSER)
@pytest.mark.clause("3.3-3")
def test_a_value_that_loosens_the_plan_is_refused_with_its_clause(
    office: tuple[ActContext, ActContext], clause: str, name: str, value: object, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence) as found:
        acts.propose_setting(ctx=office[0], name=name, value=value, valid_from=TUESDAY, document="决议")
    assert found.value.clause == clause
    with scope(CITY):
        assert not Setting.objects.exists()


def test_a_county_tightens_the_citys_value_and_may_not_loosen_it(office: tuple[ActContext, ActContext]) -> None:
    put(office, "letter_valid_days", 90)
    body = task_force(COUNTY)
    county = (
        acting(appointed("wk_office", "office_clerk", COUNTY, body)),
        acting(appointed("wk_head", "office_head", COUNTY, body)),
    )
    with pytest.raises(Refused, match="市定为 90 日，县（区）设为 120 日 属于放宽"):
        put(county, "letter_valid_days", 120, TUESDAY)
    put(county, "letter_valid_days", 60, TUESDAY)
    assert str(parameter_book().on(TUESDAY, COUNTY).get("letter_valid_days")) == "60"
    assert str(parameter_book().on(TUESDAY, CITY).get("letter_valid_days")) == "90"


def test_a_countys_value_that_the_city_made_too_loose_is_passed_over_and_shown(
    office: tuple[ActContext, ActContext],
) -> None:
    body = task_force(COUNTY)
    county = (
        acting(appointed("wk_office", "office_clerk", COUNTY, body)),
        acting(appointed("wk_head", "office_head", COUNTY, body)),
    )
    put(county, "letter_valid_days", 60)
    put(office, "letter_valid_days", 30, TUESDAY)
    inforce = parameter_book().on(TUESDAY, COUNTY)
    assert str(inforce.get("letter_valid_days")) == "30"
    assert [i.value for i in inforce.ignored()] == [60]


@pytest.mark.clause("4.1")
def test_a_county_does_not_confirm_or_write_the_citys_settings(office: tuple[ActContext, ActContext]) -> None:
    row = acts.propose_setting(ctx=office[0], name="apply_window_days", value=10, valid_from=MONDAY, document="决议")
    head = acting(appointed("wk_head", "office_head", COUNTY, task_force(COUNTY)))
    with pytest.raises(Forbidden, match="属于 231200"):
        acts.confirm_setting(ctx=head, setting_id=row.pk)
    with open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute("UPDATE parties_setting SET confirmed_by = gen_random_uuid() WHERE id = %s", [row.pk])
        assert cursor.rowcount == 0, "row-level security: the city's rows are not the county's to write"
    attack(
        "INSERT INTO parties_setting (id, owner_region, name, value, valid_from, document, demonstration, proposed_by,"
        " proposed_at) VALUES (gen_random_uuid(), '231200', 'apply_window_days', '99', '2026-03-02', 'x', true,"
        " gen_random_uuid(), now())",
        held_by="row-level security",
        region=COUNTY,
    )


def test_a_value_fills_an_open_past_but_never_replaces_one_that_cases_were_judged_by(
    office: tuple[ActContext, ActContext],
) -> None:
    put(office, "publicity_days", 7, date(2025, 6, 1))
    assert str(parameter_book().on(date(2025, 9, 1), CITY).get("publicity_days")) == "7"
    with pytest.raises(Refused, match="永不重判"):
        put(office, "publicity_days", 10, date(2025, 12, 1))
    put(office, "publicity_days", 10, TUESDAY)
    assert str(parameter_book().on(MONDAY, CITY).get("publicity_days")) == "7"


def test_a_parameter_kept_by_programme_is_open_until_each_has_its_value(office: tuple[ActContext, ActContext]) -> None:
    put(office, "order_method", {"sale": "draw"})
    assert "order_method" in {u.name for u in reads.open_parameters(CITY, MONDAY)}
    put(
        office, "order_method", {"affordable_rental": "waiting_list", "public_rental": "waiting_list"}, date(2026, 1, 1)
    )
    inforce = parameter_book().on(MONDAY, CITY)
    assert [str(inforce.get("order_method", k)) for k in ("sale", "public_rental")] == ["draw", "waiting_list"]


def test_a_confirmed_value_is_never_edited_and_a_proposal_keeps_its_words(
    office: tuple[ActContext, ActContext],
) -> None:
    row = acts.propose_setting(ctx=office[0], name="apply_window_days", value=10, valid_from=MONDAY, document="决议")
    attack("UPDATE parties_setting SET value = '1' WHERE id = %s", row.pk, held_by="other words")
    acts.confirm_setting(ctx=office[1], setting_id=row.pk)
    for statement in (
        "UPDATE parties_setting SET confirmed_by = NULL WHERE id = %s",
        "DELETE FROM parties_setting WHERE id = %s",
    ):
        attack(statement, row.pk, held_by="never changed")
    with pytest.raises(Conflict, match="已确认或已撤回"):
        acts.withdraw_setting(ctx=office[0], setting_id=row.pk, reason="写错")


def test_a_withdrawn_proposal_is_not_confirmed(office: tuple[ActContext, ActContext]) -> None:
    row = acts.propose_setting(ctx=office[0], name="apply_window_days", value=10, valid_from=MONDAY, document="决议")
    acts.withdraw_setting(ctx=office[0], setting_id=row.pk, reason="写错")
    with pytest.raises(Conflict, match="已确认或已撤回"):
        acts.confirm_setting(ctx=office[1], setting_id=row.pk)


def test_two_values_of_one_day_are_not_both_confirmed(office: tuple[ActContext, ActContext]) -> None:
    put(office, "apply_window_days", 10, TUESDAY)
    with pytest.raises(Conflict, match="同一日已有生效取值"):
        put(office, "apply_window_days", 12, TUESDAY)


def test_the_preview_counts_the_cases_that_later_rooms_say_a_value_touches(
    office: tuple[ActContext, ActContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "_TOUCHES", [])
    asked = []

    @reads.register_touch
    def batches(name: str, region: str, day: date) -> list[tuple[str, int]]:
        asked.append((name, region, day))
        return [("未公告的批次", 3)] if name == "apply_window_days" else []

    assert reads.touched("apply_window_days", CITY, MONDAY) == [("未公告的批次", 3)]
    assert reads.touched("publicity_days", CITY, MONDAY) == []
    put(office, "apply_window_days", 10)
    assert ("apply_window_days", CITY, MONDAY) in asked


BAD_VALUES = [
    ("apply_window_days", "十天", "应为整数"),
    ("apply_window_days", 0, "不小于 1 日、不大于 365 日"),
    ("order_method", {"villa": "draw"}, "只能按"),
    ("order_method", {"sale": "auction"}, "可选"),
    ("permit_days", [["filing", "网签备案"]], "应有 3 列"),
    ("no_such_thing", 1, "没有参数"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), BAD_VALUES)
def test_a_value_that_is_not_of_its_kind_is_refused_in_words(
    office: tuple[ActContext, ActContext], name: str, value: object, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        acts.propose_setting(ctx=office[0], name=name, value=value, valid_from=MONDAY, document="决议")


# --- Resolutions --------------------------------------------------------------------------------------------------------


def resolution(pair: tuple[ActContext, ActContext], **changes: object) -> Resolution:
    body = Resolution._meta.get_field("body").related_model.objects.filter(kind="task_force", owner_region=CITY).first()
    values = {
        "body_id": body.pk, "number": "绥保专〔2026〕1号", "title": "开放参数取值", "decided_on": date(2026, 2, 27),
        "minutes": "会议议定……", "votes_for": 7, "votes_against": 0, **changes,
    }  # fmt: skip
    return acts.propose_resolution(ctx=pair[0], **values)  # type: ignore[arg-type]


@pytest.mark.clause("4.1")
def test_a_resolution_is_adopted_by_a_second_person_and_then_stands(office: tuple[ActContext, ActContext]) -> None:
    row = resolution(office)
    with pytest.raises(Refused, match="尚未复核"):
        acts.propose_setting(
            ctx=office[0], name="apply_window_days", value=10, valid_from=MONDAY, document="决议", resolution_id=row.pk
        )
    acts.adopt_resolution(ctx=office[1], resolution_id=row.pk)
    with pytest.raises(Conflict, match="已复核"):
        acts.adopt_resolution(ctx=office[1], resolution_id=row.pk)
    attack("UPDATE parties_resolution SET votes_against = 6 WHERE id = %s", row.pk, held_by="never changed")
    setting = acts.propose_setting(
        ctx=office[0], name="apply_window_days", value=10, valid_from=MONDAY, document="决议", resolution_id=row.pk
    )
    assert setting.resolution_id == row.pk


@pytest.mark.clause("4.1")
def test_the_database_refuses_one_person_as_proposer_and_adopter(office: tuple[ActContext, ActContext]) -> None:
    row = resolution(office)
    attack(
        "UPDATE parties_resolution SET adopted_by = proposed_by WHERE id = %s", row.pk, held_by="resolution_two_people"
    )


def test_a_resolution_without_a_majority_is_not_adopted(office: tuple[ActContext, ActContext]) -> None:
    row = resolution(office, votes_for=3, votes_against=3)
    with pytest.raises(Refused, match="没有过半"):
        acts.adopt_resolution(ctx=office[1], resolution_id=row.pk)


def test_a_meeting_of_tomorrow_and_a_number_taken_are_refused(office: tuple[ActContext, ActContext]) -> None:
    with pytest.raises(InvalidInput, match="在今日"):
        resolution(office, decided_on=TUESDAY)
    resolution(office)
    with pytest.raises(Conflict, match="已有这个编号"):
        resolution(office)


def test_every_open_parameter_says_what_it_blocks() -> None:
    rows = reads.open_parameters(CITY, MONDAY)
    assert {u.name for u in rows} == {p.name for p in catalogue().values() if p.open}
    assert all(u.blocks and u.title and u.clause for u in rows)


def test_a_request_after_a_confirmation_judges_by_the_new_value_and_one_before_keeps_its_book(
    office: tuple[ActContext, ActContext],
) -> None:
    who = Account.objects.get(username="office")

    def book() -> ParameterBook:
        actor = at_the_door(who, None)
        assert actor is not None
        return actor.context().params

    before = book()
    assert isinstance(before.on(MONDAY, CITY).get("apply_window_days"), Unset)
    assert book() is before, "nothing was confirmed between the two requests"
    put(office, "apply_window_days", 10)
    assert str(book().on(MONDAY, CITY).get("apply_window_days")) == "10"
    put(office, "apply_window_days", 12, TUESDAY)
    after = book().on(TUESDAY, CITY)
    assert str(after.get("apply_window_days")) == "12"
    assert isinstance(before.on(MONDAY, CITY).get("apply_window_days"), Unset)
