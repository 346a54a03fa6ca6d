"""Writes tiny CLIP-like networks, and the text embeddings that transformers computes from them with the
tokenizers of ../inputs/tokenizer/folders, by what tokenizer_config.json says: attention mask, length, sides.

    python text_masks.py ../src/test/resources/texts

Requires sentencepiece 0.2.3 beside requirements.txt.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from transformers import AutoModel, AutoTokenizer

TOKENIZERS = Path(__file__).parent.parent / "inputs" / "tokenizer" / "folders"
TEXTS = ["a photo of a cat", "dog", "", "Blood cells, under a microscope; seen by day and night!"]
CONTEXT = 16
WIDTH = dict(hidden_size=8, intermediate_size=12, num_attention_heads=2)
VISION = dict(WIDTH, num_hidden_layers=1, image_size=8, patch_size=4)
NAFLEX = dict(WIDTH, num_hidden_layers=1, num_patches=16, patch_size=4)

IDS = ["input_ids"]
MASK = ["input_ids", "attention_mask"]
RIGHT = [
    {"model_input_names": IDS},
    {"model_input_names": MASK},
    {"model_input_names": None},
    {"model_input_names": IDS, "model_max_length": 10},
    {"model_input_names": MASK, "model_max_length": 10},
]
LEFT = [
    {"model_input_names": IDS, "padding_side": "left"},
    {"model_input_names": MASK, "padding_side": "left"},
]
NETWORKS = {
    "siglip": ("Siglip", VISION, {}, {"siglip": RIGHT + LEFT, "siglip2": RIGHT + LEFT}),
    "siglip2": ("Siglip2", NAFLEX, {}, {"siglip2": RIGHT + LEFT}),
    # Beside a causal mask, one of padding on the right changes nothing.
    "metaclip_2": (
        "MetaClip2",
        dict(VISION, projection_dim=8),
        dict(projection_dim=8, bos_token_id=0, eos_token_id=2, pad_token_id=1),
        {"xlmr": RIGHT},
    ),
}


def network(folder, name, vision, more, vocabulary):
    config = getattr(transformers, name + "Config")
    text = dict(
        WIDTH, num_hidden_layers=2, max_position_embeddings=CONTEXT, vocab_size=vocabulary, **more
    )
    whole = {"projection_dim": 8} if more else {}
    model = getattr(transformers, name + "Model")(
        config(text_config=text, vision_config=vision, **whole)
    )
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape) * 0.5)
    model.save_pretrained(folder)


def embeddings(model, tokenizer):
    inputs = tokenizer(TEXTS, padding="max_length", truncation=True, return_tensors="pt")
    with torch.no_grad():
        output = model.get_text_features(**inputs).pooler_output
    return sorted(inputs), torch.nn.functional.normalize(output, dim=-1).tolist()


def cases(folder, tokenizer, edits):
    model = AutoModel.from_pretrained(folder).double().eval()
    for edit in edits:
        with tempfile.TemporaryDirectory() as place:
            files = Path(shutil.copytree(TOKENIZERS / tokenizer, Path(place) / "files"))
            # Its model_type is among what chooses the tokenizer's class.
            shutil.copy(folder / "config.json", files)
            path = files / "tokenizer_config.json"
            config = json.loads(path.read_text()) | {"model_max_length": CONTEXT} | edit
            config = {key: value for key, value in config.items() if value is not None}
            path.write_text(json.dumps(config))
            inputs, rows = embeddings(model, AutoTokenizer.from_pretrained(files))
        yield {
            "folder": folder.name,
            "tokenizer": tokenizer,
            "tokenizer_config": {"model_max_length": CONTEXT} | edit,
            "inputs": inputs,
            "embeddings": rows,
        }


def main(out):
    torch.manual_seed(0)
    found = []
    for folder, (name, vision, more, tokenizers) in NETWORKS.items():
        size = max(len(AutoTokenizer.from_pretrained(TOKENIZERS / t)) for t in tokenizers)
        network(out / folder, name, vision, more, size)
        for tokenizer, edits in tokenizers.items():
            found += cases(out / folder, tokenizer, edits)
    content = {
        "transformers": transformers.__version__,
        "torch": torch.__version__.split("+")[0],
        "texts": TEXTS,
        "cases": found,
    }
    (out / "cases.json").write_text(json.dumps(content, indent=1) + "\n")


main(Path(sys.argv[1]))
