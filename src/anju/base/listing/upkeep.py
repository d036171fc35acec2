"""Deleting exported files when their last day has passed; registered with the worker's hourly round."""

from datetime import datetime

from anju.base.acts.context import SHANGHAI
from anju.base.jobs import work
from anju.base.jobs.context import upkeep_context
from anju.base.listing.acts import drop_exports, over
from anju.base.regions import scope


def drop_due(region: str, now: datetime) -> int:
    """Delete what is due in the city; leaves no entry where nothing is."""
    with scope(region):
        if not over(region, now.astimezone(SHANGHAI).date()).exists():
            return 0
    return drop_exports(ctx=upkeep_context(region=region, now=now, power="base.drop_exports"))


work.hourly("drop-exports", drop_due)
