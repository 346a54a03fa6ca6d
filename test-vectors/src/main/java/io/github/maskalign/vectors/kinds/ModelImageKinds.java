package io.github.maskalign.vectors.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ForwardResult;
import io.github.maskalign.vit.NaFlex;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.NetworkFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Image towers of published networks, and the same as teachers. */
final class ModelImageKinds {

  private final VectorCase given;
  private final Ops ops;
  private final ViT network;
  private final @Nullable Linear projection;

  private ModelImageKinds(VectorCase given, ViT network, @Nullable Linear projection) {
    this.given = given;
    this.ops = given.scope().ops();
    this.network = network;
    this.projection = projection;
  }

  /** Tokens, pooled outputs and embeddings; hidden states and attentions of all blocks. */
  static void image(VectorCase given) {
    load(given).check();
  }

  private static ModelImageKinds load(VectorCase given) {
    try (NetworkFile file = NetworkFile.open(ModelFolder.path(given))) {
      Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
      int[] image = given.dims("in.pixel_values");
      boolean patches = given.has("in.spatial_shapes");
      ViTConfig config =
          patches ? file.config() : file.config().withImageSize(new ImageSize(image[2], image[3]));
      ViT network = ViT.create(parameters.root(), config);
      Parameters.Path path = parameters.root().at("projection");
      Linear projection =
          file.projection().map(it -> it.create(path, config.pooledWidth())).orElse(null);
      file.withConfig(config).load(parameters);
      return new ModelImageKinds(given, network, projection);
    }
  }

  private void check() {
    if (given.has("in.spatial_shapes")) {
      checkNaFlex();
      return;
    }
    ForwardRequest request = ForwardRequest.plain().withAllLevels().withEmbedding();
    if (given.has("in.noise")) {
      request = request.withKeep(masked());
    }
    if (given.has("out.attentions")) {
      Set<Integer> all =
          IntStream.range(0, network.config().depth()).boxed().collect(Collectors.toSet());
      request = request.withAttentions(all);
    }
    ForwardResult seen = network.forward(ops, given.tensor("in.pixel_values"), request);
    for (JsonNode want : given.setting("want")) {
      String name = "out." + want.textValue();
      if (given.has(name)) {
        output(want.textValue(), seen);
      }
    }
  }

  private void checkNaFlex() {
    NaFlex naFlex = new NaFlex(network);
    NaFlex.Batch batch = NaFlexInputs.batch(given);
    List<Tensor> states = naFlex.hiddenStates(ops, batch);
    Tensor last = states.getLast();
    for (JsonNode want : given.setting("want")) {
      String name = "out." + want.textValue();
      switch (want.textValue()) {
        case "hidden_states" -> given.checks().stacked(name, states);
        case "attentions" ->
            given.checks().stacked(name, naFlex.attentions(given.scope().eager(), states, batch));
        case "last_hidden_state" -> given.checks().tensor(name, network.normalized(ops, last));
        case "pooler_output" -> given.checks().tensor(name, naFlex.pooled(ops, last, batch));
        default -> throw new ArgumentException("output '" + want.textValue() + "' of NaFlex");
      }
    }
  }

  private void output(String want, ForwardResult seen) {
    String name = "out." + want;
    Tensor tokens = seen.tokens();
    switch (want) {
      case "last_hidden_state" ->
          given.checks().tensor(name, isClip() ? tokens : network.normalized(ops, tokens));
      case "forward_features" -> given.checks().tensor(name, network.normalized(ops, tokens));
      case "image_hidden" -> given.checks().tensor(name, tokens);
      case "pooler_output", "pre_logits" ->
          given.checks().tensor(name, network.pooled(ops, tokens));
      case "image_embeds", "image_features" -> given.checks().tensor(name, embedding(tokens));
      case "hidden_states" -> {
        List<Tensor> all = new ArrayList<>();
        all.add(seen.embedding());
        all.addAll(seen.levels());
        given.checks().stacked(name, all);
      }
      case "block_outputs" -> given.checks().stacked(name, seen.levels());
      case "attentions" ->
          given
              .checks()
              .stacked(
                  name,
                  IntStream.range(0, network.config().depth())
                      .mapToObj(i -> seen.attentions().get(i))
                      .toList());
      case "mask", "ids_restore" -> maskOutput(name);
      default -> throw new ArgumentException("output '" + want + "'");
    }
  }

  /** The norm of transformers' CLIP acts on the pooled token only. */
  private boolean isClip() {
    return given.text("library").equals("transformers")
        && given.text("class").matches("(CLIP|MetaClip2).*");
  }

  private Tensor embedding(Tensor tokens) {
    Tensor pooled = network.pooled(ops, tokens);
    return projection == null ? pooled : projection.forward(ops, pooled);
  }

  // ---- MAE's mask ----

  private int[][] order() {
    float[] noise = given.floats("in.noise");
    int[] dims = given.dims("in.noise");
    int[][] order = new int[dims[0]][];
    for (int i = 0; i < dims[0]; i++) {
      int row = i * dims[1];
      order[i] =
          IntStream.range(0, dims[1])
              .boxed()
              .sorted(Comparator.comparing(id -> noise[row + id]))
              .mapToInt(id -> id)
              .toArray();
    }
    return order;
  }

  private int kept() {
    return given.dims("out.last_hidden_state")[1] - network.config().prefixTokens();
  }

  private Tensor masked() {
    int[][] order = order();
    int kept = kept();
    int[] ids = Arrays.stream(order).flatMapToInt(row -> Arrays.stream(row, 0, kept)).toArray();
    return ops.of(ids, order.length, kept);
  }

  private void maskOutput(String name) {
    int[][] order = order();
    int patches = order[0].length;
    boolean mask = name.endsWith("mask");
    long[] values = new long[order.length * patches];
    for (int i = 0; i < order.length; i++) {
      for (int place = 0; place < patches; place++) {
        int hidden = place < kept() ? 0 : 1;
        values[i * patches + order[i][place]] = mask ? hidden : place;
      }
    }
    if (mask) {
      double[] reals = Arrays.stream(values).asDoubleStream().toArray();
      given.checks().values(name, reals, order.length, patches);
    } else {
      given.checks().values(name, values, order.length, patches);
    }
  }
}
