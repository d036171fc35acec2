"""Secrets (加密与密钥): sealed columns, blind indexes, and the keys behind them, which lie outside the database."""

from .keys import BadKey, inventory, log_key, make_keys, rotate
from .seal import BadSeal, blind, blinds, is_stale, seal, unseal

__all__ = [
    "BadKey", "BadSeal", "blind", "blinds", "inventory", "is_stale", "log_key", "make_keys", "rotate", "seal", "unseal",
]  # fmt: skip
