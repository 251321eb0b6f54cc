"""The language server as editors use it: a real process, real pipes, a DeepSeek on the loopback."""
