"""Everything that changes something in this room, one function per business act."""

from .apply import (
    Brought,
    check_number,
    discard_draft,
    find_my_applications,
    save_draft,
    submit_application,
    take_applications,
)
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
    vacate_tenancy,
    withdraw,
)
from .comes_with import attach_papers, change_wishes
from .complaints import answer_complaint, file_complaint, name_complained, pass_complaint_up, read_contact
from .desks import assign_cases, take_cases
from .events import NewHousehold, join_households, record_death, record_divorce, split_household
from .letters import issue_letter, withdraw_letter, withdraw_letters_due
from .memberneeds import confirm_need, record_need
from .objections import decide_objection, raise_objection
from .opinions import agree_opinions, ask_opinions, give_opinion
from .places import recalculate_place, reorder_list
from .privacy import ask_erasure, clear_kept, copy_my_data, drop_old, end_erasure, erase_case, erase_due
from .proxies import bind_phone, end_proxies_due, end_proxy, grant_proxy
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
from .visits import assign_town, confirm_made_for, end_town, record_visit, revoke_made_for

__all__ = [
    "AnswerInput",
    "Brought",
    "Given",
    "NewHousehold",
    "agree_opinions",
    "answer_complaint",
    "answer_survey",
    "ask_erasure",
    "ask_opinions",
    "ask_reconsideration",
    "assign_cases",
    "assign_town",
    "attach_papers",
    "back_enter",
    "bind_phone",
    "bulk_city_review",
    "bulk_first_review",
    "bulk_second_review",
    "buy_as_tenant",
    "change_wishes",
    "check_number",
    "city_review",
    "clash_sentence",
    "clear_kept",
    "close_survey",
    "confirm_made_for",
    "confirm_need",
    "copy_my_data",
    "correct_application",
    "correct_member",
    "decide_ban",
    "decide_objection",
    "decide_reconsideration",
    "discard_draft",
    "draft_survey",
    "drop_old",
    "end_erasure",
    "end_proxies_due",
    "end_proxy",
    "end_publicity",
    "end_town",
    "erase_case",
    "erase_due",
    "file_complaint",
    "find_my_applications",
    "finish_recheck",
    "first_review",
    "give_opinion",
    "grant_proxy",
    "hear_ban",
    "issue_letter",
    "join_households",
    "keep_rechecked",
    "lapse_application",
    "mark_housed",
    "may_move",
    "name_complained",
    "open_rechecks",
    "pass_complaint_up",
    "propose_ban",
    "publish_applications",
    "publish_survey",
    "raise_objection",
    "read_contact",
    "read_personal",
    "recalculate_place",
    "record_death",
    "record_divorce",
    "record_need",
    "record_visit",
    "reorder_list",
    "resume_application",
    "revise_survey",
    "revoke_made_for",
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
    "vacate_tenancy",
    "weigh_survey",
    "withdraw",
    "withdraw_letter",
    "withdraw_letters_due",
]
