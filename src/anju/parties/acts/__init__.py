"""The acts of this room: people and their posts, resolutions and parameters, admission of acquirers, what set-up
lays."""

from .admissions import answer_check, decide_admission, lapse_admission, propose_admission
from .decisions import adopt_resolution, confirm_setting, propose_resolution, propose_setting, withdraw_setting
from .installation import (
    found_installation,
    import_census,
    import_regions,
    load_powers,
    load_rates,
    move_clock,
    publish_calendar,
)
from .organisations import open_organisation, rename_organisation
from .people import (
    appoint,
    change_password,
    close_account,
    end_appointment,
    open_account,
    open_family,
    reset_password,
)
from .work import assign_tickets, confirm_cover, end_cover, hand_over_work, propose_cover

__all__ = [
    "adopt_resolution", "answer_check", "appoint", "assign_tickets", "change_password", "close_account", "confirm_cover",
    "confirm_setting",
    "decide_admission",
    "end_appointment", "end_cover", "found_installation", "hand_over_work", "import_census", "import_regions",
    "lapse_admission", "load_powers", "load_rates",
    "move_clock", "open_account", "open_family", "open_organisation", "propose_admission", "propose_cover", "propose_resolution",
    "propose_setting", "publish_calendar", "rename_organisation", "reset_password", "withdraw_setting",
]  # fmt: skip
