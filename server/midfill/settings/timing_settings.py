"""The settings of the sections `timing`, `requests` and `cache`."""

from typing import Annotated, Literal

from midfill.settings.section import Section, about


class TimingSettings(Section, frozen=True, kw_only=True):
    """Timing, in milliseconds."""

    debounce_min_ms: Annotated[int, about("Minimum pause in typing before a call.", ge=0, le=5000)] = 20
    debounce_max_ms: Annotated[
        int,
        about("Maximum pause before a call; between the two it adapts to your typing.", ge=0, le=5000),
    ] = 600
    first_token_ms: Annotated[
        int,
        about("Maximum wait for the first text of an answer.", ge=100, le=60_000),
    ] = 5000
    total_ms: Annotated[
        int,
        about("Maximum wait for a whole answer; a part that arrived is shown.", ge=100, le=60_000),
    ] = 8000
    think_ms: Annotated[
        int,
        about("The same for a model that reasons first (`completion.think`).", ge=1000, le=600_000),
    ] = 60_000
    linger_ms: Annotated[
        int,
        about(
            "How long a cancelled call stays open; editors cancel just before the next request.",
            ge=0,
            le=10_000,
        ),
    ] = 500


class RequestSettings(Section, frozen=True, kw_only=True):
    """The number of calls."""

    max_flights: Annotated[int, about("Maximum calls at once.", ge=1, le=32)] = 4
    speculate: Annotated[
        Literal["auto", "always", "never"],
        about("Fetch the text after a shown completion in advance: `auto` only if calls are free."),
    ] = "auto"


class CacheSettings(Section, frozen=True, kw_only=True):
    """The cache of answers, in memory only."""

    capacity: Annotated[int, about("Maximum cached answers; 0 disables the cache.", ge=0, le=100_000)] = 500
    ttl_s: Annotated[int, about("Seconds that an answer is cached.", ge=0, le=604_800)] = 3600
    empty_ttl_s: Annotated[int, about("Seconds that an empty answer is cached.", ge=0, le=604_800)] = 10
