"""The language server as editors meet it: a real process, a real line, a DeepSeek on the loopback."""
