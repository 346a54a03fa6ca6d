package io.github.maskalign.vit.weights.family;

/** MetaCLIP 2 of transformers, whose image tower is CLIP's. */
final class MetaClip2 extends Clip {

  MetaClip2() {
    super("metaclip_2", "metaclip_2_vision_model");
  }
}
