"""Error pages in words: what was not done, why, what to do. They run no query, since the transaction may be broken. Never a traceback."""

import logging
import sys
import uuid
from typing import Any

from django.db import DataError, ProgrammingError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

log = logging.getLogger("anju.web")
NOT_ALLOWED = "42501"  # insufficient_privilege


def _answer(
    request: HttpRequest, status: int, heading: str, what: str, following: str = "", number: str = ""
) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"sentence": what, "next": following, "number": number}, status=status)
    return render(
        request,
        "web/error.html",
        {"heading": heading, "what": what, "next": following, "number": number},
        status=status,
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _answer(
        request,
        400,
        "请求不对",
        "没有办理：页面发来的内容不完整或超出了限度。",
        "请返回上一页刷新后再试；文件请不超过 50 MB。",
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403; the sentence of the page that refused."""
    said = str(exception) if exception and str(exception) else "当前岗位不能查看此页或办理此事。"
    return _answer(request, 403, "没有权限", said, "如确需办理，请在右上角换岗位，或请安全管理员授权。")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: also for what exists but belongs to another region, so that nothing is given away."""
    return _answer(request, 404, "没有这一页", "没有找到这一页，或它不在您的管辖范围内。", "请核对地址，或从首页查找。")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours, with a number that the log holds too; a value that no column can hold (a NUL, a number
    too long) is 400; what the database does not show to this role is 403, even where a page forgot to ask."""
    error = sys.exc_info()[1]
    if isinstance(error, DataError):
        return bad_request(request)
    if isinstance(error, ProgrammingError) and getattr(error.__cause__, "sqlstate", "") == NOT_ALLOWED:
        log.error("the database refused a page that had let the post in, path %s", request.path)
        return permission_denied(request)
    number = f"E-{uuid.uuid4().hex[:10].upper()}"
    log.error("request failed, number %s, path %s", number, request.path)
    return _answer(
        request,
        500,
        "没有办成",
        "没有办理：程序出错，什么都没有改动。",
        "请稍后再试一次；还不行，请把下面的编号告诉系统管理员。",
        number,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old."""
    return _answer(
        request,
        403,
        "页面已过期",
        "没有提交：这个页面打开太久，或是浏览器不允许保存登录状态。",
        "请返回上一页刷新后重新提交；您可以先复制已填的内容。",
    )


def handlers() -> dict[str, Any]:
    """For ``urls.py``: handler400 … handler500."""
    return {
        "handler400": bad_request,
        "handler403": permission_denied,
        "handler404": page_not_found,
        "handler500": server_error,
    }
