"""One seed for all long tests, so that what failed once fails again: ANJU_SEED, printed by ``./anju test --long``."""

import os
import random

SEED = int(os.environ.get("ANJU_SEED", "20250005"))


def dice(name: str) -> random.Random:
    """Random numbers of one test; the seed is in its output where it fails."""
    print(f"ANJU_SEED={SEED}, {name}")
    return random.Random(f"{SEED}/{name}")
