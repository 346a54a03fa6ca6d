package io.github.maskalign.vectors.kinds;

import io.github.maskalign.vectors.cases.CaseKind;
import java.util.Map;

/** All kinds of cases that the library can be verified against, by their names in the manifests. */
public final class Kinds {

  private static final Map<String, CaseKind> ALL =
      Map.ofEntries(
          Map.entry("op.matmul", ProductKinds::matmul),
          Map.entry("op.linear", ProductKinds::linear),
          Map.entry("op.gather_tokens", ProductKinds::gatherTokens),
          Map.entry("op.softmax", NormKinds::softmax),
          Map.entry("op.log_softmax", NormKinds::logSoftmax),
          Map.entry("op.normalize", NormKinds::unitNorm),
          Map.entry("op.gelu", NormKinds::gelu),
          Map.entry("op.quick_gelu", NormKinds::quickGelu),
          Map.entry("op.layer_norm", NormKinds::layerNorm),
          Map.entry("op.batch_norm", NormKinds::batchNorm),
          Map.entry("op.smooth_l1", LossKinds::smoothL1),
          Map.entry("op.l1", LossKinds::l1),
          Map.entry("op.mse", LossKinds::mse),
          Map.entry("op.cross_entropy", LossKinds::crossEntropy),
          Map.entry("op.cross_entropy_smooth", LossKinds::smoothedCrossEntropy),
          Map.entry("op.cross_entropy_soft", LossKinds::softCrossEntropy),
          Map.entry("op.accuracy", LossKinds::accuracy),
          Map.entry("op.patch_embed", VitKinds::patchEmbed),
          Map.entry("op.bicubic", PositionKinds::bicubic),
          Map.entry("op.resize_pos_embed", PositionKinds::resize),
          Map.entry("op.interpolate_pos_embed", PositionKinds::interpolate),
          Map.entry("op.sincos_pos_embed", PositionKinds::sincos),
          Map.entry("op.mask_len", MaskKinds::maskLength),
          Map.entry("op.random_masking", MaskKinds::randomMasking),
          Map.entry("op.multinomial_race", MaskKinds::race),
          Map.entry("op.target_norm", MaskKinds::targetNorm),
          Map.entry("op.renormalize", MaskKinds::renormalize),
          Map.entry("vit.student", MaskKinds::student),
          Map.entry("stats.multinomial", SamplingKinds::attentiveMasks),
          Map.entry("maskalign.loss", AlignmentKinds::loss),
          Map.entry("train.pretrain_adamw", PretrainKinds::adamW),
          Map.entry("train.finetune_adamw", FinetuneKinds::adamW),
          Map.entry("train.linprobe_lars", FinetuneKinds::lars),
          Map.entry("vit.block", VitKinds::block),
          Map.entry("vit.drop_path_rates", VitKinds::dropPathRates),
          Map.entry("vit.classifier", VitKinds::classifier),
          Map.entry("teacher.clip", TeacherKinds::clip),
          Map.entry("teacher.dino", TeacherKinds::dino),
          Map.entry("model.text", ModelTextKinds::text),
          Map.entry("model.pair", ModelPairKinds::pair),
          Map.entry("model.preprocess", PreprocessKinds::preprocess),
          Map.entry("model.preprocess_sizes", PreprocessKinds::sizes),
          Map.entry("model.image", ModelImageKinds::image),
          Map.entry("model.teacher", ModelImageKinds::image),
          Map.entry("data.decode", PictureKinds::decode),
          Map.entry("data.decode_jpeg", PictureKinds::decodeJpeg),
          Map.entry("data.pil_bicubic", PictureKinds::bicubic),
          Map.entry("data.train_crop", PictureKinds::trainCrop),
          Map.entry("data.eval_transform", PictureKinds::evaluation),
          Map.entry("data.to_tensor_normalize", PictureKinds::levels),
          Map.entry("data.crop_size", PictureKinds::cropSize),
          Map.entry("data.crop_fallback", PictureKinds::cropFallback),
          Map.entry("data.randaug_ops", AugmentKinds::operations),
          Map.entry("data.randaug_levels", AugmentKinds::levels),
          Map.entry("data.mixup", AugmentKinds::batch),
          Map.entry("data.cutmix", AugmentKinds::batch),
          Map.entry("data.mix_elem", AugmentKinds::elements),
          Map.entry("data.mix_pair", AugmentKinds::pairs),
          Map.entry("model.classifier", ModelClassifierKinds::classifier),
          Map.entry("ckpt.pth", CheckpointKinds::official),
          Map.entry("ckpt.pth_odd", CheckpointKinds::odd),
          Map.entry("ckpt.safetensors", CheckpointKinds::halfFile),
          Map.entry("ckpt.half_rounding", CheckpointKinds::rounding),
          Map.entry("ckpt.clip_full", CheckpointKinds::wholeClip),
          Map.entry("ckpt.finetune_keys", CheckpointKinds::finetuneKeys),
          Map.entry("model.tokenizer", TokenizerKinds::tokenizer),
          Map.entry("optim.layer_decay", OptimKinds::layerDecay),
          Map.entry("optim.adamw", OptimKinds::adamW),
          Map.entry("optim.lars", OptimKinds::lars),
          Map.entry("optim.clip_grad_norm", OptimKinds::clipGradients),
          Map.entry("optim.lr_sched", OptimKinds::learningRates));

  private Kinds() {}

  /** The kinds by name. */
  public static Map<String, CaseKind> all() {
    return ALL;
  }
}
