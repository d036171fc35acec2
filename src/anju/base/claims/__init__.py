"""The one seam for "one person once": ``reserve`` / ``release``; and ``show_to`` / ``hide_from``, by which a party sees its own case."""
