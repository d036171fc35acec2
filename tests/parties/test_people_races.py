"""Appointments that are really committed: attacks behind the acts, and two grants at once."""

import threading

import psycopg
import pytest
from django.db import connections

from anju.base.acts import Conflict
from anju.parties import acts
from parties.cast import CITY, account, appointed
from support.db import context, raw

REWRITES = [
    "UPDATE parties_appointment SET region = '231222' WHERE account_id = %s",
    "UPDATE parties_appointment SET post_id = 'auditor' WHERE account_id = %s",
    "DELETE FROM parties_appointment WHERE account_id = %s",
]


@pytest.mark.parametrize("statement", REWRITES)
def test_an_appointment_is_ended_never_rewritten(committed: None, statement: str) -> None:
    who = appointed("someone", "notary", CITY, acts.open_organisation(ctx=context(), kind="notary", name="公证处"))
    with raw("owner") as owner, pytest.raises(psycopg.Error, match=r"may only be ended|outside an act"):
        owner.execute("ALTER TABLE parties_appointment DISABLE TRIGGER guard")
        owner.execute(statement, [who.pk])


@pytest.mark.clause("4.5")
@pytest.mark.parametrize("guarded", [True, False], ids=["guard on", "guard off"])
def test_two_administrator_posts_granted_at_once_are_not_both_given(committed: None, guarded: bool) -> None:
    """With the trigger off the race does give both: so the test can fail."""
    who = account("admin")
    with raw("admin", autocommit=True) as admin:
        if not guarded:
            admin.execute("ALTER TABLE parties_appointment DISABLE TRIGGER admins_apart")
    start, outcomes = threading.Barrier(2), []

    def grant(post: str) -> None:
        ctx = context()
        start.wait()
        try:
            acts.appoint(ctx=ctx, account_id=who.pk, post=post, region=CITY)
            outcomes.append("given")
        except Conflict:
            outcomes.append("refused")
        finally:
            connections.close_all()

    try:
        threads = [threading.Thread(target=grant, args=(post,)) for post in ("system_admin", "audit_admin")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        with raw("admin", autocommit=True) as admin:
            admin.execute("ALTER TABLE parties_appointment ENABLE TRIGGER admins_apart")
    assert sorted(outcomes) == (["given", "refused"] if guarded else ["given", "given"])
