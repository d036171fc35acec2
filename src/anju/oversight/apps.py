from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "anju.oversight"
    label = "oversight"

    def ready(self) -> None:
        from anju.oversight import acts  # noqa: F401  they register themselves
