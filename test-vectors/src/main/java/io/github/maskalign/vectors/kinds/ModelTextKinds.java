package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.pair.ImageTextModel;
import io.github.maskalign.vit.text.TextBatch;
import io.github.maskalign.vit.text.TextTransformer;
import io.github.maskalign.vit.weights.TextTowerFile;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import java.util.List;
import java.util.Set;

/** Text towers of published folders. */
final class ModelTextKinds {

  /** Classes of transformers whose embeddings have unit length. */
  private static final Set<String> PAIRS = Set.of("CLIPModel", "SiglipModel", "Siglip2Model");

  private ModelTextKinds() {}

  static void text(VectorCase given) {
    try (WeightFile file = WeightFiles.open(ModelFolder.path(given))) {
      TextTowerFile tower = TextTowerFile.of(file);
      Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
      TextTransformer network = TextTransformer.create(parameters.root(), tower.config());
      tower.load(parameters, "");
      check(given, network);
    }
  }

  private static void check(VectorCase given, TextTransformer network) {
    Ops ops = given.scope().ops();
    TextBatch texts = texts(given);
    List<Tensor> states = network.hiddenStates(ops, texts);
    Tensor last = network.normalized(ops, states.getLast());
    Tensor pooled = network.pooled(ops, states.getLast(), texts);
    Tensor projected = network.projected(ops, pooled);
    given.checks().stacked("out.hidden_states", states);
    given.checks().tensor("out.last_hidden_state", last);
    given.checks().tensor("out.text_last_hidden_state", last);
    given.checks().tensor("out.text_features", projected);
    String kind = given.hasSetting("class") ? given.text("class") : "";
    boolean clip = kind.matches("(CLIP|MetaClip2).*");
    given.checks().tensor("out.pooler_output", clip ? pooled : projected);
    boolean unit = given.text("library").equals("open_clip") || PAIRS.contains(kind);
    Tensor embeds = unit ? ImageTextModel.embeddings(ops, projected) : projected;
    given.checks().tensor("out.text_embeds", embeds);
  }

  /** The texts of a case, with its mask if it has one. */
  static TextBatch texts(VectorCase given) {
    int[] dims = given.dims("in.input_ids");
    boolean[] mask = null;
    if (given.has("in.attention_mask")) {
      int[] visible = given.integers("in.attention_mask");
      mask = new boolean[visible.length];
      for (int i = 0; i < mask.length; i++) {
        mask[i] = visible[i] != 0;
      }
    }
    return new TextBatch(given.integers("in.input_ids"), dims[0], dims[1], mask);
  }
}
