from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "anju.web"
    label = "web"

    def ready(self) -> None:
        from anju.web import lookups  # noqa: F401
