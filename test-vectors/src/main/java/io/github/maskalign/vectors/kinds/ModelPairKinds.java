package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.ContrastiveLoss;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.NaFlex;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.pair.ImageTextModel;
import io.github.maskalign.vit.weights.PairFile;
import io.github.maskalign.vit.weights.TextTowerFile;

/** Image and text towers of published folders together, and their contrastive losses. */
final class ModelPairKinds {

  private ModelPairKinds() {}

  static void pair(VectorCase given) {
    try (PairFile file = PairFile.open(ModelFolder.path(given))) {
      Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
      ImageTextModel model = sized(given, file).load(parameters);
      if (!given.has("out.loss")) {
        check(given, given.scope().ops(), model);
        return;
      }
      try (Tape tape = Tape.open(given.scope(), "case")) {
        tape.watchAll(parameters.trainableValues());
        Tensor loss = loss(given, tape, model, check(given, tape, model));
        given.checks().tensor("out.loss", loss);
        check(given, file, parameters, tape.backward(loss));
      }
    }
  }

  private static PairFile sized(VectorCase given, PairFile file) {
    if (!given.hasSetting("image_size_run")) {
      return file;
    }
    double[] size = given.reals("image_size_run");
    return file.withImageSize(new ImageSize((int) size[0], (int) size[1]));
  }

  /** OpenCLIP is told which loss to train with, transformers decides by the class. */
  private static Tensor loss(VectorCase given, Ops ops, ImageTextModel model, Tensor logits) {
    if (!given.hasSetting("loss")) {
      return model.loss(ops, logits);
    }
    return given.text("loss").equals("siglip")
        ? ContrastiveLoss.sigmoid(ops, logits)
        : ContrastiveLoss.softmax(ops, logits);
  }

  /** Checks embeddings and logits, which it returns. */
  private static Tensor check(VectorCase given, Ops ops, ImageTextModel model) {
    Tensor pictures =
        given.has("in.spatial_shapes")
            ? naFlex(given, ops, model)
            : model.imageFeatures(ops, given.tensor("in.pixel_values"));
    Tensor captions = model.textFeatures(ops, ModelTextKinds.texts(given));
    given.checks().tensor("out.image_features", pictures);
    given.checks().tensor("out.text_features", captions);
    Tensor pictureUnits = ImageTextModel.embeddings(ops, pictures);
    Tensor captionUnits = ImageTextModel.embeddings(ops, captions);
    given.checks().tensor("out.image_embeds", pictureUnits);
    given.checks().tensor("out.text_embeds", captionUnits);
    Tensor logits = model.logits(ops, pictureUnits, captionUnits);
    given.checks().tensor("out.logits_per_image", logits);
    given.checks().tensor("out.logits_per_text", ops.transpose(logits));
    if (given.has("out.probabilities")) {
      boolean sigmoid = model.config().logitBias();
      Tensor probabilities = sigmoid ? ops.unary(UnaryOp.SIGMOID, logits) : ops.softmax(logits);
      given.checks().tensor("out.probabilities", probabilities);
    }
    return logits;
  }

  private static Tensor naFlex(VectorCase given, Ops ops, ImageTextModel model) {
    NaFlex network = new NaFlex(model.images());
    NaFlex.Batch batch = NaFlexInputs.batch(given);
    return model.projected(ops, network.pooled(ops, network.tokens(ops, batch), batch));
  }

  private static void check(
      VectorCase given, PairFile file, Parameters parameters, Gradients gradients) {
    TextTowerFile texts = file.texts();
    FileGradients found = new FileGradients();
    found.add(
        parameters,
        gradients,
        ImageTextModel.IMAGES,
        file.images().names(),
        file.images().weights(),
        file.images().prefix());
    found.add(
        parameters,
        gradients,
        ImageTextModel.TEXTS,
        texts.names(),
        texts.weights(),
        texts.prefix());
    found.add(
        parameters,
        gradients,
        TextTowerFile.LOGIT,
        TextTowerFile.LOGITS,
        texts.weights(),
        texts.prefix());
    found.check(given.checks());
  }
}
