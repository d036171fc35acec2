"""The tone of a state: green is done or lawful, amber waits, red is refused, violet a person decides, blue is under way."""

from collections.abc import Mapping

TONES: dict[str, str] = {
    **dict.fromkeys(
        ["passed", "pass", "qualified", "housed", "reserved", "signed", "paid", "completed", "purchased", "delivered", "sold", "let",
            "taken",
         "contracted", "admitted", "accepted", "done", "matched", "closed", "fulfilled", "locked", "sent", "confirmed"], "ok"),
    **dict.fromkeys(["refused", "fail", "failed", "rejected", "rescinded", "over"], "bad"),
    **dict.fromkeys(["supplement", "near", "held", "chosen", "requested", "waiting", "queued", "checked", "suspended"], "near"),
    **dict.fromkeys(["waivable", "special"], "waive"),
    **dict.fromkeys(["withdrawn", "dropped", "lapsed", "refunded", "unknown", "merged", "vacated"], "unk"),
}  # fmt: skip


def tone_of(state: object, own: Mapping[str, str] | None = None) -> str:
    """The tone of a state's code; a column's own tones come first, an unlisted state is under way."""
    code = {True: "pass", False: "fail"}.get(state, str(state)) if isinstance(state, bool) else str(state)
    return (own or {}).get(code) or TONES.get(code, "info")
