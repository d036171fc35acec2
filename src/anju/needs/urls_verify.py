"""Addresses of departments' checks, papers that may follow, look-alikes, the national file and employers' entries."""

from django.urls import path

from anju.needs.pages import employers, national, verification

urlpatterns = [
    path("verify/", verification.index, name="checks"),
    path("verify/ask/", verification.ask_waiting, name="ask_waiting"),
    path("verify/send/", verification.send_batch, name="send_batch"),
    path("verify/<uuid:key>/", verification.check, name="check"),
    path("verify/<uuid:key>/result/", verification.enter_result, name="enter_result"),
    path("verify/<uuid:key>/decide/", verification.decide_difference, name="decide_difference"),
    path("deferrals/", verification.deferral_list, name="deferrals"),
    path("deferrals/<uuid:key>/", verification.deferral, name="deferral"),
    path("deferrals/<uuid:key>/good/", verification.make_good, name="make_good"),
    path("deferrals/<uuid:key>/return/", verification.return_overdue, name="return_overdue"),
    path("national/", national.index, name="national"),
    path("national/bring/", national.bring, name="bring_national"),
    path("national/export/", national.export, name="export_national"),
    path("national/mapping/", national.mappings, name="mappings"),
    path("national/mapping/new/", national.propose, name="propose_mapping"),
    path("national/mapping/<uuid:key>/", national.mapping, name="mapping"),
    path("national/mapping/<uuid:key>/confirm/", national.confirm, name="confirm_mapping"),
    path("national/<uuid:key>/", national.report, name="national_file"),
    path("national/<uuid:key>/take/", national.take_only_there, name="take_only_there"),
    path("employers/", employers.index, name="entries"),
    path("employers/<uuid:key>/", employers.entry, name="entry"),
    path("employers/<uuid:key>/accept/", employers.accept, name="accept_entry"),
    path("employers/<uuid:key>/refuse/", employers.refuse, name="refuse_entry"),
    path("my/employer/", employers.mine, name="my_entries"),
    path("my/employer/<uuid:key>/agree/", employers.agree, name="agree_entry"),
    path("my/employer/<uuid:key>/disagree/", employers.disagree, name="disagree_entry"),
    path("<uuid:key>/check/", verification.ask, name="ask_check"),
    path("<uuid:key>/defer/", verification.defer, name="defer"),
    path("<uuid:key>/alike/<uuid:member_id>/<uuid:other_id>/", verification.decide_likeness, name="decide_likeness"),
]
