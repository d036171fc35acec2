"""Names of regions for lists and filters. The table is ``parties``'s; ``web`` stands before it and asks Django for the model by name."""

from functools import cache

from django.apps import apps

Rows = tuple[tuple[str, str, str], ...]


@cache
def _rows(city: str) -> Rows:
    """(code, name, level) of a city and its counties; fixed when the city was founded, so read once per process."""
    model = apps.get_model("parties", "Region")
    found = model._default_manager.filter(code__begins=city[:4], level__in=["city", "county"]).order_by("code")
    return tuple(found.values_list("code", "name", "level"))


def _known(city: str) -> Rows:
    """The rows, asked again as long as there are none (before the city is founded)."""
    found = _rows(city)
    if not found:
        _rows.cache_clear()
    return found


def name(code: str) -> str:
    """A region's name; its code where no such region is known."""
    return next((n for c, n, _ in _known(code[:4] + "00") if c == code), code)


def choices(city: str) -> list[tuple[str, str]]:
    """A city and its counties, for a filter."""
    return [(c, n) for c, n, _ in _known(city[:4] + "00")]
