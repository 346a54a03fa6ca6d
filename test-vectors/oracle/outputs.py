"""What each kind of case asks of a network, under the names of the manifests."""

import torch


def inputs(case, generator):
    """The inputs of a case: random pixels, and the token ids that the case states."""
    values = {}
    if case["kind"] != "model.text":
        shape = (case["batch"], 3, *case.get("image_size_run", case["image_size"]))
        values["pixel_values"] = torch.randn(shape, generator=generator)
    for name in ("input_ids", "attention_mask"):
        if name in case:
            values[name] = torch.tensor(case[name])
    return values


def outputs(library, model, values, case):
    run = {"transformers": _transformers, "timm": _timm, "open_clip": _open_clip}[library]
    results = run(model, values, case)
    return {name: results[name] for name in case["want"]} | {
        name: value for name, value in results.items() if name.startswith("top5")
    }


def _transformers(model, values, case):
    arguments = dict(case.get("call_args", {}))
    wanted = set(case["want"])
    hidden = bool(wanted & {"hidden_states", "attentions"})
    if hidden:
        arguments |= {"output_hidden_states": True, "output_attentions": True}
    if "loss" in wanted:
        arguments["return_loss"] = True
    out = model(**values, **arguments)
    results = {name: value for name, value in out.items() if torch.is_tensor(value)}
    for name in ("hidden_states", "attentions"):
        if hidden and getattr(out, name, None) is not None:
            results[name] = torch.stack(getattr(out, name))
    if "image_features" in wanted:
        results["image_features"] = model.get_image_features(values["pixel_values"]).pooler_output
        texts = {k: v for k, v in values.items() if k != "pixel_values"}
        results["text_features"] = model.get_text_features(**texts).pooler_output
    if "logits_per_image" in results:
        logits = results["logits_per_image"]
        sigmoid = case.get("probability") == "sigmoid"
        results["probabilities"] = logits.sigmoid() if sigmoid else logits.softmax(-1)
    return results | (_classes(results["logits"]) if "logits" in results else {})


def _timm(model, values, case):
    x = values["pixel_values"]
    blocks = []
    hooks = [b.register_forward_hook(lambda _, __, out: blocks.append(out)) for b in model.blocks]
    features = model.forward_features(x)
    for hook in hooks:
        hook.remove()
    results = {
        "forward_features": features,
        "pre_logits": model.forward_head(features, pre_logits=True),
        "block_outputs": torch.stack(blocks),
    }
    if "logits" in case["want"]:
        logits = model(x)
        results |= {"logits": logits} | _classes(logits)
    return results


def _open_clip(model, values, case):
    results = {}
    if "pixel_values" in values:
        results["image_features"] = model.encode_image(values["pixel_values"])
        results["image_embeds"] = torch.nn.functional.normalize(results["image_features"], dim=-1)
    if "input_ids" in values:
        results["text_features"] = model.encode_text(values["input_ids"])
        results["text_embeds"] = torch.nn.functional.normalize(results["text_features"], dim=-1)
    if len(values) > 1:
        logits = model.logit_scale.exp() * results["image_embeds"] @ results["text_embeds"].T
        if getattr(model, "logit_bias", None) is not None:
            logits = logits + model.logit_bias
        sigmoid = case.get("probability") == "sigmoid"
        results["logits_per_image"], results["logits_per_text"] = logits, logits.T
        results["probabilities"] = logits.sigmoid() if sigmoid else logits.softmax(-1)
    return results


def _classes(logits):
    probabilities = logits.softmax(-1)
    top = probabilities.topk(min(5, logits.shape[-1]))
    return {
        "probabilities": probabilities,
        "top5_ids": top.indices,
        "top5_probabilities": top.values,
    }
