"""The OpenAPI of the house: the reads and acts that imports use, behind the same posts, powers and refusals as the pages."""

import importlib
import importlib.util
from typing import Any

from django.conf import settings
from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError
from ninja.security import APIKeyCookie

from anju.base.acts import InvalidInput, Refused
from anju.front import api_loads
from anju.parties.access import page
from anju.parties.middleware import refused_response


class SignedIn(APIKeyCookie):
    """The session of somebody signed in, in one of its posts; what writes needs the CSRF token too."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The actor, or None."""
        return request.anju  # type: ignore[attr-defined]


class Sentence(Schema):
    """What every refusal answers: one sentence, the clause, the verdicts."""

    sentence: str
    clause: str = ""
    verdicts: list[dict[str, Any]] = []


api = NinjaAPI(
    title="安居", version="1",
    description="绥化市保障性住房收购：导入所用的查询与办理。办理经岗位权限校验并留痕；不予办理时答 422，附结论与条款。",
    auth=SignedIn(csrf=True), docs_url=None, openapi_url="openapi.json", urls_namespace="api",
)  # fmt: skip


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """The refusal as JSON; the request's transaction stays, and with it the refusal row."""
    return refused_response(request, error)


@api.exception_handler(ValidationError)
def misformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What is not of the interface's form, field by field, as one sentence; ``detail`` keeps what the reader of JSON found."""
    fields = "、".join(dict.fromkeys(str(one["loc"][-1]) for one in error.errors))
    said = f"没有办理：「{fields}」缺失或格式不对（整数不带引号，日期写作 2026-03-02）；请对照接口说明 /api/docs 更正后重发"
    return JsonResponse({"sentence": said, "clause": "", "verdicts": [], "detail": error.errors}, status=422)


@api.exception_handler(DataError)
def unstorable(request: HttpRequest, error: DataError) -> HttpResponse:
    """A value that no column can hold: a NUL, a number too long."""
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    return refused_response(
        request, InvalidInput("没有办理：有的值含看不见的空字符或超出范围；请更正后重发", field="value")
    )


class Me(Schema):
    """Who is signed in."""

    account: str
    post: str
    region: str
    powers: list[str]
    synthetic: bool


@api.get("me", response=Me, summary="当前账号、岗位与权限", tags=["front"])
def me(request: HttpRequest) -> dict[str, Any]:
    """Who this session is."""
    actor = request.anju  # type: ignore[attr-defined]
    return {
        "account": actor.account.username, "post": actor.post, "region": actor.region, "powers": sorted(actor.powers),
        "synthetic": actor.synthetic,
    }  # fmt: skip


def mount() -> None:
    """Every room's router under its own name, and the files that go in."""
    api.add_router("/loads", api_loads.router, tags=["loads"])
    for room in settings.ROOMS:
        if room not in ("base", "web", "front") and importlib.util.find_spec(f"anju.{room}.api"):
            api.add_router(f"/{room}", importlib.import_module(f"anju.{room}.api").router, tags=[room])


mount()


@page(power="front.desk")
def docs(request: HttpRequest) -> HttpResponse:
    """The operations as a plain page: no script from elsewhere, so it stands under the CSP."""
    schema = api.get_openapi_schema()
    return render(request, "front/api.html", {"operations": operations(schema), "title": schema["info"]["title"]})


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Each operation with its parameters and the fields of its body."""
    found = []
    for path, methods in schema["paths"].items():
        for method, said in methods.items():
            found.append({
                "method": method.upper(), "path": path, "summary": said.get("summary", ""), "description": said.get("description", ""),
                "tag": (said.get("tags") or [""])[0], "fields": [*_parameters(said), *_body(said, schema)],
            })  # fmt: skip
    return found


def _parameters(said: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(p["name"], _kind(p.get("schema", {})), bool(p.get("required"))) for p in said.get("parameters", [])]


def _body(said: dict[str, Any], schema: dict[str, Any]) -> list[tuple[str, str, bool]]:
    content: dict[str, Any] = said.get("requestBody", {}).get("content", {})
    shape: dict[str, Any] = next(iter(content.values()), {"schema": {}})["schema"]
    if "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[-1]]
    needed = shape.get("required", [])
    return [(name, _kind(one), name in needed) for name, one in shape.get("properties", {}).items()]


def _kind(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return shape["$ref"].rsplit("/", 1)[-1]
    if "anyOf" in shape:
        return " | ".join(_kind(one) for one in shape["anyOf"])
    kind = shape.get("format") or shape.get("type", "")
    return f"{kind}[{_kind(shape['items'])}]" if kind == "array" and "items" in shape else kind
