"""People who sign in to pages: an account with a post, laid behind the acts since granting it is not the point."""

from datetime import date, timedelta
from typing import Any

from django.test import Client

from anju.base.regions import uuid7
from support import laid
from support.db import open_act


def person(
    post: str, region: str = "231200", *, name: str = "王某", username: str = "", organisation: Any = None
) -> Any:
    """An account holding ``post`` in ``region`` since long ago; an acquirer's people belong to the tests' acquirer."""
    from anju.parties.acts.acquirers import ACQUIRER_POSTS, OPERATOR
    from anju.parties.models import Account, Appointment

    if organisation is None and (post in ACQUIRER_POSTS or post == OPERATOR):
        organisation = laid.acquirer(region=region)
    with open_act(region):
        account = Account.objects.create(
            username=username or f"{post}_{region}", name=name, password="!", synthetic=True
        )
        Appointment.objects.create(
            account=account, post_id=post, region=region, since=date(2025, 1, 1), organisation=organisation
        )
    return account


def signed_in(post: str, region: str = "231200", **kwargs: Any) -> Client:
    """A browser in which such a person has signed in."""
    client = Client()
    client.force_login(person(post, region, **kwargs), backend="anju.parties.signin.PasswordBackend")
    return client


def tickets(count: int, region: str = "231202", **changes: Any) -> list[Any]:
    from anju.base.tickets.models import Ticket

    rows = [
        Ticket(**{
            "region": region, "kind": "t", "title": f"事项 {n:04d}", "post": "reviewer", "object_kind": "t", "object_id": uuid7(),
            "url": "/",
            "opened_on": date(2026, 2, 1) + timedelta(days=n % 20), "limit_days": 10,
            "due_on": date(2026, 3, 2) + timedelta(days=n % 30 - 5),
            **changes,
        })
        for n in range(count)
    ]  # fmt: skip
    with open_act(region):
        Ticket.objects.bulk_create(rows)
    return rows


def text(response: Any) -> str:
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()
