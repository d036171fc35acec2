"""Who acts for a household besides its own phone (代办): a live proxy of enough scope, on the day asked about."""

from datetime import date
from uuid import UUID

from anju.needs.models import Application, Proxy
from anju.parties.models import Account

# What each scope lets do, the narrower ones in the wider.
WIDTH = {scope: width for width, (scope, _) in enumerate(Proxy.SCOPES)}
VIEW, PAPERS, ALL = "view", "papers", "all"


def phone_of(account: UUID | None) -> bytes | None:
    """The phone of an account, as acts ask for it."""
    found = Account.objects.filter(pk=account).values_list("phone_blind", flat=True).first() if account else None
    return bytes(found) if found else None


def live_of(phone: bytes | None, application: Application, on: date) -> Proxy | None:
    """The live proxy that a phone holds for an application on a day."""
    if phone is None:
        return None
    rows = Proxy.objects.filter(region=application.region, application=application, phone_blind=phone, ended_on=None)
    return rows.filter(since__lte=on, until_on__gte=on).first()


def may(proxy: Proxy | None, need: str) -> bool:
    """Whether a proxy's scope holds what is needed."""
    return proxy is not None and WIDTH[proxy.scope] >= WIDTH[need]
