"""Every address of the house: the front doors here, each room's under its own name."""

import importlib.util

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from anju.front.api import api, docs
from anju.front.pages import (
    cockpit,
    draws,
    exports,
    files,
    help,
    home,
    loads,
    notes,
    papers,
    portal,
    portal_texts,
    search,
    wordings,
)
from anju.needs.pages import open as needs_open
from anju.web import errors

# Rooms with pages, in the plan's order.
ROOMS = [room for room in settings.ROOMS if room not in ("base", "web", "front")]

doors: list[URLPattern | URLResolver] = [
    path("", home.front_door, name="home"),
    path("waiting/", home.waiting, name="waiting"),
    path("waiting/done/", home.done, name="done"),
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("search/", search.search, name="search"),
    path("files/<uuid:evidence_id>/", files.file, name="file"),
    path("loads/", loads.index, name="loads"),
    path("loads/bring/<str:name>/", loads.bring, name="bring"),
    path("loads/template/<str:name>/", loads.template, name="template"),
    path("loads/export/<str:name>/", loads.export, name="export"),
    path("loads/<uuid:load_id>/", loads.load, name="load"),
    path("loads/<uuid:load_id>/job/", loads.job, name="job"),
    path("loads/<uuid:load_id>/rows/", loads.rows, name="load_rows"),
    path("loads/<uuid:load_id>/roll-back/", loads.roll_back, name="roll_back"),
    path("loads/<uuid:load_id>/back/", loads.back, name="back"),
    path("loads/<uuid:load_id>/accept/", loads.accept, name="accept"),
    path("loads/<uuid:load_id>/reject/", loads.reject, name="reject"),
    path("loads/<uuid:load_id>/resume/", loads.resume, name="resume"),
    path("exports/", exports.index, name="exports"),
    path("exports/<uuid:export_id>/", exports.file, name="export_file"),
    path("notes/<str:kind>/<uuid:key>/", notes.note, name="note"),
    path("wordings/", wordings.index, name="wordings"),
    path("wordings/<str:code>/", wordings.kind, name="wording"),
    path("wordings/<str:code>/draft/", wordings.draft, name="draft_wording"),
    path("wordings/versions/<uuid:key>/release/", wordings.release, name="release_wording"),
    path("wordings/versions/<uuid:key>/withdraw/", wordings.withdraw, name="withdraw_wording"),
    path("help/", help.index, name="help_index"),
    path("help/journeys/<str:post>/", help.journey, name="journey"),
    path("help/<str:room>/<str:name>/", help.entry, name="help"),
    path("papers/", papers.index, name="papers"),
    path("papers/<uuid:paper_id>/", papers.paper, name="paper"),
    path("papers/<uuid:paper_id>/print/", papers.print_, name="print_paper"),
    path("papers/<uuid:paper_id>/sign/", papers.sign, name="sign"),
    path("portal/", portal.home, name="portal"),
    path("portal/news/", portal.news, name="news"),
    path("portal/news/<str:kind>/<str:region>/<str:slug>/", portal.announcement, name="announcement"),
    path("portal/homes/<str:region>/<str:slug>/<str:label>/", portal.home_page, name="home_of"),
    path("portal/draws/", draws.draws, name="draws"),
    path("portal/draws/verify_draw.py", draws.script, name="draw_script"),
    path("portal/draws/<str:region>/<str:slug>/", draws.draw, name="draw"),
    path("portal/draws/<str:region>/<str:slug>/transcript.json", draws.transcript, name="transcript"),
    path("portal/check/", papers.check, name="check"),
    path("portal/verify/", needs_open.verify, name="verify"),
    path("portal/verify/<str:code>/", needs_open.verify, name="verify_letter"),
    path("portal/how/", portal_texts.how, name="how"),
    path("portal/guides/<str:slug>/", portal_texts.guide, name="guide"),
    path("portal-texts/", portal_texts.index, name="portal_texts"),
    path("portal-texts/new/", portal_texts.draft, name="draft_text"),
    path("portal-texts/<uuid:key>/", portal_texts.thing, name="portal_text"),
    path("portal-texts/<uuid:key>/edit/", portal_texts.edit, name="edit_text"),
    path("portal-texts/<uuid:key>/release/", portal_texts.release, name="release_text"),
    path("portal-texts/<uuid:key>/down/", portal_texts.down, name="take_text_down"),
]


def rooms() -> list[URLPattern | URLResolver]:
    """``/<room>/`` for every room that has pages."""
    return [path(f"{r}/", include(f"anju.{r}.urls")) for r in ROOMS if importlib.util.find_spec(f"anju.{r}.urls")]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((doors, "front"))),
    path("api/", docs, name="api-docs"),
    path("api/docs", docs),
    path("api/", api.urls),
    *rooms(),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
