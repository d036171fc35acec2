"""Who stands at the door: the address a request came from, and the record of each sign-in (等保三级: 身份鉴别、安全审计)."""

import ipaddress
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from anju.base.calendar.days import now_of
from anju.base.calendar.models import Installation
from anju.base.secrets import blind
from anju.parties.context import day_of
from anju.parties.models import Account, SignIn
from anju.parties.reads import live_appointments

NETWORK_V6 = 64
FAMILY_NAME = "p-"


def address_of(request: HttpRequest) -> str:
    """The visitor's address: the connection's, or behind a proxy the one that ``ANJU_PROXY_HEADER`` names.

    Of a list (``X-Forwarded-For``) the last entry counts: our proxy added it, the ones before it anybody can write.
    """
    told = request.META.get(settings.PROXY_HEADER, "").split(",")[-1].strip() if settings.PROXY_HEADER else ""
    for text in (told, request.META.get("REMOTE_ADDR", "")):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            continue
    return ""


def sender_of(request: HttpRequest) -> bytes:
    """The address as limits count it, as a blind index; IPv6 by its network, of which one visitor has every address."""
    text = address_of(request)
    if ":" in text:
        text = str(ipaddress.ip_network(f"{text}/{NETWORK_V6}", strict=False))
    return blind("address", text) if text else b""


def note_staff(
    request: HttpRequest, outcome: str, *, now: datetime, username: str = "", account: Account | None = None
) -> None:
    """Record a staff sign-in with its address. A name that no account has is kept as a blind index: it may be a password
    typed into the wrong box.
    """
    name = username.strip().lower()[:60]
    found = account or Account.objects.filter(username=name).first()
    SignIn.objects.create(
        at=now, way="password", outcome=outcome, account=found.pk if found else None, username=found.username if found else "",
        name_blind=None if found else blind("username", name), address=address_of(request) or None, region=_region(found),
    )  # fmt: skip


def note_phone(
    request: HttpRequest, outcome: str, *, now: datetime, phone: str, account: Account | None = None
) -> None:
    """Record a sign-in by phone. Of a family nothing but the phone's blind index; of a body's person name and address too."""
    found = account or Account.objects.filter(phone_blind=blind("phone", phone)).first()
    staff = found is not None and not found.username.startswith(FAMILY_NAME)
    SignIn.objects.create(
        at=now, way="phone", outcome=outcome, account=found.pk if found and staff else None,
        username=found.username if found and staff else "", name_blind=blind("phone", phone),
        address=(address_of(request) or None) if staff else None, region=_region(found if staff else None),
    )  # fmt: skip


def _region(account: Account | None) -> str:
    """Where the account works; the city where nobody's account or none in a post was meant.

    Asked for an unknown name too, so that names cannot be told apart by time.
    """
    house = Installation.objects.get(id=1)
    key = account.pk if account else UUID(int=0)
    held = live_appointments(day_of(now_of(house))).filter(account_id=key).order_by("since", "id")
    return held.values_list("region", flat=True).first() or house.city
