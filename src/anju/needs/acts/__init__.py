"""Everything that changes something in this room, one function per business act."""

from .apply import (
    Brought,
    discard_draft,
    find_my_applications,
    save_draft,
    submit_application,
    take_applications,
)
from .back_entry import back_enter, settle_finding
from .change import (
    correct_application,
    correct_member,
    mark_housed,
    read_personal,
    supplement,
    undo_withdrawal,
    withdraw,
)
from .publicity import end_publicity, publish_applications
from .review import bulk_first_review, bulk_second_review, first_review, second_review
from .snapshot import take_snapshot
from .steps import clash_sentence, may_move
from .survey import AnswerInput, take_answers, weigh_survey

__all__ = [
    "AnswerInput",
    "Brought",
    "back_enter",
    "bulk_first_review",
    "bulk_second_review",
    "clash_sentence",
    "correct_application",
    "correct_member",
    "discard_draft",
    "end_publicity",
    "find_my_applications",
    "first_review",
    "mark_housed",
    "may_move",
    "publish_applications",
    "read_personal",
    "save_draft",
    "second_review",
    "settle_finding",
    "submit_application",
    "supplement",
    "take_answers",
    "take_applications",
    "take_snapshot",
    "undo_withdrawal",
    "weigh_survey",
    "withdraw",
]
