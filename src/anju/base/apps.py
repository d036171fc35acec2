from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "anju.base"
    label = "base"

    def ready(self) -> None:
        from anju.base.listing import acts, upkeep  # noqa: F401
