"""The table of posts × acts as the rooms' files say it."""

from pathlib import Path

import yaml
from django.conf import settings

HOUSE = Path(settings.ROOT) / "src" / "anju"


def powers() -> dict[str, list[str]]:
    """Every room's powers with the posts that hold them."""
    found: dict[str, list[str]] = {}
    for room in settings.ROOMS:
        path = HOUSE / room / "powers.yaml"
        if path.exists():
            for power, posts in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
                assert power not in found, f"{power} stands in two rooms"
                found[power] = posts
    return found
