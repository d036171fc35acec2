"""Addresses of the waiting list: staff, then families under my/, then one page for anybody."""

from django.urls import path

from anju.needs.pages import case, cases, demand, family, intake

app_name = "needs"
urlpatterns = [
    path("", cases.index, name="list"),
    path("queue/", cases.queue, name="queue"),
    path("findings/", cases.findings, name="findings"),
    path("find/", cases.find, name="find"),
    path("new/", intake.new, name="new"),
    path("back-enter/", intake.back_enter, name="back_enter"),
    path("publicity/", demand.publicities, name="publicities"),
    path("publicity/<uuid:key>/", demand.publicity, name="publicity"),
    path("publicity/<uuid:key>/end/", demand.end_publicity, name="end_publicity"),
    path("demand/", demand.snapshots, name="snapshots"),
    path("demand/take/", demand.take_snapshot, name="take_snapshot"),
    path("demand/<uuid:key>/", demand.snapshot, name="snapshot"),
    path("surveys/", demand.surveys, name="surveys"),
    path("surveys/weigh/<str:survey>/", demand.weigh, name="weigh"),
    path("my/", family.mine, name="mine"),
    path("my/find/", family.find, name="find_mine"),
    path("my/apply/", family.apply, name="apply"),
    path("my/apply/<int:step>/", family.step, name="step"),
    path("my/apply/confirm/", family.confirm, name="confirm"),
    path("my/<uuid:key>/supplement/", family.supplement, name="my_supplement"),
    path("my/<uuid:key>/withdraw/", family.withdraw, name="my_withdraw"),
    path("my/<uuid:key>/undo/", family.undo, name="my_undo"),
    path("may-i-apply/", family.may_i_apply, name="may_i"),
    path("<uuid:key>/", case.thing, name="thing"),
    path("<uuid:key>/first/", case.first, name="first"),
    path("<uuid:key>/second/", case.second, name="second"),
    path("<uuid:key>/supplement/", case.supplement, name="supplement"),
    path("<uuid:key>/correct/", case.correct, name="correct"),
    path("<uuid:key>/withdraw/", case.withdraw, name="withdraw"),
    path("<uuid:key>/undo/", case.undo, name="undo"),
    path("<uuid:key>/reveal/", case.reveal, name="reveal"),
    path("<uuid:key>/members/<uuid:member_id>/", case.member, name="member"),
    path("<uuid:key>/findings/<uuid:finding_id>/", case.settle, name="settle"),
]
