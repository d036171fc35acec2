from django.apps import AppConfig


class HomesConfig(AppConfig):
    name = "anju.homes"
    label = "homes"

    def ready(self) -> None:
        from anju.homes import acts, exports, imports, wordings  # noqa: F401  they register themselves
