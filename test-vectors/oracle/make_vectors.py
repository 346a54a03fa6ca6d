"""Makes model folders and cases from a specification: make_vectors.py SPEC.json FOLDER

The format is that of test-vectors (README there) with the kinds model.*. See README.md here.
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from networks import float64, load, make
from outputs import inputs, outputs

RTOL = 1e-4


def run(spec, case, folder, values, dtype):
    """outputs, and gradients of out.loss if asked, computed in one precision."""
    model = load(spec["library"], folder, case).to(dtype)
    values = {k: v.to(dtype) if v.is_floating_point() else v for k, v in values.items()}
    wants_loss = "loss" in case["want"]
    with torch.set_grad_enabled(wants_loss):
        results = {f"out.{k}": v for k, v in outputs(spec["library"], model, values, case).items()}
    if wants_loss:
        results["out.loss"].backward()
        for name, parameter in model.named_parameters():
            results[f"grad.{name}"] = parameter.grad
    return {name: value.detach().contiguous() for name, value in results.items()}, model


def precise(spec, case, folder, values):
    with float64():
        return run(spec, case, folder, values, torch.float64)


def tolerance(exact, single):
    deviation = (exact - single.double()).abs().max().item()
    return max(8 * deviation, 1e-6 * exact.abs().max().item()), deviation


def unused(spec, case, folder, values, exact, entries):
    """Tensors of the file that change no output beyond its tolerance."""
    weights = next(Path(folder).glob("*.safetensors"))
    tensors = load_file(weights)
    names = []
    for name in tensors:
        if not tensors[name].is_floating_point() or tensors[name].numel() == 0:
            names.append(name)
            continue
        with tempfile.TemporaryDirectory() as other:
            for file in Path(folder).iterdir():
                (Path(other) / file.name).write_bytes(file.read_bytes())
            noise = torch.randn(tensors[name].shape, generator=torch.Generator().manual_seed(7))
            changed = tensors | {name: tensors[name] + 0.3 * noise * (tensors[name].abs().max())}
            save_file(changed, Path(other) / weights.name, {"format": "pt"})
            results, _ = precise(spec, case, other, values)
        if not any(
            ((results[k] - v).abs() > entries[k]["atol"] + RTOL * v.abs()).any()
            for k, v in exact.items()
            if "atol" in entries[k] and k.startswith("out.")
        ):
            names.append(name)
    return sorted(_joined(names, tensors))


def _joined(names, all_names):
    """PREFIX.* where all of a branch is unused."""
    for root in {name.split(".")[0] for name in names if "." in name}:
        branch = {name for name in all_names if name.startswith(root + ".")}
        if len(branch) > 1 and branch <= set(names):
            names = [name for name in names if name not in branch] + [root + ".*"]
    return names


def entry(role, tensor, **more):
    kinds = {torch.float32: "F32", torch.float64: "F32", torch.int64: "I64"}
    return {"role": role, **more, "dtype": kinds[tensor.dtype], "shape": list(tensor.shape)}


def make_case(spec, case, target, seed):
    folder = target / case["folder"]
    generator = torch.Generator().manual_seed(seed)
    values = inputs(case, generator)
    exact, model = precise(spec, case, folder, values)
    single, _ = run(spec, case, folder, values, torch.float32)
    entries = {f"in.{name}": entry("input", value) for name, value in values.items()}
    for name, value in exact.items():
        role = "grad" if name.startswith("grad.") else "output"
        if value.is_floating_point():
            atol, deviation = tolerance(value, single[name])
            numbers = {"atol": float(f"{atol:.2g}"), "rtol": RTOL, "fp32_dev": float(f"{deviation:.3g}")}
            entries[name] = entry(role, value, **numbers)
        else:
            entries[name] = entry(role, value, exact=True)
    config = {"folder": case["folder"], "library": spec["library"], "family": spec["family"]}
    keys = ("class", "architecture", "want", "image_size", "image_size_run", "call_args", "load_args")
    keys += ("trunk_args", "probability")
    config |= {key: case[key] for key in keys if key in case}
    if "out.top5_ids" in exact and spec["library"] == "transformers":
        labels = model.config.id2label
        config["top5_labels"] = [[labels[i] for i in row] for row in exact["out.top5_ids"].tolist()]
    manifest = {
        "format": 1,
        "name": case["name"],
        "kind": case["kind"],
        "set": "maskalign",
        "config": config,
        "note": case.get("note", ""),
        "file": Path(case["name"]).name + ".safetensors",
        "unused": unused(spec, case, folder, values, exact, entries),
        "tensors": entries,
    }
    path = target / f"{case['name']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(manifest))
    data = {f"in.{name}": value for name, value in values.items()}
    data |= {name: value.float() if value.is_floating_point() else value for name, value in exact.items()}
    save_file({name: value.contiguous() for name, value in data.items()}, path.with_suffix(".safetensors"))
    print(case["name"], "unused:", ", ".join(manifest["unused"]))


def text(manifest):
    """JSON with a line for each key, and for each tensor."""
    lines = []
    for key, value in manifest.items():
        if key == "tensors":
            rows = ",\n".join(f"    {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            lines.append('  "tensors": {\n' + rows + "\n  }")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def index(target):
    cases = []
    for path in sorted(target.glob("*/*.json")):
        manifest = json.loads(path.read_text())
        name = str(path.relative_to(target))
        folder = manifest["config"]["folder"]
        row = {"name": manifest["name"], "kind": manifest["kind"], "folder": folder, "manifest": name}
        cases.append(json.dumps(row))
    rows = ",\n".join("    " + case for case in cases)
    text = '{\n  "format": 1,\n  "set": "maskalign",\n  "cases": [\n' + rows + "\n  ]\n}\n"
    (target / "index.json").write_text(text)


def main():
    spec = json.loads(Path(sys.argv[1]).read_text())
    target = Path(sys.argv[2])
    torch.set_num_threads(1)
    for folder in spec["folders"]:
        make(folder | {"library": spec["library"]}, target / folder["folder"])
    for number, case in enumerate(spec["cases"]):
        make_case(spec, case, target, 100 + number)
    index(target)


if __name__ == "__main__":
    main()
