"""``field__begins``: starts-with by ``^@``, which is leakproof, so that an index serves it under row-level security; LIKE is not."""

from typing import Any

from django.db import models
from django.db.models.lookups import Lookup


@models.CharField.register_lookup
@models.TextField.register_lookup
class Begins(Lookup):
    """The column begins with the value."""

    lookup_name = "begins"
    prepare_rhs = True

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", (*left_params, *right_params)
