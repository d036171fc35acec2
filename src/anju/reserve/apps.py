from django.apps import AppConfig


class ReserveConfig(AppConfig):
    name = "anju.reserve"
    label = "reserve"

    def ready(self) -> None:
        from anju.reserve import acts, exports, imports  # noqa: F401  they register themselves
