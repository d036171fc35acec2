"""Open work: an account closes once its work has a new owner; leave cover gives a post for some days and no more."""

from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.regions import scope
from anju.base.tickets.models import Ticket
from anju.needs import acts as needs
from anju.needs.acts.desks import take_cases
from anju.parties import acts
from anju.parties.models import Account, Appointment, Cover
from anju.parties.reads import live_appointments
from needs.helpers import COUNTY, ctx_of, later, submitted
from support.db import open_act
from support.desk import person

pytestmark = [pytest.mark.django_db, pytest.mark.clause("4.5")]


def clerk(name: str, post: str = "intake_clerk") -> Account:
    return person(post, COUNTY, username=name)


def ctx(account: Account | None = None, post: str = "intake_clerk", **changes: Any) -> Any:
    return ctx_of(post, **({"account": account.pk} if account else {}), **changes)


def owner_of(case: UUID) -> UUID | None:
    with scope(COUNTY):
        return Ticket.objects.get(object_id=case, done_on__isnull=True).taken_by


def test_cases_are_taken_given_and_handed_on_and_an_account_with_open_work_is_not_closed() -> None:
    anna, bert = clerk("anna"), clerk("bert")
    rows = [submitted(serial) for serial in (1, 11, 21)]
    ids = [row.id for row in rows]
    assert take_cases(ctx=ctx(anna), ids=ids) == 3
    with pytest.raises(Conflict, match="已由同事认领"):
        take_cases(ctx=ctx(bert), ids=ids[:1])
    with pytest.raises(Refused, match="已由同事认领"):
        needs.assign_cases(ctx=ctx(bert), ids=ids[:1], to_id=bert.pk)
    assert needs.assign_cases(ctx=ctx(anna), ids=ids[:1], to_id=bert.pk) == 1 and owner_of(ids[0]) == bert.pk
    assert needs.assign_cases(ctx=ctx(None, "office_head"), ids=ids[:1], to_id=anna.pk) == 1, "a head gives any"
    security = ctx(None, "security_admin")
    with pytest.raises(Refused, match="还有 3 件没有办结（受理窗口经办 3 件）"):
        acts.close_account(ctx=security, account_id=anna.pk, reason="离职")
    other = clerk("carl", "reviewer")
    with pytest.raises(Refused, match="不任受理窗口经办"):
        acts.hand_over_work(ctx=security, account_id=anna.pk, to_id=other.pk, reason="离职")
    assert owner_of(ids[0]) == anna.pk, "nothing moved"
    assert acts.hand_over_work(ctx=security, account_id=anna.pk, to_id=bert.pk, reason="离职") == 3
    assert {owner_of(key) for key in ids} == {bert.pk}
    assert not acts.close_account(ctx=security, account_id=anna.pk, reason="离职").is_active
    with pytest.raises(Refused, match="没有在办件"):
        acts.hand_over_work(ctx=security, account_id=anna.pk, to_id=bert.pk, reason="离职")


def test_leave_cover_gives_the_post_for_its_days_once_a_head_agrees_and_nobody_checks_the_own_work() -> None:
    anna, bert = clerk("anna", "reviewer"), clerk("bert")
    post = Appointment.objects.get(account=anna)
    days = {"from_on": date(2026, 3, 3), "until_on": date(2026, 3, 10), "reason": "年假"}
    with pytest.raises(Refused, match="本人的岗位"):
        acts.propose_cover(ctx=ctx(bert), appointment_id=post.id, by_id=bert.pk, **days)
    with pytest.raises(InvalidInput, match="另一个"):
        acts.propose_cover(ctx=ctx(anna, "reviewer"), appointment_id=post.id, by_id=anna.pk, **days)
    row = acts.propose_cover(ctx=ctx(anna, "reviewer"), appointment_id=post.id, by_id=bert.pk, **days)
    for who in (anna, bert):
        with pytest.raises(Refused, match="同一人"):
            acts.confirm_cover(ctx=ctx(who, "office_head"), cover_id=row.id, agreed=True)
    assert not live_appointments(date(2026, 3, 5)).filter(account=bert, post="reviewer").exists()
    acts.confirm_cover(ctx=ctx(None, "office_head"), cover_id=row.id, agreed=True)
    held = [
        day for day in (2, 3, 10, 11) if live_appointments(date(2026, 3, day)).filter(account=bert, post="reviewer")
    ]
    assert held == [3, 10]
    case = submitted(1)
    needs.first_review(ctx=ctx(bert), application_id=case.id, outcome="pass")
    with pytest.raises(Refused, match="同一人"):
        needs.second_review(ctx=ctx(bert, "reviewer"), application_id=case.id, outcome="pass")
    with pytest.raises(Refused, match="没有再办"):
        acts.confirm_cover(ctx=ctx(None, "office_head"), cover_id=row.id, agreed=False)
    acts.end_cover(ctx=ctx(anna, "reviewer", now=later(3)), cover_id=row.id)
    assert not live_appointments(date(2026, 3, 6)).filter(account=bert, post="reviewer").exists()


@pytest.mark.parametrize(
    "change",
    ["by_id = account_id", "until_on = from_on - 1", "state = 'confirmed', decided_by = maker", "state = 'confirmed'"],
)
def test_the_database_refuses_a_cover_that_cannot_be(change: str) -> None:
    anna, bert = clerk("anna", "reviewer"), clerk("bert")
    post = Appointment.objects.get(account=anna)
    acts.propose_cover(
        ctx=ctx(anna, "reviewer"), appointment_id=post.id, by_id=bert.pk, from_on=date(2026, 3, 3), until_on=date(2026, 3, 4),
        reason="年假",
    )  # fmt: skip
    with pytest.raises(Exception) as caught, open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute(f"UPDATE parties_cover SET {change}")
    assert isinstance(caught.value.__cause__, psycopg.Error) and caught.value.__cause__.sqlstate == "23514"
    with scope(COUNTY):
        assert Cover.objects.get().state == "proposed"
