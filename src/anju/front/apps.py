from django.apps import AppConfig


class FrontConfig(AppConfig):
    name = "anju.front"
    label = "front"

    def ready(self) -> None:
        from anju.front import acts, exporting  # noqa: F401
