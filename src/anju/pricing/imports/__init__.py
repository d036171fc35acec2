"""Files in: cost sheets, appraisals, price lists."""

from . import appraisals, cost_sheets, unit_prices

__all__ = ["appraisals", "cost_sheets", "unit_prices"]
