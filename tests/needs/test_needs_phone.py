"""Whose account sees a case: the one of its phone, and after a correction the one of the right phone alone."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from anju.base.acts import Forbidden, InvalidInput
from anju.base.claims import seam
from anju.base.regions import PARTY, scope, uuid7
from anju.base.secrets import blind
from anju.needs import acts
from anju.needs.models import Application, Member, Proxy, Wish
from anju.parties.models import Account
from needs.helpers import COUNTY, NOON, ctx_of, household, submitted
from support import laid
from support.db import open_act, raw

pytestmark = pytest.mark.usefixtures("committed")
CITY, WRONG, RIGHT = "231200", "19900000001", "19900000777"
DAY, ONE = NOON.date(), timedelta(days=1)
LAST = DAY + ONE


def account(phone: str) -> Account:
    """A family's account on its phone."""
    with open_act(CITY):
        return Account.objects.create(
            username=f"f{phone}", name="赵某", password="!", synthetic=True, phone_blind=blind("phone", phone)
        )


def seen(who: Account) -> set[Any]:
    """The applications, and with them the members and wishes, that the database lets this account see."""
    with scope(CITY, party=who.pk, role=PARTY):
        found = set(Application.objects.values_list("pk", flat=True))
        assert set(Member.objects.values_list("application_id", flat=True)) == found
        assert set(Wish.objects.values_list("application_id", flat=True)) == found
    return found


def corrected(row: Application, phone: str = RIGHT) -> None:
    acts.correct_application(ctx=ctx_of(), application_id=row.pk, facts={"phone": phone}, reason="录入时错了一位")


@pytest.mark.clause("3.2-0")
def test_after_the_phone_is_put_right_the_wrong_ones_account_sees_the_case_no_more_and_the_right_ones_does() -> None:
    wrong, right = account(WRONG), account(RIGHT)
    row, kept = submitted(1), submitted(11, phone=WRONG)
    assert seen(wrong) == {row.pk, kept.pk} and seen(right) == set()
    corrected(row)
    assert seen(wrong) == {kept.pk}, "its other case stays"
    assert seen(right) == {row.pk}
    assert acts.find_my_applications(ctx=ctx_of("family", CITY, account=wrong.pk)) == 1
    assert seen(wrong) == {kept.pk}, "and looking again does not bring it back"
    corrected(row, WRONG)
    assert seen(wrong) == {row.pk, kept.pk} and seen(right) == set()


@pytest.mark.clause("3.2-0")
def test_the_right_phones_account_finds_the_case_where_it_is_opened_after_the_correction() -> None:
    row = submitted(1)
    corrected(row)
    later = account(RIGHT)
    assert acts.find_my_applications(ctx=ctx_of("family", CITY, account=later.pk)) == 1
    assert seen(later) == {row.pk}


@pytest.mark.clause("3.2-0")
def test_the_account_that_applied_does_not_act_on_the_case_once_its_number_is_no_longer_the_familys() -> None:
    old = account(WRONG)
    family = ctx_of("family", COUNTY, account=old.pk)
    row = acts.submit_application(ctx=family, household=household(1), consent="2025-1")
    assert row.maker == old.pk
    corrected(row)
    assert seen(old) == set()
    with pytest.raises(Forbidden, match="不是用本账号的手机号"):
        acts.withdraw(ctx=family, application_id=row.pk)


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("until", "ended", "sees"), [(LAST, None, True), (DAY - ONE, None, False), (LAST, DAY, False)])
def test_a_household_proxy_with_the_old_phone_keeps_seeing_the_case_while_it_is_one(
    until: date, ended: date | None, sees: bool
) -> None:
    old = account(WRONG)
    row = submitted(1)
    proxy = Proxy(
        region=COUNTY, application=row, name="赵某", relation="20", phone=b"x", phone_blind=blind("phone", WRONG), scope="view",
        paper_id=uuid7(), since=DAY - 2 * ONE, until_on=until, maker=uuid7(), ended_on=ended, end_reason="不再代办" if ended else "",
    )  # fmt: skip
    laid.lay(proxy)
    corrected(row)
    assert seen(old) == ({row.pk} if sees else set())


@pytest.mark.clause("3.2-0")
def test_a_correction_that_is_refused_hides_nothing() -> None:
    wrong = account(WRONG)
    row = submitted(1)
    with pytest.raises(InvalidInput, match="积分"):
        acts.correct_application(
            ctx=ctx_of(), application_id=row.pk, facts={"phone": RIGHT, "score": -1}, reason="录入有误"
        )
    assert seen(wrong) == {row.pk}


REMOVE = "SELECT party_case_remove(%s, %s, %s)"


@pytest.mark.clause("3.2-0")
def test_only_staff_of_the_cases_region_hide_a_case() -> None:
    who = account(WRONG)
    row = submitted(1)
    with raw(region=COUNTY) as connection_:
        connection_.execute(
            "SELECT set_config('role', 'anju_party', true), set_config('anju.party', %s, true)", [str(who.pk)]
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="party_case_remove"):
            connection_.execute(REMOVE, [who.pk, row.pk, COUNTY])
    for region, said in (("231282", COUNTY), ("231282", "231282"), (CITY, "231282")):
        with raw(region=region) as connection_, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection_.execute(REMOVE, [who.pk, row.pk, said])
    with raw() as connection_, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection_.execute(REMOVE, [who.pk, row.pk, COUNTY])
    assert seen(who) == {row.pk}
    with scope(COUNTY), connection.cursor():
        assert not seam.hide_from(uuid7(), row.pk, region=COUNTY), "nothing of another party's goes"
        assert seam.hide_from(who.pk, row.pk, region=COUNTY)
    assert seen(who) == set()
