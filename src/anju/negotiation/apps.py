from django.apps import AppConfig


class NegotiationConfig(AppConfig):
    name = "anju.negotiation"
    label = "negotiation"

    def ready(self) -> None:
        """Register the acts, and the offers that pricing's three-line sheet shows."""
        from anju.negotiation import acts, reads  # noqa: F401
        from anju.pricing.reads import register_offers

        register_offers(reads.told_offers)
