"""A model file of the user's own: llama.cpp's server in a child process, which ends with its parent.

`midfill.backends.gguf` starts it as `python -m midfill.llama MODEL`. It needs the package xllamacpp (`midfill[llama]`).
"""
