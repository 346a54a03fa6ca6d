"""Tiny random networks: made, saved and loaded by the library that defines them."""

import contextlib
import json
import re
from pathlib import Path

import open_clip
import timm
import torch
import transformers
from safetensors.torch import save_file

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()

# What is added to the residual stream is small, so that the epsilon of a norm and the form of GELU
# change the result by more than the tolerance.
SMALL = re.compile(
    r"(patch_embed|class_embedding|cls_token|reg_token|register_tokens|mask_token|position|pos_embed"
    r"|token_embedding|pre_layrnorm|norm_pre|ln_pre|embeddings|conv1"
    r"|out_proj|o_proj|c_proj|down_proj|attn\.proj|fc2|output\.dense|weights_out)"
)


def randomize(model, seed):
    """Fills all parameters: none keeps a usual initial value such as 0 or 1."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if name.endswith("logit_scale"):
                value = 1.2 + 0.1 * noise
            elif name.endswith("logit_bias"):
                value = -1.5 + 0.1 * noise
            elif re.search(r"(norm|ln_)[^.]*\.weight$|lambda1$|gamma", name):
                value = 1 + 0.3 * noise
            elif parameter.ndim < 2 or "bias" in name:
                value = 0.2 * noise
            else:
                value = noise / parameter[0].numel() ** 0.5
            parameter.copy_(0.05 * value if SMALL.search(name) else value)


def make(spec, folder):
    """Writes the folder of a network as its library saves it."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    library = spec["library"]
    if library == "transformers":
        cls = getattr(transformers, spec["class"])
        model = cls(cls.config_class(**spec["config"]))
        randomize(model, spec["seed"])
        model.save_pretrained(folder)
        _edit_config(folder / "config.json", spec.get("absent", []))
    elif library == "timm":
        model = timm.create_model(spec["architecture"], **spec["model_args"])
        randomize(model, spec["seed"])
        timm.models.save_for_hf(
            model, folder, model_args=spec["model_args"], safe_serialization=True
        )
    else:
        cls = open_clip.CustomTextCLIP if spec["model_cfg"].get("custom_text") else open_clip.CLIP
        config = {k: v for k, v in spec["model_cfg"].items() if k != "custom_text"}
        with trunk(spec.get("trunk_args", {})):
            model = cls(**config)
        randomize(model, spec["seed"])
        weights = {name: value.contiguous() for name, value in model.state_dict().items()}
        save_file(weights, folder / "open_clip_model.safetensors")
        config = {"model_cfg": spec["model_cfg"], "preprocess_cfg": spec.get("preprocess_cfg", {})}
        (folder / "open_clip_config.json").write_text(json.dumps(config, indent=2) + "\n")


def _edit_config(path, absent):
    """Removes keys that equal the default, as published files do: text_config.hidden_act, ..."""
    config = json.loads(path.read_text())
    for key in absent:
        *parents, last = key.split(".")
        holder = config
        for parent in parents:
            holder = holder[parent]
        del holder[last]
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def load(library, folder, case):
    """Loads a folder by its library's own loader, in evaluation."""
    arguments = case.get("load_args", {})
    if library == "transformers":
        cls = getattr(transformers, case["class"])
        model = cls.from_pretrained(folder, attn_implementation="eager", **arguments)
    elif library == "timm":
        model = timm.create_model(f"local-dir:{folder}", pretrained=True, **arguments)
    else:
        with trunk(case.get("trunk_args", {})):
            model = open_clip.create_model(f"local-dir:{folder}", **arguments)
    return model.eval()


@contextlib.contextmanager
def trunk(arguments):
    """Makes the image towers that OpenCLIP takes from timm smaller than their architecture."""
    create = timm.create_model
    timm.create_model = lambda name, **others: create(name, **(arguments | others))
    try:
        yield
    finally:
        timm.create_model = create


class float64:
    """Computes in float64 where a library asks for float32: in a softmax, in a table."""

    def __enter__(self):
        self.softmax, self.float = torch.nn.functional.softmax, torch.Tensor.float
        self.arange = torch.arange
        torch.nn.functional.softmax = lambda x, dim=None, dtype=None, **_: self.softmax(x, dim)
        torch.arange = self._arange
        torch.Tensor.float = lambda x: x if x.dtype == torch.float64 else self.float(x)

    def __exit__(self, *_):
        torch.nn.functional.softmax, torch.Tensor.float = self.softmax, self.float
        torch.arange = self.arange

    def _arange(self, *args, dtype=None, **more):
        return self.arange(*args, dtype=torch.float64 if dtype is torch.float32 else dtype, **more)
