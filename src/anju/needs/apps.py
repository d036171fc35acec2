from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "anju.needs"
    label = "needs"

    def ready(self) -> None:
        from anju.needs import acts, bridges, call_sheet, edits, exports, figure_sheet, imports, wordings  # noqa: F401 (each registers itself)
