from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "anju.parties"
    label = "parties"

    def ready(self) -> None:
        from anju.parties import acts  # noqa: F401  (fills the register of acts)
