"""The predictions of the next edit, measured on histories of commits."""
