"""Do no harm: an answer that was sound as it came is not made unsound."""

from midfill.core.completion import Completion
from midfill.core.shape.brackets import balance
from midfill.core.shape.spot import Spot


def healthy(shown: Completion, spot: Spot) -> bool:
    """Whether `shown` leaves the file no worse than it is; text whose brackets and blocks are whole passes unread."""
    if not shown.text or _whole(shown.text, spot):
        return True
    return spot.errors(shown) <= spot.errors(Completion())


def guarded(shown: Completion, text: str, spot: Spot) -> Completion:
    """Return `shown`, or the whole `text` that it was taken from if only that leaves the file sound."""
    whole = text.rstrip()
    if not whole or not shown.text or shown.text == whole or spot.inline or _whole(shown.text, spot):
        return shown
    errors = spot.errors(shown)
    if errors == 0 or errors <= spot.errors(Completion(whole)):
        return shown
    return Completion(whole)


def _whole(text: str, spot: Spot) -> bool:
    """Whether `text` closes what it opens, and ends behind a statement."""
    found = balance(text, spot)
    if found.extra or found.open or found.torn:
        return False
    return not spot.opens(text.rpartition("\n")[2]) or spot.language.prose
