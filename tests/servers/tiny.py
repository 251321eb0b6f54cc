"""A model file of two layers with random weights and fill-in-the-middle tokens, which no small public model has.

Its text is noise. It shows whether midfill sends `/infill` requests and reads answers correctly.
"""

from pathlib import Path
from typing import Any

WIDTH, HEADS, LAYERS, INNER, CONTEXT = 32, 4, 2, 64, 4096
MARKERS = (
    "<|fim_prefix|>",
    "<|fim_suffix|>",
    "<|fim_middle|>",
    "<|repo_name|>",
    "<|file_sep|>",
    "<|endoftext|>",
)


def write(path: Path, seed: int = 0) -> None:
    """Write the model file; it takes 150 KB."""
    from gguf import GGUFWriter

    writer = GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    _add_tokens(writer)
    _add_weights(writer, seed)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_tokens(writer: Any) -> None:
    """Add a token for each byte, as GPT-2 writes bytes, and the markers."""
    from gguf import TokenType

    tokens = [*_bytes(), *MARKERS]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_vocab_size(len(tokens))
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.NORMAL] * 256 + [TokenType.CONTROL] * len(MARKERS))
    writer.add_token_merges([f"{_bytes()[32]} {_bytes()[32]}"])  # This type of tokenizer needs at least one.
    keys = ("fim_pre", "fim_suf", "fim_mid", "fim_rep", "fim_sep")
    for key, number in zip(keys, range(256, 261), strict=True):
        writer.add_uint32(f"tokenizer.ggml.{key}_token_id", number)
    writer.add_eos_token_id(261)
    writer.add_bos_token_id(261)
    writer.add_add_bos_token(False)


def _add_weights(writer: Any, seed: int) -> None:
    import numpy as np

    chance = np.random.default_rng(seed)

    def add(name: str, *shape: int) -> None:
        scaled = chance.standard_normal(shape) / shape[-1] ** 0.5
        writer.add_tensor(name, (np.ones(shape) if len(shape) == 1 else scaled).astype(np.float32))

    words = 256 + len(MARKERS)
    add("token_embd.weight", words, WIDTH)
    add("output_norm.weight", WIDTH)
    add("output.weight", words, WIDTH)
    for at in range(LAYERS):
        for name in ("attn_norm", "ffn_norm"):
            add(f"blk.{at}.{name}.weight", WIDTH)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"blk.{at}.{name}.weight", WIDTH, WIDTH)
        for name in ("ffn_gate", "ffn_up"):
            add(f"blk.{at}.{name}.weight", INNER, WIDTH)
        add(f"blk.{at}.ffn_down.weight", WIDTH, INNER)


def _bytes() -> list[str]:
    """Return the characters that represent the bytes: printable ones are unchanged, others start at 256."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]
