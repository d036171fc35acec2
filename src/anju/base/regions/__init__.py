"""Regions (行政区划): who may see what. ``scope`` is the only caller of ``set_config``; row-level security reads what it sets."""

from .keys import Placed, PlacedKey, RegionField, Shared, SharedKey, uuid7
from .scope import APP, PARTY, PUBLIC, NoScope, city_of, current_region_range, public_scope, region_range, scope

__all__ = [
    "APP", "PARTY", "PUBLIC", "NoScope", "Placed", "PlacedKey", "RegionField", "Shared", "SharedKey", "city_of", "current_region_range",
    "public_scope", "region_range", "scope", "uuid7",
]  # fmt: skip
