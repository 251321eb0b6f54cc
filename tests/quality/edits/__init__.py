"""What the next edit predicts, measured on histories of commits."""
