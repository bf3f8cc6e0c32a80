"""A language model of random weights, written to a GGUF file: it speaks fluently in bytes and means nothing."""

from pathlib import Path

CONTEXT = 16_384


def write_tiny_model(path: Path, *, seed: int = 5) -> Path:
    """Write a llama of two layers whose tokens are bytes. The same seed gives the same model."""
    import gguf
    import numpy as np

    width, layers, heads, hidden = 64, 2, 4, 128
    tokens = [b"<unk>", b"<s>", b"</s>", *(f"<0x{n:02X}>".encode() for n in range(256))]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    kinds += [gguf.TokenType.BYTE] * 256
    random = np.random.default_rng(seed)

    def matrix(*shape: int):
        return (random.standard_normal(shape) * 0.1).astype(np.float32)

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(hidden)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // heads)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(
        "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"
    )
    one = np.ones(width, dtype=np.float32)
    writer.add_tensor("token_embd.weight", matrix(len(tokens), width))
    for n in range(layers):
        writer.add_tensor(f"blk.{n}.attn_norm.weight", one)
        writer.add_tensor(f"blk.{n}.ffn_norm.weight", one)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"blk.{n}.{name}.weight", matrix(width, width))
        writer.add_tensor(f"blk.{n}.ffn_gate.weight", matrix(hidden, width))
        writer.add_tensor(f"blk.{n}.ffn_up.weight", matrix(hidden, width))
        writer.add_tensor(f"blk.{n}.ffn_down.weight", matrix(width, hidden))
    writer.add_tensor("output_norm.weight", one)
    writer.add_tensor("output.weight", matrix(len(tokens), width))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
