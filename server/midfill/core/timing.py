"""Every constant of timing that the engine and the rhythm use, each with its source."""

# The rhythm of typing. Gaps are measured between keys of one burst.

BURST_GAP = 0.4
"""Seconds between keys up to which they belong to one burst of typing (Tabby's debouncer)."""
DEBOUNCE_SHARE = 0.15
"""Share of the usual gap that is waited before a call: bursts go on, and later keys share the call."""
PARTIAL_SHARE = 0.8
"""Share of the usual gap within which an answer has to be there to be seen before the next key."""
CORRECTION_SHARE = 0.6
"""Share of the usual gap that is waited where answers are long, since a call for a typo is expensive there."""
PAUSE_GAPS = 3.0
"""Usual gaps that make a pause: few keys of a burst come later (log-normal gaps, measured on typists)."""
GLANCE_GAPS = 2.0
"""Usual gaps after which a part is shown in a pause, to editors that ask again when more has come."""
GAP_WEIGHT = 0.1
"""Weight of the newest gap in the running mean."""
ACCEPTED_FACTOR, REJECTED_FACTOR = 0.8, 1.2
"""Effect of one acceptance or rejection on the wait (Copilot's user interaction monitor)."""
FACTOR_HALF_LIFE = 600.0
"""Seconds after which half of that effect is gone (the same source)."""
LEAST_FACTOR, MOST_FACTOR = 0.4, 2.0
"""Bounds of that effect (the same source)."""
SEEN = 0.75
"""Seconds that a suggestion has to be shown before it counts as seen (Cody; Copilot and Continue: 0.5 to 10)."""

# The backend. A usual model sends a token every 12 ms.

LATENCY_WEIGHT = 0.2
"""Weight of the newest first-token latency in the running mean."""
PACKET = 0.005
"""Seconds behind the first token in which more text comes with it, in the same packet or the next."""
STALLED = 0.1
"""Seconds without any text after which an answer is not flowing any more (8 tokens of a usual model)."""
STOP_WEIGHT = 0.5
"""Weight of the newest answer in the share of answers that end by themselves."""
STRAY_SHARE = 0.1
"""Share of the linger time that a stray flight is kept where answers do not end by themselves."""
ENDING = 0.5
"""Seconds more for an unwanted answer to end by itself (40 tokens of a usual model; a line or two)."""
PROBE = 10.0
"""Seconds that one call has to find out whether a failed backend is back, before another one tries."""
