"""The command `midfill` as people run it: real processes, and a DeepSeek on the loopback."""
