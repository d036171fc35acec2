"""Files out: the unified register (统一台账)."""

from anju.base.sheets import register_export
from anju.homes.acts import write_register

register_export("register", "保障性住房统一台账", "homes.export_register", write_register)
