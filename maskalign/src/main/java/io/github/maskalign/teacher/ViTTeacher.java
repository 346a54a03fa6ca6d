package io.github.maskalign.teacher;

import io.github.maskalign.PendingLevel;
import io.github.maskalign.Teacher;
import io.github.maskalign.TeacherId;
import io.github.maskalign.TeacherOutput;
import io.github.maskalign.TeacherRequest;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ForwardResult;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.Importance;
import io.github.maskalign.vit.PendingBlock;
import io.github.maskalign.vit.PendingResult;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.PretrainedViT;
import io.github.maskalign.vit.weights.family.Families;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A Vision Transformer as teacher. It sees the augmented crops of its student, in as many patches,
 * with the statistics and the filter of its own preprocessing but none of its cropping. Its output
 * omits registers; for a network without class token, the mean of the patches takes that place, and
 * {@link Importance} says what its importance is.
 *
 * @since 0.1.0
 */
public final class ViTTeacher implements Teacher {

  private final TeacherId id;
  private final ViT network;
  private final InputAdapter adapter;
  private final Importance importance;
  private final TeacherInput own;
  private final TeacherInput usual;
  private final List<String> notes;

  /**
   * A teacher that computes the importance of patches in the way that fits its network.
   *
   * @param adapter converts a student's input to the network's; an input of another size is resized
   *     first
   */
  public ViTTeacher(TeacherId id, ViT network, InputAdapter adapter) {
    this(id, network, adapter, Importance.of(network.config()));
  }

  /** A teacher with a given way to compute the importance of patches. */
  public ViTTeacher(TeacherId id, ViT network, InputAdapter adapter, Importance importance) {
    this.id = id;
    this.network = network;
    this.adapter = InputAdapter.resizedTo(network.config().imageSize()).then(adapter);
    this.importance = importance;
    this.own = TeacherInput.bicubic(ChannelStats.imageNet());
    this.usual = own;
    this.notes = List.of();
  }

  /**
   * A teacher of students whose input has these statistics.
   *
   * @param own the network's
   * @param usual that of its weights without files beside them
   */
  private ViTTeacher(
      TeacherId id,
      ViT network,
      ChannelStats students,
      TeacherInput own,
      TeacherInput usual,
      List<String> notes) {
    this.id = id;
    this.network = network;
    this.adapter =
        InputAdapter.between(students, own.stats(), network.config().imageSize(), own.resampling());
    this.importance = Importance.of(network.config());
    this.own = own;
    this.usual = usual;
    this.notes = notes;
  }

  /**
   * Loads a network. The final norm and a classifier's head may be missing or unused; everything
   * else must match. Position embeddings of another grid are resampled.
   *
   * @param scope owns the weights
   * @param path a file or folder with names that {@link Families} knows
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
   * Loads any network whose configuration can be read from the file or folder, for a student with
   * this grid of patches. Pixel statistics and license are read from the files next to the weights.
   * A gray student may have a color teacher, and the reverse.
   *
   * @param scope owns the weights
   * @param students statistics that the student's pixels are normalized with
   * @throws io.github.maskalign.tensor.error.FormatException if it is no known Vision Transformer
   */
  public static ViTTeacher open(Scope scope, Path path, Grid grid, ChannelStats students) {
    try (NetworkFile file = NetworkFile.open(path)) {
      PretrainedViT loaded =
          PretrainedViT.load(scope, file, file.config().withGrid(grid).imageSize());
      ModelCard card = loaded.card();
      TeacherId id =
          TeacherId.of(path.getFileName().toString(), file.file().files(), card.license());
      TeacherInput own = TeacherInput.of(card);
      TeacherInput usual = TeacherInput.bicubic(card.stats());
      return new ViTTeacher(id, loaded.network(), students, own, usual, card.notes());
    }
  }

  /** Loads a network of an open file. */
  static ViTTeacher load(Scope scope, TeacherId id, NetworkFile file, InputAdapter adapter) {
    ImageSize size = file.config().imageSize();
    return new ViTTeacher(id, PretrainedViT.load(scope, file, size).network(), adapter);
  }

  /**
   * Loads a network of an open file for students whose input has these statistics.
   *
   * @param usual statistics of the network's input, if no file beside it states its preprocessing
   */
  static ViTTeacher load(
      Scope scope, TeacherId id, NetworkFile file, ChannelStats students, ChannelStats usual) {
    ImageSize size = file.config().imageSize();
    PretrainedViT loaded = PretrainedViT.load(scope, file, size);
    ModelCard card = loaded.card();
    TeacherInput assumed = TeacherInput.bicubic(usual);
    TeacherInput own = card.stated() ? TeacherInput.of(card) : assumed;
    List<String> notes = card.stated() ? card.notes() : List.of();
    return new ViTTeacher(id, loaded.network(), students, own, assumed, notes);
  }

  @Override
  public TeacherId id() {
    return id;
  }

  /** The network. */
  public ViT network() {
    return network;
  }

  /** Converts a student's input to the network's. */
  public InputAdapter adapter() {
    return adapter;
  }

  @Override
  public Importance importance() {
    return importance;
  }

  @Override
  public String input(ImageSize crops) {
    return own.differenceFrom(usual, !crops.equals(network.config().imageSize()));
  }

  /** What of its preprocessing was assumed or passed over, a line each. */
  public List<String> notes() {
    return notes;
  }

  @Override
  public Dimensions dimensions() {
    ViTConfig config = network.config();
    return new Dimensions(config.depth(), config.width(), config.patches());
  }

  @Override
  public TeacherOutput forward(Ops ops, Tensor images, TeacherRequest request) {
    int depth = network.config().depth();
    try (Scope scope = ops.scope().child("teacher")) {
      Tensor input = adapter.adapt(scope.eager(), images);
      if (request.lastAtTokens() && request.topLevels() > 0 && canLeaveTokensOut(request)) {
        return pending(ops.scope().eager(), input, request);
      }
      ForwardRequest wanted =
          ForwardRequest.plain()
              .withLastLevels(request.topLevels())
              .withImportance(request.importance() ? importance : null);
      ForwardResult seen = network.forward(scope.eager(), input, wanted);
      List<Tensor> levels = new ArrayList<>();
      seen.levels().forEach(level -> levels.add(scope.keep(arranged(scope.eager(), level))));
      Tensor of = seen.importance();
      return new TeacherOutput(depth, levels, of == null ? null : scope.keep(of));
    }
  }

  /** The mean of the patches, in place of a class token, follows from all of them. */
  private boolean canLeaveTokensOut(TeacherRequest request) {
    return network.config().tokens().classToken()
        && !(request.importance() && importance.followsOutput());
  }

  private TeacherOutput pending(Eager ops, Tensor input, TeacherRequest request) {
    PendingResult seen =
        network.forwardPending(
            ops, input, request.topLevels() - 1, request.importance() ? importance : null);
    List<Tensor> levels = seen.levels().stream().map(level -> arranged(ops, level)).toList();
    int others = network.config().prefixTokens() - 1;
    PendingLevel last = new LastLevel(seen.last(), input.dim(0), others);
    return new TeacherOutput(network.config().depth(), levels, last, seen.importance());
  }

  /**
   * The output of the last block.
   *
   * @param others number of tokens between the class token and the patches
   */
  private record LastLevel(PendingBlock block, int images, int others) implements PendingLevel {

    @Override
    public Tensor at(Eager ops, Tensor tokens) {
      return block.at(ops, others == 0 ? tokens : skipped(ops, tokens));
    }

    private Tensor skipped(Eager ops, Tensor tokens) {
      int[] ids =
          Arrays.stream(tokens.toLongs())
              .mapToInt(id -> Math.toIntExact(id == 0 ? 0 : id + others))
              .toArray();
      return ops.of(ids, tokens.dim(0), tokens.dim(1));
    }
  }

  /** [B, T, D] -> [B, 1 + N, D]: one token for the image, then the patches. */
  private Tensor arranged(Ops ops, Tensor level) {
    TokenConfig tokens = network.config().tokens();
    if (tokens.classToken() && tokens.registers() == 0) {
      return level;
    }
    Tensor image = Pooling.of(network.config()).pool(ops, network.config(), level);
    Tensor patches = Pooling.patches(ops, network.config(), level);
    return ops.concat(List.of(ops.reshape(image, level.dim(0), 1, level.dim(2)), patches), 1);
  }
}
