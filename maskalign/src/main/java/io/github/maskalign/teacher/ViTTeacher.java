package io.github.maskalign.teacher;

import io.github.maskalign.Teacher;
import io.github.maskalign.TeacherId;
import io.github.maskalign.TeacherRequest;
import io.github.maskalign.TeacherView;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ForwardResult;
import io.github.maskalign.vit.Importance;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.names.NameMaps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Vision Transformer as teacher. Registers are left out of what it gives; a network without class
 * token gives the mean of its patches in that place.
 *
 * @since 0.1.0
 */
public final class ViTTeacher implements Teacher {

  private final TeacherId id;
  private final ViT network;
  private final InputAdapter adapter;
  private final Importance importance;

  /**
   * A teacher whose importance of patches is the one that fits its network.
   *
   * @param adapter makes the network's input from a student's; an input of another size than the
   *     network's is resized before it
   */
  public ViTTeacher(TeacherId id, ViT network, InputAdapter adapter) {
    this(id, network, adapter, Importance.of(network.config()));
  }

  /** A teacher with a given importance of patches. */
  public ViTTeacher(TeacherId id, ViT network, InputAdapter adapter, Importance importance) {
    this.id = id;
    this.network = network;
    this.adapter = InputAdapter.resizedTo(network.config().imageSize()).then(adapter);
    this.importance = importance;
  }

  /**
   * Loads a network. Its final norm and a classifier's head may be missing or left over, since
   * neither takes part; all else must fit. A position table of another grid is resampled.
   *
   * @param scope owns the weights
   * @param path a file or folder with names that {@link NameMaps} knows
   * @throws io.github.maskalign.tensor.error.FormatException if the file does not fit the
   *     configuration
   */
  public static ViTTeacher load(
      Scope scope, TeacherId id, Path path, ViTConfig config, InputAdapter adapter) {
    try (NetworkFile file = NetworkFile.open(path)) {
      return load(scope, id, file.withConfig(config), adapter);
    }
  }

  /**
   * Loads any network whose shape the file or folder itself tells, for a student of {@code grid}
   * patches a side. What lies beside the weights tells their pixels' statistics and license too.
   *
   * @param scope owns the weights
   * @param students statistics that their pixels are normalized by
   * @throws io.github.maskalign.tensor.error.FormatException if it is no known Vision Transformer
   */
  public static ViTTeacher open(Scope scope, Path path, int grid, ChannelStats students) {
    try (NetworkFile file = NetworkFile.open(path)) {
      ViTConfig own = file.config();
      ModelCard card = ModelCard.of(file);
      TeacherId id =
          TeacherId.of(path.getFileName().toString(), file.file().files(), card.license());
      NetworkFile fitted = file.withConfig(own.withImageSize(grid * own.patchSize()));
      return load(scope, id, fitted, InputAdapter.between(students, card.stats()));
    }
  }

  /** Loads a network of an open file. */
  static ViTTeacher load(Scope scope, TeacherId id, NetworkFile file, InputAdapter adapter) {
    Parameters parameters = Parameters.uninitialized(scope, DType.F32);
    ViT network = ViT.create(parameters.root(), file.config());
    // Importance by a probe looks at the normalized tokens; else the final norm takes no part.
    String[] optional = file.config().attentionPool() ? new String[0] : new String[] {"norm.*"};
    file.load(parameters, optional);
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

  /** Makes the network's input from a student's. */
  public InputAdapter adapter() {
    return adapter;
  }

  @Override
  public Importance importance() {
    return importance;
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
              .withImportance(request.importance() ? importance : null);
      ForwardResult seen = network.forward(scope.eager(), input, wanted);
      List<Tensor> levels = new ArrayList<>();
      seen.levels().forEach(level -> levels.add(scope.keep(arranged(scope.eager(), level))));
      Tensor of = seen.importance();
      return new TeacherView(depth, levels, of == null ? null : scope.keep(of));
    }
  }

  /** [B, T, D] -> [B, 1 + N, D]: one token for the image, then the patches. */
  private Tensor arranged(Ops ops, Tensor level) {
    ViTConfig.Tokens tokens = network.config().tokens();
    if (tokens.classToken() && tokens.registers() == 0) {
      return level;
    }
    Tensor patches = ops.slice(level, 1, tokens.prefix(), level.dim(1));
    Tensor image = tokens.classToken() ? ops.slice(level, 1, 0, 1) : ops.mean(patches, true, 1);
    return ops.concat(List.of(image, patches), 1);
  }
}
