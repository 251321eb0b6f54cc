"""The index of a workspace."""
