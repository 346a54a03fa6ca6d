"""Writes what the architectures of timm's Vision Transformers fix, one line each.

    python timm_architectures.py > timm-architectures.tsv

Needs timm 1.0.31 and torch; the weights are never made (meta device).
"""

import sys

import timm
import torch
from timm.models.vision_transformer import Attention, Block, VisionTransformer
from timm.models.eva import Eva, EvaBlock

COLUMNS = [
    "architecture", "img_size", "patch_size", "in_chans", "patch_bias", "embed_dim", "depth",
    "num_heads", "mlp_width", "act", "gated", "eps", "init_values", "q_bias", "k_bias", "v_bias",
    "proj_bias", "mlp_bias", "qk_norm", "class_token", "dist_token", "reg_tokens", "no_embed_class",
    "pre_norm", "rotary", "global_pool", "norm"]
ACTS = {"GELU": "gelu", "GELUTanh": "gelu_tanh", "QuickGELU": "quick_gelu", "SiLU": "silu", "ReLU": "relu"}


def flag(value):
    return "1" if value else "0"


def identity(module):
    return isinstance(module, torch.nn.Identity)


def facts(name, m):
    block = m.blocks[0]
    eva = isinstance(m, Eva)
    if getattr(m, "pool_include_prefix", False):
        return None
    if type(block) not in (Block, EvaBlock):
        return None
    attn, mlp, norm = block.attn, block.mlp, block.norm1
    if not isinstance(norm, torch.nn.LayerNorm) or type(norm).__name__ not in ("LayerNorm",):
        return None
    if eva and (getattr(attn, "norm", None) is not None and not identity(attn.norm) or attn.qkv is None):
        return None
    if not eva and type(attn) is not Attention or not identity(getattr(attn, "norm", torch.nn.Identity())):
        return None
    kind = type(mlp).__name__
    if kind not in ("Mlp", "GluMlp", "SwiGLU") or not identity(getattr(mlp, "norm", torch.nn.Identity())):
        return None
    if kind == "GluMlp" and mlp.gate_last:
        return None
    act = ACTS.get(type(mlp.act).__name__)
    if act is None or type(m.patch_embed).__name__ != "PatchEmbed":
        return None
    rope = getattr(m, "rope", None)
    if eva and (rope is None or type(rope).__name__ != "RotaryEmbeddingDinoV3"):
        return None
    scale = getattr(block, "ls1", None)
    init = 0.0
    if eva:
        init = 1.0 if block.gamma_1 is not None else 0.0
    elif not identity(scale):
        init = scale.init_values
    q = k = v = getattr(attn.qkv, "bias", None) is not None
    if eva and attn.q_bias is not None:
        q, k, v = True, isinstance(attn.k_bias, torch.nn.Parameter), True
    fc_norm = not identity(m.fc_norm)
    size = m.patch_embed.img_size
    return [
        name, str(size[0]), str(m.patch_embed.patch_size[0]), "3", flag(m.patch_embed.proj.bias is not None),
        str(m.embed_dim), str(len(m.blocks)), str(attn.num_heads), str(mlp.fc2.in_features), act,
        flag(kind != "Mlp"), repr(norm.eps), repr(float(init)), flag(q), flag(k), flag(v),
        flag(attn.proj.bias is not None), flag(mlp.fc2.bias is not None), flag(not identity(attn.q_norm)),
        flag(m.cls_token is not None), flag(hasattr(m, "dist_token")), str(0 if m.reg_token is None else m.reg_token.shape[1]),
        flag(getattr(m, "no_embed_class", False)), flag(not identity(getattr(m, "norm_pre", torch.nn.Identity()))), flag(rope is not None),
        "map" if getattr(m, "attn_pool", None) is not None else (m.global_pool or "none"),
        "fc_norm" if fc_norm else ("none" if identity(m.norm) else "norm")]


def main():
    print("# What timm %s fixes by the name of an architecture; made by test-vectors/oracle/timm_architectures.py" % timm.__version__)
    print("\t".join(COLUMNS))
    for name in timm.list_models(sys.argv[1:] or ""):
        try:
            entry = timm.model_entrypoint(name)
            if entry.__module__ not in ("timm.models.vision_transformer", "timm.models.deit", "timm.models.eva"):
                continue
            with torch.device("meta"):
                m = timm.create_model(name, pretrained=False)
            if not isinstance(m, (VisionTransformer, Eva)):
                continue
            row = facts(name, m)
        except Exception as e:  # noqa: BLE001
            print(name, repr(e)[:100], file=sys.stderr)
            continue
        if row:
            print("\t".join(row))


main()
