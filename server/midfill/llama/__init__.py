"""llama.cpp's server for the user's own model file, in a child process that ends with its parent.

`midfill.backends.gguf` starts it as `python -m midfill.llama MODEL`. It needs the package xllamacpp (`midfill[llama]`).
"""
