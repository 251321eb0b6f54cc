"""The tables of the ledger, by version."""

VERSIONS: tuple[str, ...] = (
    """
    CREATE TABLE calls (
        number INTEGER PRIMARY KEY,
        at REAL NOT NULL,              -- seconds since 1970 at which it began
        backend TEXT NOT NULL,
        model TEXT NOT NULL,
        language TEXT NOT NULL,
        editor TEXT NOT NULL,
        paid INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        manual INTEGER NOT NULL,
        speculative INTEGER NOT NULL,
        cached INTEGER NOT NULL,       -- tokens
        missed INTEGER NOT NULL,
        output INTEGER NOT NULL,
        estimated INTEGER NOT NULL,
        guess_prompt REAL NOT NULL,    -- tokens by the characters
        guess_output REAL NOT NULL,
        characters INTEGER NOT NULL,   -- that the model wrote
        price REAL,                    -- NULL: the price of the model is unknown
        currency TEXT NOT NULL,
        first_ms REAL,
        total_ms REAL NOT NULL
    ) STRICT;
    CREATE INDEX calls_by_time ON calls (at);
    CREATE TABLE suggestions (
        number INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        call INTEGER NOT NULL,
        backend TEXT NOT NULL,
        language TEXT NOT NULL,
        editor TEXT NOT NULL,
        until INTEGER NOT NULL,        -- characters of the call's text that were shown
        whole INTEGER NOT NULL,
        words INTEGER NOT NULL,
        lines INTEGER NOT NULL,
        dismissed INTEGER NOT NULL,
        accepted INTEGER NOT NULL,     -- characters
        measured_30 INTEGER NOT NULL,
        standing_30 INTEGER NOT NULL,
        measured_300 INTEGER NOT NULL,
        standing_300 INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX suggestions_by_time ON suggestions (at);
    CREATE INDEX suggestions_by_call ON suggestions (call);
    CREATE TABLE balances (
        backend TEXT NOT NULL,
        currency TEXT NOT NULL,
        at REAL NOT NULL,
        available INTEGER NOT NULL,
        total REAL NOT NULL,
        PRIMARY KEY (backend, currency)
    ) STRICT;
    """,
    """
    CREATE TABLE edits (
        number INTEGER PRIMARY KEY,
        at REAL NOT NULL,              -- seconds since 1970 at which it was first shown
        backend TEXT NOT NULL,
        language TEXT NOT NULL,
        editor TEXT NOT NULL,
        accepted INTEGER NOT NULL,
        refused INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX edits_by_time ON edits (at);
    """,
)
"""The additions of each version to the one before; a released version never changes."""
