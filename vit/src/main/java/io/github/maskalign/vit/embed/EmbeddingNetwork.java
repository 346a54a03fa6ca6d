package io.github.maskalign.vit.embed;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.NetworkFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** pixels [C, H, W] of several pictures -> their embeddings. For one thread. */
final class EmbeddingNetwork {

  private static final String PROJECTION = "projection.weight";

  private final Scope scope;
  private final ViT network;
  private final EmbedderOptions options;
  private final @Nullable Tensor projection;

  private EmbeddingNetwork(
      Scope scope, ViT network, EmbedderOptions options, @Nullable Tensor projection) {
    this.scope = scope;
    this.network = network;
    this.options = options;
    this.projection = projection;
  }

  /**
   * Loads the weights.
   *
   * @param scope owns them
   * @param file open as long as this is used
   * @throws FormatException if the file lacks what the output needs
   */
  static EmbeddingNetwork load(Scope scope, NetworkFile file, EmbedderOptions options) {
    ViTConfig config = file.config();
    require(config, options);
    Parameters parameters = Parameters.lazy(scope, DType.F32);
    ViT network = ViT.create(parameters.root(), config);
    Tensor projection = null;
    if (options.output() == Output.PROJECTED) {
      projection = parameters.root().add(PROJECTION, Init.zeros(), projected(file), config.width());
    }
    file.load(parameters, "norm.*");
    parameters.freeze();
    return new EmbeddingNetwork(scope, network, options, projection);
  }

  private static int projected(NetworkFile file) {
    return file.shape(PROJECTION)
        .orElseThrow(
            () ->
                new FormatException(
                    file.file().description()
                        + " holds no projection of pictures into a space shared with texts, which"
                        + " output PROJECTED needs and CLIP has; use POOLED"))
        .dim(0);
  }

  private static void require(ViTConfig config, EmbedderOptions options) {
    boolean classToken =
        options.output() == Output.CLASS_TOKEN || options.output() == Output.CLASS_AND_MEAN;
    if (classToken && !config.tokens().classToken()) {
      throw new ShapeException(
          "embedder: output " + options.output() + " needs a class token, this network has none");
    }
    if (options.level() >= config.depth()) {
      throw new ShapeException(
          "embedder: there is no level %d, they count from 0 to %d"
              .formatted(options.level(), config.depth() - 1));
    }
  }

  /** Length of an embedding. */
  int width() {
    int width = network.config().width();
    return switch (options.output()) {
      case POOLED, CLASS_TOKEN, MEAN_PATCHES -> width;
      case PROJECTED -> projection.dim(0);
      case CLASS_AND_MEAN -> 2 * width;
      case PATCH_TOKENS -> network.config().patches() * width;
    };
  }

  List<float[]> embed(List<float[]> pictures) {
    ViTConfig config = network.config();
    int each = pictures.getFirst().length;
    float[] pixels = new float[Math.multiplyExact(pictures.size(), each)];
    for (int i = 0; i < pictures.size(); i++) {
      System.arraycopy(pictures.get(i), 0, pixels, i * each, each);
    }
    int side = config.imageSize();
    try (Scope inner = scope.child("embedding")) {
      Ops ops = inner.ops();
      Tensor images = ops.of(pixels, pictures.size(), config.channels(), side, side);
      float[] values = output(ops, tokens(ops, images)).toFloats();
      int width = values.length / pictures.size();
      List<float[]> embeddings = new ArrayList<>();
      for (int i = 0; i < pictures.size(); i++) {
        embeddings.add(finished(Arrays.copyOfRange(values, i * width, (i + 1) * width)));
      }
      return embeddings;
    }
  }

  private Tensor tokens(Ops ops, Tensor images) {
    int above = options.level() < 0 ? 1 : network.config().depth() - options.level();
    ForwardRequest request = ForwardRequest.plain().withLastLevels(above);
    return network.forward(ops, images, request).levels().getFirst();
  }

  private Tensor output(Ops ops, Tensor tokens) {
    int first = network.config().prefixTokens();
    return switch (options.output()) {
      case POOLED -> network.pooled(ops, tokens);
      case PROJECTED -> ops.linear(network.pooled(ops, tokens), projection, null);
      case CLASS_TOKEN -> classToken(ops, network.normalized(ops, tokens));
      case MEAN_PATCHES -> mean(ops, network.normalized(ops, tokens), first);
      case CLASS_AND_MEAN -> {
        Tensor seen = network.normalized(ops, tokens);
        yield ops.concat(List.of(classToken(ops, seen), mean(ops, seen, first)), 1);
      }
      case PATCH_TOKENS -> ops.slice(network.normalized(ops, tokens), 1, first, tokens.dim(1));
    };
  }

  private static Tensor classToken(Ops ops, Tensor seen) {
    return ops.reshape(ops.slice(seen, 1, 0, 1), seen.dim(0), seen.dim(2));
  }

  private static Tensor mean(Ops ops, Tensor seen, int first) {
    return ops.mean(ops.slice(seen, 1, first, seen.dim(1)), false, 1);
  }

  private float[] finished(float[] embedding) {
    return options.unitLength() ? UnitLength.scale(embedding) : embedding;
  }
}
