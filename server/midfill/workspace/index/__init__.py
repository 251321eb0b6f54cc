"""The index of a workspace: which lines share words with a text, and where a name is defined."""
