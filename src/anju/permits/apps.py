from django.apps import AppConfig


class PermitsConfig(AppConfig):
    name = "anju.permits"
    label = "permits"

    def ready(self) -> None:
        from anju.permits import acts, exports  # noqa: F401  they register themselves
