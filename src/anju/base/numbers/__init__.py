"""Money, area and masks as people read and write them; values stay exact integers (fen, cm²)."""

from .read import BadNumber, parse_m2, parse_yuan
from .show import capitals, m2, mask_document, mask_name, mask_phone, wan, yuan

__all__ = [
    "BadNumber",
    "capitals",
    "m2",
    "mask_document",
    "mask_name",
    "mask_phone",
    "parse_m2",
    "parse_yuan",
    "wan",
    "yuan",
]
