"""A model field that is sealed in the column and clear in Python."""

from typing import Any

from django.db import models

from anju.base.secrets.seal import seal, unseal


class SealedText(models.BinaryField):
    """Text, encrypted at rest; it cannot be searched: keep a blind index beside it."""

    def from_db_value(self, value: Any, expression: object, connection: object) -> str | None:
        return None if value is None else unseal(value)

    def to_python(self, value: Any) -> Any:
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = seal(value)
        return super().get_db_prep_value(value, connection, prepared)
