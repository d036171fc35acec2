"""Sessions of the portal's own process: a table of their own, so that it never sees those of staff."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Django's, on ``parties_portalsession``."""

    @classmethod
    def get_model_class(cls) -> type:
        from anju.parties.models import PortalSession

        return PortalSession
