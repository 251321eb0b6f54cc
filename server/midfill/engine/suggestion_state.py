"""The states of a suggestion, and the table of their transitions."""

from enum import StrEnum


class SuggestionState(StrEnum):
    """The state of a suggestion."""

    REQUESTED = "requested"
    """Nothing is shown yet."""
    STREAMING = "streaming"
    """A part is shown, and more text may follow."""
    SHOWN = "shown"
    TYPED_THROUGH = "typed through"
    """The user has typed its start; the rest is shown."""
    PARTLY_ACCEPTED = "partly accepted"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    EXPIRED = "expired"
    """The user has typed other text, or has moved the cursor."""


class SuggestionEvent(StrEnum):
    """An event that changes the state of a suggestion."""

    PART = "a part arrives"
    WHOLE = "the whole arrives"
    TYPE = "its start is typed"
    ACCEPT_PART = "a part is accepted"
    ACCEPT = "the whole is accepted"
    DISMISS = "it is dismissed"
    EXPIRE = "other text is typed"


_VISIBLE = (
    SuggestionState.STREAMING,
    SuggestionState.SHOWN,
    SuggestionState.TYPED_THROUGH,
    SuggestionState.PARTLY_ACCEPTED,
)

ENDED = frozenset({SuggestionState.ACCEPTED, SuggestionState.DISMISSED, SuggestionState.EXPIRED})
"""The final states."""

TRANSITIONS: dict[tuple[SuggestionState, SuggestionEvent], SuggestionState] = {
    (SuggestionState.REQUESTED, SuggestionEvent.PART): SuggestionState.STREAMING,
    (SuggestionState.REQUESTED, SuggestionEvent.WHOLE): SuggestionState.SHOWN,
    (SuggestionState.REQUESTED, SuggestionEvent.EXPIRE): SuggestionState.EXPIRED,
    (SuggestionState.STREAMING, SuggestionEvent.WHOLE): SuggestionState.SHOWN,
    **{(state, SuggestionEvent.TYPE): SuggestionState.TYPED_THROUGH for state in _VISIBLE},
    **{(state, SuggestionEvent.ACCEPT_PART): SuggestionState.PARTLY_ACCEPTED for state in _VISIBLE},
    **{(state, SuggestionEvent.ACCEPT): SuggestionState.ACCEPTED for state in _VISIBLE},
    **{(state, SuggestionEvent.DISMISS): SuggestionState.DISMISSED for state in _VISIBLE},
    **{(state, SuggestionEvent.EXPIRE): SuggestionState.EXPIRED for state in _VISIBLE},
}
"""All state transitions of a suggestion; an event that is not listed does not change the state."""


def next_state(state: SuggestionState, event: SuggestionEvent) -> SuggestionState:
    """Return the state after `event`."""
    return TRANSITIONS.get((state, event), state)
