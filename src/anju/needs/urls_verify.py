"""Addresses of departments' checks, papers that may follow, look-alikes, the national file and employers' entries."""

from django.urls import path

from anju.needs.pages import verification

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
    path("<uuid:key>/check/", verification.ask, name="ask_check"),
    path("<uuid:key>/defer/", verification.defer, name="defer"),
    path("<uuid:key>/alike/<uuid:member_id>/<uuid:other_id>/", verification.decide_likeness, name="decide_likeness"),
]
