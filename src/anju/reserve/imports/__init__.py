"""Files in: projects, unit tables (楼盘表), checks."""

from . import checks, projects, units

__all__ = ["checks", "projects", "units"]
