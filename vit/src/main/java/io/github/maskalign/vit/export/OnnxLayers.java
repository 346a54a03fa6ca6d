package io.github.maskalign.vit.export;

import io.github.maskalign.autograd.nn.Nonlinearity;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.export.OnnxGraph.Attribute;
import java.util.List;

/** The layers of a Vision Transformer as ONNX nodes, with the values of its parameters. */
final class OnnxLayers {

  private final OnnxGraph graph;
  private final Parameters parameters;
  private final ViTConfig config;

  OnnxLayers(OnnxGraph graph, Parameters parameters, ViTConfig config) {
    this.graph = graph;
    this.parameters = parameters;
    this.config = config;
  }

  boolean has(String name) {
    return parameters.get(name) != null;
  }

  float[] values(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new FormatException("onnx: the network has no parameter '" + name + "'");
    }
    return parameter.value().toFloats();
  }

  /** A parameter as an initializer. */
  String constant(String name) {
    long[] dims = longs(parameters.get(name).value().shape().dims());
    return graph.constant(name, values(name), dims);
  }

  static long[] longs(int[] dims) {
    long[] longs = new long[dims.length];
    for (int i = 0; i < dims.length; i++) {
      longs[i] = dims[i];
    }
    return longs;
  }

  /** {@code x W^T + b}; the weight is stored transposed, as MatMul requires. */
  String linear(String x, String name) {
    float[] weight = values(name + ".weight");
    int out = parameters.get(name + ".weight").value().dim(0);
    int in = weight.length / out;
    float[] transposed = new float[weight.length];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        transposed[i * out + o] = weight[o * in + i];
      }
    }
    String product = graph.matmul(x, graph.constant(name + ".weight", transposed, in, out));
    return has(name + ".bias") ? graph.add(product, constant(name + ".bias")) : product;
  }

  /** Queries, keys and values; biases that are missing count as zero. */
  String qkv(String x, String name) {
    String product = linear(x, name + ".qkv");
    List<String> parts = List.of(name + ".q_bias", name + ".k_bias", name + ".v_bias");
    if (parts.stream().noneMatch(this::has)) {
      return product;
    }
    int width = config.width();
    float[] bias = new float[3 * width];
    for (int i = 0; i < parts.size(); i++) {
      if (has(parts.get(i))) {
        System.arraycopy(values(parts.get(i)), 0, bias, i * width, width);
      }
    }
    return graph.add(product, graph.constant(name + ".qkv.bias", bias, bias.length));
  }

  /** A layer norm of this name if the network has one. */
  String normIfPresent(String x, String name) {
    return has(name + ".weight") ? norm(x, name) : x;
  }

  String norm(String x, String name) {
    return norm(x, name, config.normEps());
  }

  /** A norm with an epsilon of its own. */
  String norm(String x, String name, double eps) {
    return graph.apply(
        "LayerNormalization",
        List.of(x, constant(name + ".weight"), constant(name + ".bias")),
        new Attribute.Int("axis", -1),
        new Attribute.Float("epsilon", (float) eps));
  }

  /** Attention: queries, keys and values [B, heads, T, length] -> [B, T, D]. */
  String attend(String q, String k, String v) {
    return attend(q, k, v, config.width(), config.heads());
  }

  /** Attention of any width: queries, keys and values [B, heads, T, width / heads]. */
  String attend(String q, String k, String v, int width, int heads) {
    long length = width / heads;
    String scaled = graph.mul(q, graph.scalar(1 / Math.sqrt(length)));
    String logits = graph.matmul(scaled, graph.transpose(k, 0, 1, 3, 2));
    String weights = graph.apply("Softmax", List.of(logits), new Attribute.Int("axis", -1));
    String attended = graph.transpose(graph.matmul(weights, v), 0, 2, 1, 3);
    return graph.reshape(attended, 0, 0, width);
  }

  String mlp(String x, String name) {
    Activation kind = config.blocks().activation();
    String first = linear(x, name + ".fc1");
    if (!kind.isGated()) {
      return linear(apply(kind.nonlinearity(), first), name + ".fc2");
    }
    int hidden = config.mlpWidth();
    String gate = apply(kind.nonlinearity(), graph.slice(first, -1, 0, hidden));
    String gated = graph.mul(gate, graph.slice(first, -1, hidden, 2L * hidden));
    return linear(gated, name + ".fc2");
  }

  private String apply(Nonlinearity kind, String x) {
    return switch (kind) {
      case GELU -> {
        String erf = graph.apply("Erf", List.of(graph.mul(x, graph.scalar(Math.sqrt(0.5)))));
        yield graph.mul(graph.mul(x, graph.scalar(0.5)), graph.add(erf, graph.scalar(1)));
      }
      case TANH_GELU -> {
        String cube = graph.mul(graph.mul(graph.mul(x, x), x), graph.scalar(0.044715));
        String inner = graph.mul(graph.add(x, cube), graph.scalar(Math.sqrt(2 / Math.PI)));
        String tanh = graph.apply("Tanh", List.of(inner));
        yield graph.mul(graph.mul(x, graph.scalar(0.5)), graph.add(tanh, graph.scalar(1)));
      }
      case QUICK_GELU ->
          graph.mul(x, graph.apply("Sigmoid", List.of(graph.mul(x, graph.scalar(1.702)))));
      case SILU -> graph.mul(x, graph.apply("Sigmoid", List.of(x)));
      case RELU -> graph.apply("Relu", List.of(x));
    };
  }
}
