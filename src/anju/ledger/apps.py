from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "anju.ledger"
    label = "ledger"

    def ready(self) -> None:
        from anju.ledger import acts, exports  # noqa: F401  they register themselves
