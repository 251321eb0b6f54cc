"""The states of a suggestion, and the table of their transitions."""

from enum import Enum, auto


class SuggestionState(Enum):
    """The state of a suggestion."""

    REQUESTED = auto()
    """Nothing is shown yet."""
    STREAMING = auto()
    """A part is shown, and more text may follow."""
    SHOWN = auto()
    TYPED_THROUGH = auto()
    """The user has typed its start; the rest is shown."""
    PARTLY_ACCEPTED = auto()
    ACCEPTED = auto()
    DISMISSED = auto()
    EXPIRED = auto()
    """It is no longer shown: the user has typed other text or moved the cursor, or another suggestion is shown."""


class SuggestionEvent(Enum):
    """An event that changes the state of a suggestion."""

    PART = auto()
    """A part arrives."""
    WHOLE = auto()
    """The whole arrives."""
    TYPE = auto()
    """Its start is typed."""
    ACCEPT_PART = auto()
    ACCEPT = auto()
    """The whole is accepted."""
    DISMISS = auto()
    EXPIRE = auto()
    """It is no longer shown."""


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
    # The next suggestion can be shown before the editor reports the acceptance.
    (SuggestionState.EXPIRED, SuggestionEvent.ACCEPT): SuggestionState.ACCEPTED,
}
"""All state transitions of a suggestion; an event that is not listed does not change the state."""


def next_state(state: SuggestionState, event: SuggestionEvent) -> SuggestionState:
    """Return the state after `event`."""
    return TRANSITIONS.get((state, event), state)
