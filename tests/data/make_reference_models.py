#!/usr/bin/env python3
"""Writes the models of tests/data/more_models and their expected.json, computed by transformers in float32.

Usage: make_reference_models.py OUT_DIR TOKENIZER_DIR
Needs torch and transformers; the tests do not run it. TOKENIZER_DIR is tests/data/models (its tiny-llama and
tiny-qwen2 tokenizers are reused). Random weights, scaled so that logits spread and greedy margins are clear.
"""
import json, pathlib, shutil, sys
import torch
import transformers as tf

PROMPTS = ["Hello, how are you?", "The quick brown fox jumps over the lazy dog.", "for (int i = 0; i < 10; ++i) sum += i;",
           "Bees collect nectar from flowers and turn it into honey. " * 6]
SMALL = dict(vocab_size=512, hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=512, bos_token_id=1, eos_token_id=2, pad_token_id=0)

def rope(kind, **more):
    return {"rope_type": kind, "rope_theta": 10000.0, **more}

MODELS = {
    "qwen3": (tf.Qwen3Config(**SMALL, head_dim=32, tie_word_embeddings=True), torch.float32, {}),
    "gemma2": (tf.Gemma2Config(**{**SMALL, "num_hidden_layers": 4}, head_dim=24, query_pre_attn_scalar=20,
                               sliding_window=16, attn_logit_softcapping=8.0, final_logit_softcapping=6.0),
               torch.float32, {}),
    "llama31": (tf.LlamaConfig(**SMALL, tie_word_embeddings=True, rope_parameters=rope(
        "llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)),
        torch.float32, {}),
    "llama-linear-old-bias": (tf.LlamaConfig(**SMALL, attention_bias=True, mlp_bias=True,
                                             rope_parameters=rope("linear", factor=4.0)), torch.float32, {"old": True}),
    "llama-yarn": (tf.LlamaConfig(**SMALL, rope_parameters=rope("yarn", factor=4.0, original_max_position_embeddings=32)),
                   torch.float32, {}),
    "phi3-longrope": (tf.Phi3Config(**{**SMALL, "num_key_value_heads": 4}, original_max_position_embeddings=32, sliding_window=None,
                                    rope_parameters=rope("longrope", short_factor=[1.0, 1.1, 1.3, 1.6, 2.0, 2.5],
                                                         long_factor=[1.0, 1.5, 2.5, 4.0, 6.0, 9.0],
                                                         original_max_position_embeddings=32, partial_rotary_factor=0.75)),
                      torch.float32, {}),
    "mistral-f16-sharded": (tf.MistralConfig(**SMALL, head_dim=24, sliding_window=None), torch.float16, {"shards": "60KB"}),
    "codellama": (tf.LlamaConfig(**{**SMALL, "num_key_value_heads": 4},
                                 rope_parameters={"rope_type": "default", "rope_theta": 1000000.0}), torch.bfloat16, {}),
}

def old_style(path):
    c = json.loads(path.read_text())
    r = c.pop("rope_parameters")
    c["rope_theta"] = r["rope_theta"]
    c["rope_scaling"] = {"type": r["rope_type"], "factor": r["factor"]}
    c["torch_dtype"] = c.pop("dtype")
    path.write_text(json.dumps(c, indent=2) + "\n")

def randomize(model):
    for name, p in model.named_parameters():
        if "norm" in name:
            p.data = torch.rand_like(p) * 0.4 + (-0.2 if "gemma" in type(model).__name__.lower() else 0.8)
        elif name.endswith("bias"):
            p.data = torch.randn_like(p) * 0.1
        else:
            p.data = torch.randn_like(p) * (0.7 if "embed" in name else 1.6 / p.shape[-1] ** 0.5)

def greedy_cases(model, tokenizer, vocab):
    cases = []
    for prompt in PROMPTS:
        ids = [i % vocab for i in tokenizer(prompt)["input_ids"]]
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0, -1]
            out, margins, past, step = [], [], None, torch.tensor([ids])
            for _ in range(16):
                r = model(step, past_key_values=past, use_cache=True)
                past, last = r.past_key_values, r.logits[0, -1]
                top = torch.topk(last, 2).values
                margins.append(round(float(top[0] - top[1]), 4))
                out.append(int(last.argmax()))
                step = torch.tensor([[out[-1]]])
        cases.append({"prompt": prompt, "ids": ids, "logits": [round(float(x), 5) for x in logits], "greedy": out,
                      "margin": margins})
    return cases

def main():
    out_dir, tokenizers = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for number, (name, (config, dtype, how)) in enumerate(MODELS.items()):
        torch.manual_seed(1000 + number)
        folder = out_dir / name
        shutil.rmtree(folder, ignore_errors=True)
        config._attn_implementation = "eager"
        config.dtype = dtype
        model = tf.AutoModelForCausalLM.from_config(config)
        randomize(model)
        model = model.to(dtype)
        model.save_pretrained(folder, max_shard_size=how.get("shards", "1GB"))
        for file in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(tokenizers / "tiny-llama" / file, folder)
        tokenizer = tf.PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
        # Loaded again, not cast: casting a module would round its rotation frequencies too.
        reference = tf.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
        cases = greedy_cases(reference.eval(), tokenizer, config.vocab_size)
        (folder / "expected.json").write_text(json.dumps({"reference": "transformers float32, eager", "cases": cases}) + "\n")
        if how.get("old"):
            old_style(folder / "config.json")
        print(name, [min(c["margin"]) for c in cases], sorted(p.name for p in folder.iterdir()))

main()
