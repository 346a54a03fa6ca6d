package io.github.maskalign.vit;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.weights.Weights;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Networks as their libraries define them: names and shapes of their files, and outputs computed in
 * plain doubles.
 */
final class FileNets {

  static final int WIDTH = 16;
  static final int DEPTH = 2;
  static final int HEADS = 2;
  static final int HIDDEN = 32;
  static final int REGISTERS = 2;

  /** The outputs of a network for one image. */
  record Seen(double[][] tokens, double[] pooled, double[] importance) {}

  /** Weights by name, in the order of requests. */
  static final class Weights {

    final Map<String, Shape> shapes = new LinkedHashMap<>();
    final Map<String, float[]> values = new LinkedHashMap<>();

    Weights add(String name, int... dims) {
      Shape shape = Shape.of(dims);
      float[] value = new float[(int) shape.size()];
      Philox.of(3).stream(name).fillNormal(value, 0);
      boolean gain = name.contains("norm") && name.endsWith("weight");
      for (int i = 0; i < value.length; i++) {
        value[i] = gain ? 1 + 0.1f * value[i] : 0.3f * value[i];
      }
      shapes.put(name, shape);
      values.put(name, value);
      return this;
    }

    Weights layer(String name, int out, int in) {
      return add(name + ".weight", out, in).add(name + ".bias", out);
    }

    Weights norm(String name) {
      return add(name + ".weight", WIDTH).add(name + ".bias", WIDTH);
    }
  }

  private FileNets() {}

  // ---- DINOv2 of Hugging Face ----

  static Weights dinoV2(int size, int patch, int registers, boolean gated) {
    int patches = size / patch * (size / patch);
    Weights w = new Weights();
    w.add("embeddings.cls_token", 1, 1, WIDTH).add("embeddings.mask_token", 1, WIDTH);
    if (registers > 0) {
      w.add("embeddings.register_tokens", 1, registers, WIDTH);
    }
    w.add("embeddings.position_embeddings", 1, 1 + patches, WIDTH);
    w.add("embeddings.patch_embeddings.projection.weight", WIDTH, 3, patch, patch);
    w.add("embeddings.patch_embeddings.projection.bias", WIDTH);
    for (int i = 0; i < DEPTH; i++) {
      String layer = "encoder.layer." + i + ".";
      w.norm(layer + "norm1").norm(layer + "norm2");
      for (String part : new String[] {"query", "key", "value"}) {
        w.layer(layer + "attention.attention." + part, WIDTH, WIDTH);
      }
      w.layer(layer + "attention.output.dense", WIDTH, WIDTH);
      w.add(layer + "layer_scale1.lambda1", WIDTH).add(layer + "layer_scale2.lambda1", WIDTH);
      if (gated) {
        w.layer(layer + "mlp.weights_in", 2 * HIDDEN, WIDTH);
        w.layer(layer + "mlp.weights_out", WIDTH, HIDDEN);
      } else {
        w.layer(layer + "mlp.fc1", HIDDEN, WIDTH).layer(layer + "mlp.fc2", WIDTH, HIDDEN);
      }
    }
    return w.norm("layernorm");
  }

  static Seen dinoV2(Weights w, double[] image, int size, int patch, int registers) {
    PlainNet net = new PlainNet(w.values, 1e-6, HEADS);
    double[][] patches =
        net.patches(image, 3, size, patch, "embeddings.patch_embeddings.projection");
    double[][] x =
        PlainNet.join(PlainNet.rows(net.weight("embeddings.cls_token"), WIDTH, 0, 1), patches);
    float[] table = net.weight("embeddings.position_embeddings");
    x = PlainNet.add(x, PlainNet.rows(table, WIDTH, 0, x.length), null);
    if (registers > 0) {
      double[][] own = PlainNet.rows(net.weight("embeddings.register_tokens"), WIDTH, 0, registers);
      x = PlainNet.join(new double[][] {x[0]}, own, java.util.Arrays.copyOfRange(x, 1, x.length));
    }
    double[] importance = null;
    for (int i = 0; i < DEPTH; i++) {
      String layer = "encoder.layer." + i + ".";
      double[][] h = net.norm(x, layer + "norm1");
      double[][] q = net.linear(h, layer + "attention.attention.query");
      double[][] k = net.linear(h, layer + "attention.attention.key");
      double[][] v = net.linear(h, layer + "attention.attention.value");
      double[][][] p = net.probabilities(q, k);
      importance = fromFirst(p, 1 + registers);
      double[][] a = net.linear(net.attend(p, v), layer + "attention.output.dense");
      x = PlainNet.add(x, a, net.weight(layer + "layer_scale1.lambda1"));
      h = net.norm(x, layer + "norm2");
      double[][] m;
      if (w.values.containsKey(layer + "mlp.weights_in.weight")) {
        double[][] both = net.linear(h, layer + "mlp.weights_in");
        m = net.linear(gate(both), layer + "mlp.weights_out");
      } else {
        m =
            net.linear(
                PlainNet.map(net.linear(h, layer + "mlp.fc1"), PlainNet::gelu), layer + "mlp.fc2");
      }
      x = PlainNet.add(x, m, net.weight(layer + "layer_scale2.lambda1"));
    }
    return new Seen(x, net.norm(x, "layernorm")[0], importance);
  }

  /** SwiGLU: the SiLU of the first half times the second. */
  private static double[][] gate(double[][] both) {
    double[][] y = new double[both.length][HIDDEN];
    for (int t = 0; t < y.length; t++) {
      for (int i = 0; i < HIDDEN; i++) {
        y[t][i] = PlainNet.silu(both[t][i]) * both[t][HIDDEN + i];
      }
    }
    return y;
  }

  // ---- DINOv3 of Hugging Face ----

  static Weights dinoV3(int patch, boolean gated) {
    Weights w = new Weights();
    w.add("embeddings.cls_token", 1, 1, WIDTH).add("embeddings.mask_token", 1, 1, WIDTH);
    w.add("embeddings.register_tokens", 1, REGISTERS, WIDTH);
    w.add("embeddings.patch_embeddings.weight", WIDTH, 3, patch, patch);
    w.add("embeddings.patch_embeddings.bias", WIDTH);
    for (int i = 0; i < DEPTH; i++) {
      String layer = "layer." + i + ".";
      w.norm(layer + "norm1").norm(layer + "norm2");
      w.layer(layer + "attention.q_proj", WIDTH, WIDTH);
      w.add(layer + "attention.k_proj.weight", WIDTH, WIDTH);
      w.layer(layer + "attention.v_proj", WIDTH, WIDTH);
      w.layer(layer + "attention.o_proj", WIDTH, WIDTH);
      w.add(layer + "layer_scale1.lambda1", WIDTH).add(layer + "layer_scale2.lambda1", WIDTH);
      w.layer(layer + "mlp.up_proj", HIDDEN, WIDTH).layer(layer + "mlp.down_proj", WIDTH, HIDDEN);
      if (gated) {
        w.layer(layer + "mlp.gate_proj", HIDDEN, WIDTH);
      }
    }
    return w.norm("norm");
  }

  static Seen dinoV3(Weights w, double[] image, int size, int patch) {
    PlainNet net = new PlainNet(w.values, 1e-5, HEADS);
    int prefix = 1 + REGISTERS;
    double[][] x =
        PlainNet.join(
            PlainNet.rows(net.weight("embeddings.cls_token"), WIDTH, 0, 1),
            PlainNet.rows(net.weight("embeddings.register_tokens"), WIDTH, 0, REGISTERS),
            net.patches(image, 3, size, patch, "embeddings.patch_embeddings"));
    double[] importance = null;
    for (int i = 0; i < DEPTH; i++) {
      String layer = "layer." + i + ".";
      double[][] h = net.norm(x, layer + "norm1");
      double[][] q = net.rotated(net.linear(h, layer + "attention.q_proj"), prefix);
      double[][] k = net.rotated(net.linear(h, layer + "attention.k_proj"), prefix);
      double[][][] p = net.probabilities(q, k);
      importance = fromFirst(p, prefix);
      double[][] seen = net.attend(p, net.linear(h, layer + "attention.v_proj"));
      double[][] a = net.linear(seen, layer + "attention.o_proj");
      x = PlainNet.add(x, a, net.weight(layer + "layer_scale1.lambda1"));
      h = net.norm(x, layer + "norm2");
      double[][] up = net.linear(h, layer + "mlp.up_proj");
      if (w.values.containsKey(layer + "mlp.gate_proj.weight")) {
        double[][] open = PlainNet.map(net.linear(h, layer + "mlp.gate_proj"), PlainNet::silu);
        for (int t = 0; t < up.length; t++) {
          for (int c = 0; c < HIDDEN; c++) {
            up[t][c] *= open[t][c];
          }
        }
      } else {
        up = PlainNet.map(up, PlainNet::gelu);
      }
      double[][] m = net.linear(up, layer + "mlp.down_proj");
      x = PlainNet.add(x, m, net.weight(layer + "layer_scale2.lambda1"));
    }
    return new Seen(x, net.norm(x, "norm")[0], importance);
  }

  // ---- SigLIP of Hugging Face ----

  static Weights siglip(int size, int patch) {
    int patches = size / patch * (size / patch);
    Weights w = new Weights();
    String vision = "vision_model.";
    w.add(vision + "embeddings.patch_embedding.weight", WIDTH, 3, patch, patch);
    w.add(vision + "embeddings.patch_embedding.bias", WIDTH);
    w.add(vision + "embeddings.position_embedding.weight", patches, WIDTH);
    for (int i = 0; i < DEPTH; i++) {
      String layer = vision + "encoder.layers." + i + ".";
      w.norm(layer + "layer_norm1").norm(layer + "layer_norm2");
      for (String part : new String[] {"k_proj", "v_proj", "q_proj", "out_proj"}) {
        w.layer(layer + "self_attn." + part, WIDTH, WIDTH);
      }
      w.layer(layer + "mlp.fc1", HIDDEN, WIDTH).layer(layer + "mlp.fc2", WIDTH, HIDDEN);
    }
    w.norm(vision + "post_layernorm").add(vision + "head.probe", 1, 1, WIDTH);
    w.add(vision + "head.attention.in_proj_weight", 3 * WIDTH, WIDTH);
    w.add(vision + "head.attention.in_proj_bias", 3 * WIDTH);
    w.layer(vision + "head.attention.out_proj", WIDTH, WIDTH).norm(vision + "head.layernorm");
    w.layer(vision + "head.mlp.fc1", HIDDEN, WIDTH).layer(vision + "head.mlp.fc2", WIDTH, HIDDEN);
    return w.add("text_model.head.weight", WIDTH, WIDTH).add("logit_scale", 1).add("logit_bias", 1);
  }

  static Seen siglip(Weights w, double[] image, int size, int patch) {
    PlainNet net = new PlainNet(w.values, 1e-6, HEADS);
    String vision = "vision_model.";
    double[][] x = net.patches(image, 3, size, patch, vision + "embeddings.patch_embedding");
    float[] table = net.weight(vision + "embeddings.position_embedding.weight");
    x = PlainNet.add(x, PlainNet.rows(table, WIDTH, 0, x.length), null);
    for (int i = 0; i < DEPTH; i++) {
      String layer = vision + "encoder.layers." + i + ".";
      double[][] h = net.norm(x, layer + "layer_norm1");
      double[][] q = net.linear(h, layer + "self_attn.q_proj");
      double[][] k = net.linear(h, layer + "self_attn.k_proj");
      double[][] v = net.linear(h, layer + "self_attn.v_proj");
      double[][] seen = net.attend(net.probabilities(q, k), v);
      x = PlainNet.add(x, net.linear(seen, layer + "self_attn.out_proj"), null);
      x = PlainNet.add(x, mlp(net, net.norm(x, layer + "layer_norm2"), layer + "mlp"), null);
    }
    double[][] last = net.norm(x, vision + "post_layernorm");
    float[] packed = net.weight(vision + "head.attention.in_proj_weight");
    float[] bias = net.weight(vision + "head.attention.in_proj_bias");
    double[][] probe = PlainNet.rows(net.weight(vision + "head.probe"), WIDTH, 0, 1);
    double[][] q = net.linear(probe, packed, bias, 0, WIDTH);
    double[][] k = net.linear(last, packed, bias, WIDTH, WIDTH);
    double[][] v = net.linear(last, packed, bias, 2 * WIDTH, WIDTH);
    double[][][] p = net.probabilities(q, k);
    double[][] pooled = net.linear(net.attend(p, v), vision + "head.attention.out_proj");
    double[][] h = net.norm(pooled, vision + "head.layernorm");
    pooled = PlainNet.add(pooled, mlp(net, h, vision + "head.mlp"), null);
    return new Seen(x, pooled[0], fromFirst(p, 0));
  }

  private static double[][] mlp(PlainNet net, double[][] x, String name) {
    double[][] hidden = PlainNet.map(net.linear(x, name + ".fc1"), PlainNet::tanhGelu);
    return net.linear(hidden, name + ".fc2");
  }

  /** Attention of the first query to the keys after the prefix, averaged over heads. */
  private static double[] fromFirst(double[][][] p, int prefix) {
    double[] mean = new double[p[0][0].length - prefix];
    for (double[][] head : p) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += head[0][prefix + j] / p.length;
      }
    }
    return mean;
  }
}
