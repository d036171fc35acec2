"""Files that a page hands out."""

from urllib.parse import quote

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


PDF = "application/pdf"


def to_print(data: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows, to print; not kept by it."""
    response = HttpResponse(data, content_type=PDF)
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def download(data: bytes, name: str, media: str) -> HttpResponse:
    """A file to keep, under its Chinese name."""
    response = HttpResponse(data, content_type=media)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
