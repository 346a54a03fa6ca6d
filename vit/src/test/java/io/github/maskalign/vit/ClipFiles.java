package io.github.maskalign.vit;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.text.token.TinyVocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/**
 * A complete CLIP in the files of Hugging Face and OpenCLIP, and its outputs computed in plain
 * doubles.
 */
public final class ClipFiles {

  public static final int SIZE = 8;
  public static final int PATCH = 4;
  public static final int CONTEXT = 12;
  public static final int PROJECTION = 6;

  private static final int WIDTH = FileNets.WIDTH;
  private static final int HIDDEN = FileNets.HIDDEN;
  private static final double EPS = 1e-5;

  private final FileNets.Weights weights = new FileNets.Weights();
  private final int vocabulary = TinyVocabulary.ids().size();

  /** With random weights. */
  public ClipFiles() {
    String vision = "vision_model.";
    weights.add(vision + "embeddings.class_embedding", WIDTH);
    weights.add(vision + "embeddings.patch_embedding.weight", WIDTH, 3, PATCH, PATCH);
    weights.add(vision + "embeddings.position_embedding.weight", 1 + patches(), WIDTH);
    weights.norm(vision + "pre_layrnorm").norm(vision + "post_layernorm");
    weights.add("visual_projection.weight", PROJECTION, WIDTH);
    String text = "text_model.";
    weights.add(text + "embeddings.token_embedding.weight", vocabulary, WIDTH);
    weights.add(text + "embeddings.position_embedding.weight", CONTEXT, WIDTH);
    weights.norm(text + "final_layer_norm").add("text_projection.weight", PROJECTION, WIDTH);
    weights.add("logit_scale");
    for (String tower : new String[] {vision, text}) {
      for (int i = 0; i < FileNets.DEPTH; i++) {
        String layer = tower + "encoder.layers." + i + ".";
        weights.norm(layer + "layer_norm1").norm(layer + "layer_norm2");
        for (String part : new String[] {"k_proj", "v_proj", "q_proj", "out_proj"}) {
          weights.layer(layer + "self_attn." + part, WIDTH, WIDTH);
        }
        weights.layer(layer + "mlp.fc1", HIDDEN, WIDTH).layer(layer + "mlp.fc2", WIDTH, HIDDEN);
      }
    }
  }

  private static int patches() {
    return SIZE / PATCH * (SIZE / PATCH);
  }

  /** The learned scale of cosines. */
  public double scale() {
    return Math.exp(weights.values.get("logit_scale")[0]);
  }

  // ---- files ----

  /**
   * Writes weights, configuration and {@code tokenizer.json}; the end token as in the
   * configuration.
   */
  public void writeHuggingFace(Path folder, String activation, int end) {
    save(folder.resolve("model.safetensors"), weights.shapes, weights.values);
    String tower =
        """
        "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": 2,
        "num_attention_heads": 2, "hidden_act": "%s"
        """
            .formatted(WIDTH, HIDDEN, activation);
    write(
        folder.resolve("config.json"),
        """
        {"model_type": "clip", "projection_dim": 6,
         "text_config": {%s, "max_position_embeddings": 12, "vocab_size": %d,
          "eos_token_id": %d},
         "vision_config": {%s, "image_size": 8, "patch_size": 4}}
        """
            .formatted(tower, vocabulary, end, tower));
    write(folder.resolve("tokenizer.json"), TinyVocabulary.json());
  }

  /**
   * Writes the same network with other names.
   *
   * @param text prefix of the names of the text tower
   */
  public void writeOpenClip(Path folder, String text, boolean quick) {
    Map<String, Shape> shapes = new TreeMap<>();
    Map<String, float[]> values = new TreeMap<>();
    weights.values.forEach(
        (name, value) -> {
          Shape shape = weights.shapes.get(name);
          String own = openClip(name, text);
          if (own.contains("_proj_")) {
            int part = "qkv".indexOf(name.charAt(name.indexOf("_proj.") - 1));
            float[] all = values.computeIfAbsent(own, _ -> new float[3 * value.length]);
            System.arraycopy(value, 0, all, part * value.length, value.length);
            shapes.put(own, shape.with(0, 3 * shape.dim(0)));
          } else {
            boolean turned = own.endsWith("text_projection") || own.equals("visual.proj");
            values.put(own, turned ? transposed(value, shape.dim(0), shape.dim(1)) : value);
            shapes.put(own, turned ? Shape.of(shape.dim(1), shape.dim(0)) : shape);
          }
        });
    save(folder.resolve("open_clip_model.safetensors"), shapes, values);
    write(
        folder.resolve("open_clip_config.json"),
        """
        {"model_cfg": {"embed_dim": 6, "quick_gelu": %s, "vision_cfg":
          {"image_size": 8, "layers": 2, "width": 16, "head_width": 8, "patch_size": 4,
           "mlp_ratio": 2.0},
          "text_cfg": {"context_length": 12, "vocab_size": %d, "width": 16, "heads": 2,
           "layers": 2, "mlp_ratio": 2.0}}}
        """
            .formatted(quick, vocabulary));
    write(folder.resolve("tokenizer.json"), TinyVocabulary.json());
  }

  private static String openClip(String name, String text) {
    return name.replace("vision_model.embeddings.class_embedding", "visual.class_embedding")
        .replace("vision_model.embeddings.patch_embedding", "visual.conv1")
        .replace("vision_model.embeddings.position_embedding.weight", "visual.positional_embedding")
        .replace("vision_model.pre_layrnorm", "visual.ln_pre")
        .replace("vision_model.post_layernorm", "visual.ln_post")
        .replace("visual_projection.weight", "visual.proj")
        .replace("vision_model.encoder.layers", "visual.transformer.resblocks")
        .replace("text_model.embeddings.token_embedding", text + "token_embedding")
        .replace("text_model.embeddings.position_embedding.weight", text + "positional_embedding")
        .replace("text_model.final_layer_norm", text + "ln_final")
        .replace("text_projection.weight", text + "text_projection")
        .replace("text_model.encoder.layers", text + "transformer.resblocks")
        .replace("layer_norm", "ln_")
        .replaceAll("self_attn\\.[qkv]_proj\\.", "attn.in_proj_")
        .replace("self_attn.out_proj", "attn.out_proj")
        .replace("mlp.fc1", "mlp.c_fc")
        .replace("mlp.fc2", "mlp.c_proj");
  }

  private static float[] transposed(float[] values, int rows, int columns) {
    float[] turned = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      turned[i % columns * rows + i / columns] = values[i];
    }
    return turned;
  }

  private static void save(Path file, Map<String, Shape> shapes, Map<String, float[]> values) {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    values.forEach((name, value) -> writer.add(name, shapes.get(name), value));
    writer.write(file);
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- expected outputs ----

  public static double quickGelu(double x) {
    return x / (1 + Math.exp(-1.702 * x));
  }

  public static double gelu(double x) {
    return PlainNet.gelu(x);
  }

  /** The embedding of tokens at unit length, taken from the token at {@code end}. */
  public double[] text(int[] ids, int end, DoubleUnaryOperator activation) {
    PlainNet net = new PlainNet(weights.values, EPS, FileNets.HEADS);
    float[] table = net.weight("text_model.embeddings.token_embedding.weight");
    double[][] x = new double[ids.length][];
    for (int t = 0; t < ids.length; t++) {
      x[t] = PlainNet.rows(table, WIDTH, ids[t], ids[t] + 1)[0];
    }
    float[] places = net.weight("text_model.embeddings.position_embedding.weight");
    x = PlainNet.add(x, PlainNet.rows(places, WIDTH, 0, ids.length), null);
    x = blocks(net, x, "text_model.", true, activation);
    double[][] last = {net.norm(x, "text_model.final_layer_norm")[end]};
    return unit(net.linear(last, "text_projection")[0]);
  }

  /** The embedding of normalized pixels [3][8][8] at unit length. */
  public double[] picture(double[] pixels, DoubleUnaryOperator activation) {
    PlainNet net = new PlainNet(weights.values, EPS, FileNets.HEADS);
    String embeddings = "vision_model.embeddings.";
    double[][] token = PlainNet.rows(net.weight(embeddings + "class_embedding"), WIDTH, 0, 1);
    double[][] x =
        PlainNet.join(token, net.patches(pixels, 3, SIZE, PATCH, embeddings + "patch_embedding"));
    float[] places = net.weight(embeddings + "position_embedding.weight");
    x = PlainNet.add(x, PlainNet.rows(places, WIDTH, 0, x.length), null);
    x = blocks(net, net.norm(x, "vision_model.pre_layrnorm"), "vision_model.", false, activation);
    double[][] first = {net.norm(x, "vision_model.post_layernorm")[0]};
    return unit(net.linear(first, "visual_projection")[0]);
  }

  private static double[][] blocks(
      PlainNet net,
      double[][] input,
      String tower,
      boolean causal,
      DoubleUnaryOperator activation) {
    double[][] x = input;
    for (int i = 0; i < FileNets.DEPTH; i++) {
      String layer = tower + "encoder.layers." + i + ".";
      double[][] h = net.norm(x, layer + "layer_norm1");
      double[][] q = net.linear(h, layer + "self_attn.q_proj");
      double[][] k = net.linear(h, layer + "self_attn.k_proj");
      double[][][] p = net.probabilities(q, k);
      if (causal) {
        Arrays.stream(p).forEach(ClipFiles::hideLater);
      }
      double[][] seen = net.attend(p, net.linear(h, layer + "self_attn.v_proj"));
      x = PlainNet.add(x, net.linear(seen, layer + "self_attn.out_proj"), null);
      h = net.linear(net.norm(x, layer + "layer_norm2"), layer + "mlp.fc1");
      x = PlainNet.add(x, net.linear(PlainNet.map(h, activation), layer + "mlp.fc2"), null);
    }
    return x;
  }

  /** Each row without its diagonal element, normalized to sum 1. */
  private static void hideLater(double[][] p) {
    for (int i = 0; i < p.length; i++) {
      double total = 0;
      for (int j = 0; j <= i; j++) {
        total += p[i][j];
      }
      for (int j = 0; j < p.length; j++) {
        p[i][j] = j <= i ? p[i][j] / total : 0;
      }
    }
  }

  private static double[] unit(double[] x) {
    double length = Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
    return Arrays.stream(x).map(v -> v / length).toArray();
  }
}
