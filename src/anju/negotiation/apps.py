from django.apps import AppConfig


class NegotiationConfig(AppConfig):
    name = "anju.negotiation"
    label = "negotiation"

    def ready(self) -> None:
        """Register the acts, the offers that pricing's three-line sheet shows, and whose a project is."""
        from anju.negotiation import acts, reads, wordings  # noqa: F401
        from anju.parties.acts.acquirers import register_fixed_acquirer
        from anju.pricing.reads import register_offers

        register_offers(reads.told_offers)
        register_fixed_acquirer(reads.fixed_acquirer)
