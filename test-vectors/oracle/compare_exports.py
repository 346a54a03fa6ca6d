"""Compares exports with the program that wrote them: compare_exports.py MODEL [PROGRAM]

Exports a network to all formats, loads each with its library, and prints the largest difference of
the features, or of the probabilities of a classifier, from those that the program writes itself.
Images have the network's size, so that preprocessing is normalization alone.
"""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import timm
import torch
import transformers
from PIL import Image

IMAGES = 16


def main():
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    model = sys.argv[1]
    program = sys.argv[2] if len(sys.argv) > 2 else "bin/maskalign"
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        onnx = export(program, model, "onnx", work / "model.onnx")
        if onnx is None:
            sys.exit("the network cannot be exported to ONNX")
        session = onnxruntime.InferenceSession(onnx)
        size = json.loads(session.get_modelmeta().custom_metadata_map["preprocessing"])
        pixels = write_images(work / "images", session.get_inputs()[0].shape[1:])
        classifier = session.get_outputs()[0].name == "logits"
        expected = (probabilities if classifier else features)(program, model, work)
        report("onnx", expected, run_onnx(session, normalized(pixels, size["mean"], size["std"])))
        folder = export(program, model, "timm", work / "timm")
        if folder:
            report("timm", expected, run_timm(folder, pixels, classifier))
        folder = export(program, model, "hf", work / "hf")
        if folder:
            report("hf", expected, run_transformers(folder, pixels, classifier))


def export(program, model, form, target):
    command = [program, "export", model, "--format", form, "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"{form:6} not exported: {done.stderr.strip()}")
        return None
    return str(target)


def write_images(folder, shape):
    """Random images of the network's size: pixels [images, channels, height, width], 0 to 1."""
    folder.mkdir()
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (IMAGES, *shape), dtype=np.uint8)
    for i, image in enumerate(images):
        plane = image[0] if shape[0] == 1 else image.transpose(1, 2, 0)
        Image.fromarray(plane).save(folder / f"{i:03}.png")
    return images.astype(np.float32) / 255


def normalized(pixels, mean, std):
    mean, std = (np.array(v, np.float32).reshape(1, -1, 1, 1) for v in (mean, std))
    return (pixels - mean) / std


# ---- what the program says ----


def features(program, model, work):
    out = work / "features.npy"
    command = [program, "features", "--data", str(work / "images"), "--weights", model]
    subprocess.run([*command, "--out", str(out)], check=True, capture_output=True)
    names = [row["name"] for row in csv.DictReader(open(out.with_suffix(".csv")))]
    return np.load(out)[np.argsort(names)]


def probabilities(program, model, work):
    command = [program, "predict", "--weights", model, "--top", "100000", "--json", "--quiet"]
    done = subprocess.run(
        [*command, str(work / "images")], check=True, capture_output=True, text=True
    )
    rows = sorted((json.loads(line) for line in done.stdout.splitlines()), key=lambda r: r["image"])
    ordered = [sorted(row["predictions"], key=lambda p: p["number"]) for row in rows]
    labels = [prediction["label"] for prediction in ordered[0]]
    return labels, np.array([[p["probability"] for p in row] for row in ordered])


# ---- what the libraries say: features, or labels and probabilities ----


def run_onnx(session, images):
    out = session.run(None, {"images": images})
    labels = session.get_modelmeta().custom_metadata_map.get("labels")
    if labels is None:
        return pooled(torch.from_numpy(out[0]), session_prefix(session))
    return by_label(torch.from_numpy(out[0]), json.loads(labels))


def session_prefix(session):
    config = json.loads(session.get_modelmeta().custom_metadata_map["vit"])["maskalign"]
    return prefix_of(config["tokens"])


def prefix_of(tokens):
    keys = ("classToken", "distillationToken")
    return sum(bool(tokens.get(key)) for key in keys) + tokens.get("registers", 0)


def run_timm(folder, pixels, classifier):
    model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    config = model.pretrained_cfg
    images = torch.from_numpy(normalized(pixels, config["mean"], config["std"]))
    with torch.no_grad():
        if classifier:
            return by_label(model(images), config["label_names"])
        return pooled(model.forward_features(images), model.num_prefix_tokens)


def run_transformers(folder, pixels, classifier):
    config = json.loads((Path(folder) / "preprocessor_config.json").read_text())
    images = torch.from_numpy(normalized(pixels, config["image_mean"], config["image_std"]))
    auto = transformers.AutoModelForImageClassification if classifier else transformers.AutoModel
    model = auto.from_pretrained(folder).eval()
    with torch.no_grad():
        out = model(pixel_values=images)
    if classifier:
        return by_label(out.logits, [model.config.id2label[i] for i in range(out.logits.shape[1])])
    tokens = out.last_hidden_state
    if model.config.model_type == "clip_vision_model":
        tokens = model.post_layernorm(tokens)  # CLIP normalizes only what it pools
    patches = (images.shape[2] // model.config.patch_size) * (
        images.shape[3] // model.config.patch_size
    )
    return pooled(tokens.detach(), tokens.shape[1] - patches)


def pooled(tokens, prefix):
    """The features that the program writes: class token and mean of the patches."""
    mean = tokens[:, prefix:].mean(1)
    return (torch.cat([tokens[:, 0], mean], 1) if prefix else mean).numpy()


def by_label(logits, labels):
    return list(labels), logits.softmax(-1).numpy()


def report(form, expected, found):
    if isinstance(expected, tuple):
        labels = "labels equal" if expected[0] == found[0] else f"OTHER LABELS {found[0][:5]}"
        difference = np.abs(expected[1] - found[1]).max()
        print(f"{form:6} {len(found[0])} {labels}, probabilities within {difference:.1e}")
    else:
        scale = np.abs(expected).max()
        difference = np.abs(expected - found).max()
        print(f"{form:6} features within {difference:.1e} (largest value {scale:.2f})")


if __name__ == "__main__":
    main()
