package io.github.maskalign.vit.export;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.export.Graph.Attribute;
import java.util.List;

/** The layers of a Vision Transformer as parts of a graph, with the numbers of parameters. */
final class Layers {

  private final Graph graph;
  private final Parameters parameters;
  private final ViTConfig config;

  Layers(Graph graph, Parameters parameters, ViTConfig config) {
    this.graph = graph;
    this.parameters = parameters;
    this.config = config;
  }

  boolean has(String name) {
    return parameters.get(name) != null;
  }

  float[] numbers(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new FormatException("onnx: the network has no parameter '" + name + "'");
    }
    return parameter.value().toFloats();
  }

  /** A parameter as it is. */
  String constant(String name) {
    long[] dims = longs(parameters.get(name).value().shape().dims());
    return graph.constant(name, numbers(name), dims);
  }

  static long[] longs(int[] dims) {
    long[] longs = new long[dims.length];
    for (int i = 0; i < dims.length; i++) {
      longs[i] = dims[i];
    }
    return longs;
  }

  /** {@code x W^T + b}; the matrix is stored transposed, as a product needs it. */
  String linear(String x, String name) {
    float[] weight = numbers(name + ".weight");
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

  String norm(String x, String name) {
    return graph.apply(
        "LayerNormalization",
        List.of(x, constant(name + ".weight"), constant(name + ".bias")),
        new Attribute.Whole("axis", -1),
        new Attribute.Real("epsilon", (float) config.normEps()));
  }

  /** Queries, keys and values [B, heads, T, length] to [B, T, D]. */
  String attend(String q, String k, String v) {
    long length = config.width() / config.heads();
    String scaled = graph.mul(q, graph.scalar(1 / Math.sqrt(length)));
    String logits = graph.matmul(scaled, graph.transpose(k, 0, 1, 3, 2));
    String seen = graph.apply("Softmax", List.of(logits), new Attribute.Whole("axis", -1));
    String mixed = graph.transpose(graph.matmul(seen, v), 0, 2, 1, 3);
    return graph.reshape(mixed, 0, 0, config.width());
  }

  String mlp(String x, String name) {
    return linear(activated(linear(x, name + ".fc1")), name + ".fc2");
  }

  private String activated(String x) {
    Activation kind = config.blocks().activation();
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
      case SWIGLU -> {
        int hidden = config.mlpWidth();
        String gate = graph.slice(x, -1, 0, hidden);
        String silu = graph.mul(gate, graph.apply("Sigmoid", List.of(gate)));
        yield graph.mul(silu, graph.slice(x, -1, hidden, 2L * hidden));
      }
    };
  }
}
