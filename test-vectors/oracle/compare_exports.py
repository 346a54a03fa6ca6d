"""Compares exports with the program that wrote them: compare_exports.py MODEL [PROGRAM]

Exports a network to all formats, loads each with its library, and prints the largest difference of
the features, or of the probabilities of a classifier, from those that the program writes itself.
Every library reads image files and prepares them as its export says, all of them with Pillow.
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
        images = write_images(work / "images", session.get_inputs()[0].shape[1:])
        classifier = session.get_outputs()[0].name == "logits"
        expected = (probabilities if classifier else features)(program, model, work)
        report("onnx", expected, run_onnx(session, images))
        folder = export(program, model, "timm", work / "timm")
        if folder:
            report("timm", expected, run_timm(folder, images, classifier))
        folder = export(program, model, "hf", work / "hf")
        if folder:
            report("hf", expected, run_transformers(folder, images, classifier))


def export(program, model, form, target):
    command = [program, "export", model, "--format", form, "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"{form:6} not exported: {done.stderr.strip()}")
        return None
    return str(target)


def write_images(folder, shape):
    """Random images, larger than the network's size."""
    folder.mkdir()
    random = np.random.default_rng(1)
    channels, height, width = shape
    images = []
    for i in range(IMAGES):
        size = (height * 5 // 4, width * 5 // 4)
        pixels = random.integers(0, 256, size if channels == 1 else (*size, 3), dtype=np.uint8)
        images.append(Image.fromarray(pixels))
        images[-1].save(folder / f"{i:03}.png")
    return images


# ---- what the program says ----


def features(program, model, work):
    out = work / "features.npy"
    command = [program, "features", "--data", str(work / "images"), "--weights", model]
    command += ["--image-backend", "pillow", "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    names = [row["name"] for row in csv.DictReader(open(out.with_suffix(".csv")))]
    return np.load(out)[np.argsort(names)]


def probabilities(program, model, work):
    command = [program, "predict", "--weights", model, "--top", "100000", "--json", "--quiet"]
    command += ["--image-backend", "pillow"]
    done = subprocess.run(
        [*command, str(work / "images")], check=True, capture_output=True, text=True
    )
    rows = sorted((json.loads(line) for line in done.stdout.splitlines()), key=lambda r: r["image"])
    ordered = [sorted(row["predictions"], key=lambda p: p["number"]) for row in rows]
    labels = [prediction["label"] for prediction in ordered[0]]
    return labels, np.array([[p["probability"] for p in row] for row in ordered])


# ---- what the libraries say: features, or labels and probabilities ----


def run_onnx(session, images):
    metadata = session.get_modelmeta().custom_metadata_map
    prepared = prepare(images, json.loads(metadata["preprocessing"]))
    out = session.run(None, {session.get_inputs()[0].name: prepared})
    if "labels" not in metadata:
        patch = json.loads(metadata["vit"])["maskalign"]["input"]["patchSize"]
        patches = (prepared.shape[2] // patch) * (prepared.shape[3] // patch)
        return pooled(torch.from_numpy(out[0]), out[0].shape[1] - patches)
    labels = json.loads(metadata["labels"])
    return by_label(torch.from_numpy(out[0]), labels, metadata["probability"])


def prepare(images, settings):
    """What the metadata of an ONNX file says: resized, cropped, normalized."""
    others = settings.keys() - {"size", "shortest_edge", "resize", "resample", "mean", "std"}
    if others:
        sys.exit(f"onnx: preprocessing with {', '.join(sorted(others))} is not compared here")
    size = settings["size"]
    height, width = (size, size) if isinstance(size, int) else size
    mean, std = (np.array(settings[k], np.float32).reshape(-1, 1, 1) for k in ("mean", "std"))
    resample = Image.Resampling[settings["resample"].upper()]
    prepared = []
    for image in images:
        if "shortest_edge" in settings:
            factor = settings["shortest_edge"] / min(image.size)
            target = [int(side * factor) for side in image.size]
        else:
            resized = settings.get("resize", [height, width])
            target = [resized, resized] if isinstance(resized, int) else resized[::-1]
        view = image.resize(target, resample)
        left, top = (round((a - b) / 2) for a, b in zip(view.size, (width, height)))
        view = np.asarray(view.crop((left, top, left + width, top + height)), np.float32) / 255
        planes = view[None] if view.ndim == 2 else view.transpose(2, 0, 1)
        prepared.append((planes - mean) / std)
    return np.stack(prepared)


def run_timm(folder, images, classifier):
    model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    data = timm.data.resolve_data_config(model=model)
    transform = timm.data.create_transform(**data, is_training=False)
    prepared = torch.stack([transform(image) for image in images])
    with torch.no_grad():
        if not classifier:
            return pooled(model.forward_features(prepared), model.num_prefix_tokens)
        config = json.loads((Path(folder) / "config.json").read_text())
        kind = config.get("problem_type", "")
        return by_label(model(prepared), config["label_names"], probability(kind, config["num_classes"]))


def run_transformers(folder, images, classifier):
    processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil")
    images = processor(images=images, return_tensors="pt")["pixel_values"]
    auto = transformers.AutoModelForImageClassification if classifier else transformers.AutoModel
    model = auto.from_pretrained(folder).eval()
    with torch.no_grad():
        out = model(pixel_values=images)
    if classifier:
        config = model.config
        labels = [config.id2label[i] for i in range(config.num_labels)]
        return by_label(out.logits, labels, probability(config.problem_type, config.num_labels))
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


def probability(problem_type, classes):
    """As transformers' pipelines choose."""
    several = problem_type == "multi_label_classification" or classes == 1
    return "sigmoid" if several else "softmax"


def by_label(logits, labels, kind):
    return list(labels), (logits.sigmoid() if kind == "sigmoid" else logits.softmax(-1)).numpy()


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
