"""Secrets (加密与密钥): sealed columns, blind indexes, and the keys behind them, which lie outside the database."""

from .seal import blind, make_keys, seal, unseal

__all__ = ["blind", "make_keys", "seal", "unseal"]
