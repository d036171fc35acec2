"""What changes prices, each as a person would say it."""

from .ceilings import confirm_ceiling, propose_ceiling
from .inputs import answer_data, commission_appraisal, enter_appraisal, enter_cost_sheet, request_data
from .prices import set_price_list, set_unit_prices

__all__ = [
    "answer_data", "commission_appraisal", "confirm_ceiling", "enter_appraisal", "enter_cost_sheet", "propose_ceiling",
    "request_data", "set_price_list", "set_unit_prices",
]  # fmt: skip
