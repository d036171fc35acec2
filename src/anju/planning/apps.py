from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "anju.planning"
    label = "planning"

    def ready(self) -> None:
        from anju.planning import acts, exports  # noqa: F401  they register themselves
