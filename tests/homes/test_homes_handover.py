"""A tenant who bought: the rented home does not count at the signing, and is due by a day from the handover on."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.claims import seam
from anju.base.messages.models import Message
from anju.base.regions import scope
from anju.base.tickets.models import Ticket
from anju.homes import acts
from anju.homes.models import Contract
from anju.needs.models import Application
from anju.policy.parameters import ParameterBook, Setting
from homes.test_homes_contracts import BOOK, buy, ctx, rent  # type: ignore[import-not-found]
from support.db import open_act, past_guards
from support.desk import signed_in, text
from support.sold import CITY, sold

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("3.2-0")]
SET = ParameterBook([*(r for rows in BOOK._settings.values() for r in rows),
                     Setting("vacate_days", CITY, 10, date(2026, 1, 1), "演示")])  # fmt: skip


def bought_by_its_tenant() -> tuple[Contract, Contract]:
    """A lease, and the sale of another home to the same people by an application that gives the rented one back."""
    lease, found = rent(sold(tenure="rent")), sold()
    buyer = found.choices[0].subscription.application_id
    with past_guards().cursor() as cursor:
        cursor.execute("UPDATE needs_application SET vacates_id = %s WHERE id = %s", [lease.application_id, buyer])
        cursor.execute(
            "UPDATE needs_member m SET document_blind = t.document_blind FROM needs_member t"
            " WHERE m.application_id = %s AND t.application_id = %s AND t.relation = m.relation",
            [buyer, lease.application_id],
        )
    return lease, buy(found)


def state_of(contract: Contract) -> str:
    with scope(CITY):
        return Application.objects.get(id=contract.application_id).state


def test_a_tenant_buys_lives_on_in_the_rented_home_and_gives_it_back_by_its_day() -> None:
    lease, sale = bought_by_its_tenant()
    assert (state_of(lease), state_of(sale)) == ("housed", "housed")
    handed: Any = {"contract_id": sale.id, "handed_on": date(2026, 3, 9)}
    with pytest.raises(Refused, match="家庭还租住保障性住房：参数「另购家庭腾退租住房的时限」"):
        acts.hand_over(ctx=ctx(days=7), **handed)
    row = acts.hand_over(ctx=ctx(days=7, params=SET), **handed)
    assert (row.handed_over_on, row.vacate_by) == (date(2026, 3, 9), date(2026, 3, 23)), "ten working days"
    with scope(CITY):
        ticket = Ticket.objects.get(kind="homes.vacate")
        assert (ticket.post, ticket.object_id, ticket.due_on) == ("operator", lease.id, row.vacate_by)
        assert "请在 2026-03-23 前腾退" in str(Message.objects.get(template="homes.vacate").text)
    desk = signed_in("operator", CITY)
    assert "须于 2026-03-23 前腾退" in text(desk.get(reverse("homes:contract", args=[lease.id])))
    assert lease.number in text(desk.get(reverse("homes:contract", args=[sale.id])))
    with pytest.raises(Conflict, match="已于 2026-03-09 交付"):
        acts.hand_over(ctx=ctx(days=7, params=SET), **handed)
    acts.end_lease(ctx=ctx(days=15), contract_id=lease.id, ended_on=date(2026, 3, 16), reason="另购退租")
    assert (state_of(lease), state_of(sale)) == ("vacated", "housed")
    with scope(CITY):
        assert Ticket.objects.get(kind="homes.vacate").done_on == date(2026, 3, 17)
        members = Application.objects.get(id=sale.application_id).members.values_list("document_blind", flat=True)
        held = seam.holders(seam.HOME, [bytes(p) for p in members])
        assert {one.case for one in held.values()} == {sale.application_id}, "the bought home is still theirs"


def test_who_rented_nothing_gets_the_keys_without_a_day_and_a_lease_has_no_handover() -> None:
    sale, lease = buy(sold()), rent(sold(tenure="rent"))
    for day in (date(2026, 3, 1), date(2026, 3, 10)):
        with pytest.raises(InvalidInput, match="应在签订日"):
            acts.hand_over(ctx=ctx(days=7), contract_id=sale.id, handed_on=day)
    with pytest.raises(Refused, match="租赁合同"):
        acts.hand_over(ctx=ctx(days=7), contract_id=lease.id, handed_on=date(2026, 3, 9))
    assert acts.hand_over(ctx=ctx(days=7), contract_id=sale.id, handed_on=date(2026, 3, 9)).vacate_by is None


ATTACKS = [
    ("keys to a tenant without a day", "UPDATE homes_contract SET handed_over_on = '2026-03-09' WHERE tenure = 'sale'", "AJ403"),
    ("a day before the keys", "UPDATE homes_contract SET handed_over_on = '2026-03-09', vacate_by = '2026-03-08'"
     " WHERE tenure = 'sale'", "23514"),
    ("keys before the signing", "UPDATE homes_contract SET handed_over_on = '2026-03-01', vacate_by = '2026-04-01'"
     " WHERE tenure = 'sale'", "23514"),
    ("a later day", "UPDATE homes_contract SET vacate_by = '2027-01-01' WHERE handed_over_on IS NOT NULL", "AJ401"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "statement", "code"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_the_database_refuses(what: str, statement: str, code: str) -> None:
    from django.db import DatabaseError, connection

    _, sale = bought_by_its_tenant()
    if what == "a later day":
        acts.hand_over(ctx=ctx(days=7, params=SET), contract_id=sale.id, handed_on=date(2026, 3, 9))
    with pytest.raises(DatabaseError) as caught, open_act(CITY), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount
    assert getattr(caught.value.__cause__, "sqlstate", "") == code, what
