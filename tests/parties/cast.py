"""A small cast for this room's tests, made by the room's own acts."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection, transaction

from anju.base.acts import ActContext
from anju.parties import acts
from anju.parties.context import actor, live_appointments
from anju.parties.models import Account, Organisation
from anju.policy.rules.acquirer import CRITERIA
from support.db import context, open_act

CITY, COUNTY, OTHER = "231200", "231221", "231222"
MONDAY = date(2026, 3, 2)
PASSWORD = "一个足够长的口令-2026"
# Few rounds: what is tested is who signs in, not how long a guess takes.
HASH = PBKDF2PasswordHasher().encode(PASSWORD, "salt-of-the-tests", iterations=1000)
PLAN_ACQUIRER, PLAN_PARENT = "绥化市居安保障房建设投资发展有限公司", "绥化市创源城市发展投资有限公司"


def task_force(region: str = CITY) -> Organisation:
    return acts.open_organisation(ctx=context(region=region), kind="task_force", name=f"{region}专班")


def account(name: str, organisation: Organisation | None = None) -> Account:
    return acts.open_account(
        ctx=context(), username=name, name=name, password_hash=HASH, must_change=False,
        organisation_id=organisation.pk if organisation else None,
    )  # fmt: skip


def appointed(name: str, post: str, region: str = CITY, organisation: Organisation | None = None) -> Account:
    row = account(name, organisation)
    acts.appoint(ctx=context(region=region), account_id=row.pk, post=post, region=region)
    return row


def acting(who: Account, region: str | None = None) -> ActContext:
    """The context of an act by an account in its first post: with the powers of that post only."""
    (first, *_) = live_appointments(who, MONDAY)
    return actor(who, first).context(region=region)


def acquirer(name: str = "望奎安居公司", parent: str = "望奎城投集团", region: str = COUNTY) -> Organisation:
    head = acts.open_organisation(ctx=context(region=region), kind="acquirer", name=parent)
    return acts.open_organisation(ctx=context(region=region), kind="acquirer", name=name, parent_id=head.pk)


def candidate(**changes: Any) -> dict[str, Any]:
    """Facts of a candidate that meets every criterion of 3.1, each with its proof."""
    facts: dict[str, Any] = {
        "criteria": {key: {"answer": True, "evidence": f"{title}的证明"} for key, title in CRITERIA.items()},
        "group": [
            {"name": "望奎安居公司", "financing_platform": False, "evidence": "名单核查函"},
            {"name": "望奎城投集团", "financing_platform": False, "evidence": "名单核查函"},
        ],
        "group_complete": True,
        "hidden_debt_fen": 0,
    }
    return {**facts, **changes}


def proposed(who: ActContext, body: Organisation, **changes: Any) -> UUID:
    row = acts.propose_admission(
        ctx=who, acquirer_id=body.pk, document="选定文件〔2026〕1号", facts=candidate(**changes), valid_from=MONDAY
    )
    return row.pk


def attack(statement: str, *values: Any, held_by: str, region: str = CITY) -> None:
    """Raw SQL inside an open act of the region must be refused by what ``held_by`` names."""
    with open_act(region), pytest.raises(Exception, match=held_by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
