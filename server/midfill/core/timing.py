"""The timing constants of the engine and the typing rhythm, with their sources."""

# The typing rhythm. A gap is the time between two keys of one burst.

MAX_BURST_GAP_S = 0.4
"""Maximum seconds between two keys of one burst (Tabby's debouncer)."""
DEBOUNCE_SHARE = 0.15
"""Debounce as a share of the mean gap; later keys of the burst share the call."""
PARTIAL_SHARE = 0.8
"""Share of the mean gap within which an answer must arrive to be seen before the next key."""
CORRECTION_SHARE = 0.6
"""Minimum debounce as a share of the mean gap where answers are long, because a call for a typing error is costly."""
PAUSE_GAPS = 3.0
"""Number of mean gaps that make a pause; few gaps of a burst are longer (log-normal gaps, measured on typists)."""
PARTIAL_GAPS = 2.0
"""Number of mean gaps before a partial answer in a pause, if the client repeats the request when more text arrives."""
INITIAL_GAP_S = 0.12
"""Mean gap in seconds before the first key (our own choice: the median gap of the typing replay)."""
GAP_WEIGHT = 0.1
"""Weight of the latest gap in the running mean."""
ACCEPTED_FACTOR, DISMISSED_FACTOR = 0.8, 1.2
"""Factor of the debounce for each acceptance or dismissal (Copilot's user interaction monitor)."""
FACTOR_HALF_LIFE_S = 600.0
"""Seconds in which that effect halves (the same source)."""
MIN_FACTOR, MAX_FACTOR = 0.4, 2.0
"""Minimum and maximum factor of all acceptances and dismissals (the same source)."""
USUAL_LATENCY_S = 0.25
"""First-token latency, in seconds, that does not change the debounce (our own choice)."""
MIN_LATENCY_FACTOR, MAX_LATENCY_FACTOR = 0.5, 2.0
"""Bounds of the factor of the debounce for another latency (our own choice)."""
MIN_SEEN_S = 0.75
"""Minimum seconds that a suggestion is shown to count as seen (Cody; Copilot and Continue: 0.5 to 10)."""
AUTOMATIC_WITHIN_S = 0.05
"""Seconds after a change within which a request is automatic: no user presses another key so soon (our own choice)."""
DEFINITIONS_PAUSE_S = 0.3
"""Seconds without an edit before the editor is asked for definitions: during typing, its servers are busy."""

# The waits of a call before it is sent.

CONTEXT_TIMEOUT_S, CONTEXT_TIMEOUT_MANUAL_S = 0.02, 0.3
"""Maximum seconds that an automatic and a manual call wait for their context, beyond the debounce (our own choice)."""
EMBEDDED_TIMEOUT_S = 0.3
"""Maximum seconds that the model's call waits for the embedded engine.

Our own choice. It answers in 3 ms (p95); its first answer takes above 50 ms.
"""

# The backend. A typical model sends a token every 12 ms.

LATENCY_WEIGHT = 0.2
"""Weight of the latest first-token latency in the running mean."""
PACKET_S = 0.005
"""Seconds after the first token within which more text arrives, in the same packet or the next."""
STALLED_S = 0.1
"""Seconds without text after which a stream counts as stalled (8 tokens of a typical model)."""
SELF_ENDED_WEIGHT = 0.5
"""Weight of the latest answer in the share of answers that the model ends itself."""
SHORT_ANSWERS_SHARE = 0.5
"""Answers count as short if the model ends more than this share of the latest ones itself (our own choice)."""
TYPO_LINGER_SHARE = 0.1
"""Share of the linger time for which a flight is kept after a typing error where answers are long."""
FINISH_GRACE_S = 0.5
"""Extra seconds for an answer that is not wanted any more to end (40 tokens of a typical model, one or two lines)."""
PROBE_S = 10.0
"""Seconds between two probes of a failed backend while the first probe has no result."""
