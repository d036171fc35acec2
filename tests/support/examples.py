"""How many examples hypothesis draws: each test's own number, or many times that in the long tests (ANJU_EXAMPLES)."""

import os

TIMES = int(os.environ.get("ANJU_EXAMPLES", "1"))


def many(count: int) -> int:
    """``count``, times what the long tests ask for."""
    return count * TIMES
