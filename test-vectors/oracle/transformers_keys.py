"""Writes the keys of config.json that transformers' classes know, one line per class.

    python transformers_keys.py > transformers-keys.tsv

Needs transformers 5.24. None of the keys but those that the families read changes the numbers of
inference; to add a family, add its model_type to TYPES.
"""

import inspect

import transformers
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

TYPES = [
    "clip", "clip_vision_model", "clip_text_model",
    "metaclip_2", "metaclip_2_vision_model", "metaclip_2_text_model",
    "siglip", "siglip_vision_model", "siglip_text_model",
    "siglip2", "siglip2_vision_model", "siglip2_text_model",
    "vit", "deit", "vit_mae", "ijepa", "vit_msn", "dinov2", "dinov2_with_registers", "dinov3_vit"]

# What PretrainedConfig of transformers 4 (4.57) takes and writes besides, and the auto classes and
# other programs add; without pruned_heads, quantization_config and the like, which change numbers.
EARLIER = """
add_cross_attention architectures auto_map bad_words_ids begin_suppress_tokens bos_token_id
chunk_size_feed_forward cross_attention_hidden_size decoder_start_token_id diversity_penalty
do_sample dtype early_stopping encoder_no_repeat_ngram_size eos_token_id
exponential_decay_length_penalty feature_extractor_type finetuning_task forced_bos_token_id
forced_eos_token_id gradient_checkpointing id2label image_processor_type initializer_factor
initializer_range is_composition is_decoder is_encoder_decoder label2id length_penalty max_length
min_length model_type name_or_path no_repeat_ngram_size num_beam_groups num_beams num_labels
num_return_sequences output_attentions output_hidden_states output_past output_scores pad_token_id
prefix problem_type processor_class remove_invalid_values repetition_penalty return_dict
return_dict_in_generate sep_token_id suppress_tokens task_specific_params temperature
tf_legacy_loss tie_encoder_decoder tie_word_embeddings tokenizer_class top_k top_p torch_dtype
torchscript transformers_version typical_p use_bfloat16 use_cache xla_device
_attn_implementation _attn_implementation_autoset _commit_hash _name_or_path
""".split()

# Of earlier versions of single classes.
CLASS_EARLIER = {
    "clip": ["text_config_dict", "vision_config_dict", "dropout"],
    "clip_vision_model": ["dropout"],
    "clip_text_model": ["dropout"],
    "dinov2_with_registers": ["interpolate_antialias", "interpolate_offset"],
}

UNFIT = {"self", "kwargs", "args"}


def keys(cls):
    names = set(cls().to_dict())
    names |= set(inspect.signature(cls.__init__).parameters) - UNFIT
    return names


def main():
    assert transformers.__version__.startswith("5.24"), transformers.__version__
    print("# Keys of config.json that change no numbers or are read, from transformers "
          + transformers.__version__ + " by test-vectors/oracle/transformers_keys.py")
    common = keys(transformers.PretrainedConfig) | set(EARLIER)
    print("\t".join(["*", " ".join(sorted(common))]))
    for name in TYPES:
        own = keys(CONFIG_MAPPING[name]) | set(CLASS_EARLIER.get(name, []))
        print("\t".join([name, " ".join(sorted(own - common))]))


if __name__ == "__main__":
    main()
