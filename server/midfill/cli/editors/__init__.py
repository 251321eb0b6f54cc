"""The editors that midfill has a client for: `midfill setup`, and what `midfill doctor` says of them.

In reading order: `editor` (which there are, which of them are here), `places` (where they keep their
configuration), `recipe` and `helix` (what to put there), `block` (putting it there), `mistakes` (what is wrong).
"""
