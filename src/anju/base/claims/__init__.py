"""The one seam for "one person once": ``reserve`` / ``release``; and ``show_to``, which lets a party see its own case."""
