"""Addresses of oversight."""

from django.urls import path

from anju.oversight import pages

app_name = "oversight"

urlpatterns = [
    path("", pages.index, name="list"),
    path("log/", pages.log, name="log"),
    path("log/<uuid:act_id>/", pages.entry, name="thing"),
    path("log/<int:seq>.tlog-proof", pages.proof, name="proof"),
    path("verify/", pages.verify, name="verify"),
    path("refusals/", pages.refusals, name="refusals"),
    path("assessments/", pages.assessments, name="assessments"),
    path("assessments/new/", pages.assess, name="assess"),
    path("assessments/<uuid:assessment_id>/", pages.assessment, name="assessment"),
    path("assessments/<uuid:assessment_id>/confirm/", pages.confirm, name="confirm"),
    path("dossiers/", pages.dossiers, name="dossiers"),
    path("dossiers/<uuid:project_id>/", pages.dossier, name="dossier"),
]
