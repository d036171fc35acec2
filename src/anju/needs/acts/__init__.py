"""Everything that changes something in this room, one function per business act."""

from .apply import Brought, discard_draft, find_my_applications, save_draft, submit_application, take_applications
from .back_entry import back_enter, settle_finding
from .bans import decide_ban, hear_ban, propose_ban
from .change import (
    buy_as_tenant,
    correct_application,
    correct_member,
    mark_housed,
    read_personal,
    supplement,
    undo_withdrawal,
    withdraw,
)
from .desks import assign_cases, take_cases
from .events import NewHousehold, join_households, record_death, record_divorce, split_household
from .memberneeds import confirm_need, record_need
from .objections import decide_objection, raise_objection
from .places import recalculate_place, reorder_list
from .publicity import end_publicity, publish_applications
from .reconsider import ask_reconsideration, decide_reconsideration
from .review import bulk_city_review, bulk_first_review, bulk_second_review, city_review, first_review, second_review
from .snapshot import take_snapshot
from .standing import (
    finish_recheck,
    keep_rechecked,
    lapse_application,
    open_rechecks,
    resume_application,
    suspend_application,
)
from .steps import clash_sentence, may_move
from .survey import (
    AnswerInput,
    Given,
    answer_survey,
    close_survey,
    draft_survey,
    publish_survey,
    revise_survey,
    take_answers,
    weigh_survey,
)

__all__ = [
    "AnswerInput",
    "Brought",
    "Given",
    "NewHousehold",
    "answer_survey",
    "ask_reconsideration",
    "assign_cases",
    "back_enter",
    "bulk_city_review",
    "bulk_first_review",
    "bulk_second_review",
    "buy_as_tenant",
    "city_review",
    "clash_sentence",
    "close_survey",
    "confirm_need",
    "correct_application",
    "correct_member",
    "decide_ban",
    "decide_objection",
    "decide_reconsideration",
    "discard_draft",
    "draft_survey",
    "end_publicity",
    "find_my_applications",
    "finish_recheck",
    "first_review",
    "hear_ban",
    "join_households",
    "keep_rechecked",
    "lapse_application",
    "mark_housed",
    "may_move",
    "open_rechecks",
    "propose_ban",
    "publish_applications",
    "publish_survey",
    "raise_objection",
    "read_personal",
    "recalculate_place",
    "record_death",
    "record_divorce",
    "record_need",
    "reorder_list",
    "resume_application",
    "revise_survey",
    "save_draft",
    "second_review",
    "settle_finding",
    "split_household",
    "submit_application",
    "supplement",
    "suspend_application",
    "take_answers",
    "take_applications",
    "take_cases",
    "take_snapshot",
    "undo_withdrawal",
    "weigh_survey",
    "withdraw",
]
