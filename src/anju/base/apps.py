from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "anju.base"
    label = "base"

    def ready(self) -> None:
        from anju.base.listing import acts, upkeep  # noqa: F401
        from anju.base.notes import acts as notes  # noqa: F401
        from anju.base.notices import acts as notices  # noqa: F401
        from anju.base.secrets import reseal  # noqa: F401
        from anju.base.sheets import undo  # noqa: F401
        from anju.base.wordings import acts as wordings  # noqa: F401
