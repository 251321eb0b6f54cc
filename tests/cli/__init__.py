"""The command `midfill` as users run it: real processes, and a DeepSeek on the loopback."""
