"""What the portal's own process answers: the public's pages and the families'; every other address is not there."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, include, path

from anju.front import urls
from anju.needs.pages import ask as needs_ask
from anju.needs.pages import open as needs_open
from anju.parties.pages import signin
from anju.parties.posts import FAMILY, read_powers
from anju.web import errors

# Of the pages before sign-in, those by which a family comes and goes, and by which anybody complains or answers.
DOORS = (signin.phone, signin.code, signin.sign_out, needs_open.complain, needs_ask.ask)


def _kept(view: Any) -> bool:
    power = getattr(view, "power", None)
    if power == "sign-in":
        return view in DOORS
    return power == "public" or FAMILY in read_powers().get(str(power), ())


def _patterns(found: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern | URLResolver]:
    for one in found:
        if isinstance(one, URLPattern):
            if _kept(one.callback):
                yield one
        elif one.app_name in urls.ROOMS or one.app_name == "front":
            inner = list(_patterns(one.url_patterns))
            yield path(str(one.pattern), include((inner, one.app_name)))


urlpatterns = list(_patterns(urls.urlpatterns))

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
