package io.github.maskalign.align.teacher;

import io.github.maskalign.align.config.Dimensions;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.ShapeException;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vit.Features;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.LoadOptions;
import io.github.maskalign.vit.NameMaps;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.WeightSource;
import io.github.maskalign.vit.Weights;
import java.nio.file.Path;

/** A Vision Transformer as teacher. */
public final class ViTTeacher implements Teacher {

  private final TeacherId id;
  private final ViT network;
  private final InputAdapter adapter;

  /**
   * A teacher.
   *
   * @param adapter makes the network's input from a student's; an input of another size than the
   *     network's is resized before it
   */
  public ViTTeacher(TeacherId id, ViT network, InputAdapter adapter) {
    ViTConfig config = network.config();
    if (config.prefixTokens() != 1) {
      throw new ShapeException(
          "teacher '"
              + id.name()
              + "': needs the class token and no other before the patches, not "
              + config.prefixTokens()
              + " tokens");
    }
    this.id = id;
    this.network = network;
    this.adapter = InputAdapter.resizedTo(config.imageSize()).then(adapter);
  }

  /**
   * Loads a network. Its final norm and a classifier's head may be missing or left over, since
   * neither takes part; all else must fit. A position table of another grid is resampled.
   *
   * @param scope owns the weights
   * @param file safetensors with timm's names, or with those of Hugging Face's CLIP or ViT
   * @throws io.github.maskalign.tensor.FormatException if the file does not fit the configuration
   */
  public static ViTTeacher load(
      Scope scope, TeacherId id, Path file, ViTConfig config, InputAdapter adapter) {
    Parameters parameters = Parameters.uninitialised(scope, DType.F32);
    ViT network = ViT.create(parameters.root(), config);
    try (SafeTensorsFile weights = SafeTensorsFile.open(file)) {
      WeightSource source = WeightSource.of(weights);
      LoadOptions options =
          LoadOptions.strict()
              .withNames(NameMaps.detect(source.names()))
              .optional("norm.*")
              .ignoring("head.*", "fc_norm.*");
      Weights.load(source, parameters, options);
    }
    return new ViTTeacher(id, network, adapter);
  }

  @Override
  public TeacherId id() {
    return id;
  }

  /** The network. */
  public ViT network() {
    return network;
  }

  @Override
  public Dimensions dimensions() {
    ViTConfig config = network.config();
    return new Dimensions(config.depth(), config.width(), config.patches());
  }

  @Override
  public TeacherView look(Ops ops, Tensor images, TeacherRequest request) {
    int depth = network.config().depth();
    try (Scope scope = ops.scope().child("teacher")) {
      Tensor input = adapter.adapt(scope.eager(), images);
      ForwardRequest wanted =
          ForwardRequest.plain()
              .withLastLevels(request.topLevels())
              .withImportance(request.importance() ? depth - 1 : -1);
      Features seen = network.forward(scope.eager(), input, wanted);
      seen.levels().forEach(scope::keep);
      Tensor importance = seen.importance();
      return new TeacherView(
          depth, seen.levels(), importance == null ? null : scope.keep(importance));
    }
  }
}
