"""Pages: each names the power it needs; ``tests/front/test_routes.py`` walks every route as every post."""

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from anju.base.acts import Forbidden

View = Callable[..., HttpResponse]


def page(*, power: str) -> Callable[[View], View]:
    """A staff or party page: sign-in first, then the power. A post without it gets a 403 in words."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = request.anju  # type: ignore[attr-defined]
            if actor is None:
                return redirect(f"{reverse('parties:signin')}?{urlencode({'next': request.get_full_path()})}")
            if power not in actor.powers:
                raise PermissionDenied(
                    f"岗位「{actor.post_title}」不能查看此页；需要的权限：{power}。请换岗位，或请安全管理员授权。"
                )
            return view(request, *args, **kwargs)

        run.power = power  # type: ignore[attr-defined]
        return run

    return wrap


def need(request: HttpRequest, power: str) -> None:
    """For the API: the actor's post holds the power. Raises Forbidden."""
    actor = request.anju  # type: ignore[attr-defined]
    if actor is None or power not in actor.powers:
        raise Forbidden(f"当前岗位没有这项权限（{power}），没有答复；请换岗位，或请安全管理员授权")


def public(view: View) -> View:
    """A page of the public portal: runs under the public database role, which reads publications only."""
    view.power = "public"  # type: ignore[attr-defined]
    return view


def outside_scope(view: View) -> View:
    """Sign-in pages: no post yet, so no placed row can be read; they write sessions and sign-in codes only."""
    view.power = "sign-in"  # type: ignore[attr-defined]
    view.outside_scope = True  # type: ignore[attr-defined]
    return view
