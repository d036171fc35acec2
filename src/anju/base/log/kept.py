"""What a folder of the published log holds: the keys it is signed by, and its last checkpoint."""

from pathlib import Path

from django.conf import settings

from anju.base.log import note

CHECKPOINT, VKEY = "checkpoint", "vkey"


def published_folder() -> Path:
    """Where this installation publishes its log."""
    return Path(settings.OUT) / "log"


def known_keys(folder: Path) -> list[note.Verifier]:
    """The public keys that the folder names, the oldest first: a rotated key signs on beside what the old one signed."""
    path = folder / VKEY
    return note.parse_verifiers(path.read_text(encoding="utf-8")) if path.exists() else []


def last_published(folder: Path, known: list[note.Verifier]) -> note.Checkpoint | None:
    """The checkpoint in the folder, None where nothing was published yet. Raises BadNote where its signature fails."""
    path = folder / CHECKPOINT
    return note.open_checkpoint(path.read_text(encoding="utf-8"), known) if path.exists() else None
