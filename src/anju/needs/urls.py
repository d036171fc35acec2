"""Addresses of the waiting list: staff, then families under my/, then one page for anybody."""

from django.urls import path

from anju.needs.pages import analysis, ask, callback, case, cases, demand, intake, people, snapshots, surveys
from anju.needs.urls_family import urlpatterns as families
from anju.needs.urls_life import urlpatterns as life
from anju.needs.urls_privacy import urlpatterns as privacy
from anju.needs.urls_verify import urlpatterns as verification

app_name = "needs"
urlpatterns = [
    path("", cases.index, name="list"),
    *families,
    *life,
    *verification,
    *privacy,
    path("queue/", cases.queue, name="queue"),
    path("findings/", cases.findings, name="findings"),
    path("find/", cases.find, name="find"),
    path("new/", intake.new, name="new"),
    path("back-enter/", intake.back_enter, name="back_enter"),
    path("publicity/", demand.publicities, name="publicities"),
    path("publicity/<uuid:key>/", demand.publicity, name="publicity"),
    path("publicity/<uuid:key>/end/", demand.end_publicity, name="end_publicity"),
    path("analysis/", analysis.analysis, name="analysis"),
    path("demand/", snapshots.index, name="snapshots"),
    path("demand/take/", snapshots.take, name="take_snapshot"),
    path("demand/<uuid:key>/", snapshots.snapshot, name="snapshot"),
    path("demand/<uuid:key>/rows/", snapshots.rows, name="snapshot_rows"),
    path("demand/<uuid:key>/check/", snapshots.check, name="check_snapshot"),
    path("demand/<uuid:key>/report/", snapshots.issue_report, name="issue_report"),
    path("demand/<uuid:key>/with/<uuid:other>/", snapshots.compare, name="compare"),
    path("callback/", callback.index, name="campaigns"),
    path("callback/new/", callback.open_, name="open_campaign"),
    path("callback/<uuid:key>/", callback.campaign, name="campaign"),
    path("callback/<uuid:key>/calls/", callback.calls, name="calls"),
    path("callback/<uuid:key>/calls/<uuid:call_id>/", callback.call, name="call"),
    path("callback/<uuid:key>/list/", callback.call_list, name="call_list"),
    path("callback/<uuid:key>/close/", callback.close, name="close_campaign"),
    path("people/", people.people, name="people"),
    path("surveys/", surveys.index, name="surveys"),
    path("surveys/new/", surveys.draft, name="draft_survey"),
    path("surveys/of/<str:survey>/", surveys.result, name="survey_result"),
    path("surveys/weigh/<str:survey>/", surveys.weigh, name="weigh"),
    path("surveys/<uuid:key>/", surveys.survey, name="survey"),
    path("surveys/<uuid:key>/qr.svg", surveys.qr, name="survey_qr"),
    path("surveys/<uuid:key>/revise/", surveys.revise, name="revise_survey"),
    path("surveys/<uuid:key>/publish/", surveys.publish, name="publish_survey"),
    path("surveys/<uuid:key>/close/", surveys.close, name="close_survey"),
    path("ask/<str:region>/<str:code>/", ask.ask, name="ask"),
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
