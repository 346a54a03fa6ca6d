package io.github.maskalign.cli.visualize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.Nets;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The maps against softmax(q k / sqrt(d)), written out as loops. */
class PlainAttentionTest {

  private static final int SIDE = 8;
  private static final int WIDTH = 8;
  private static final int HEADS = 2;
  private static final String QKV = "blocks.0.attn.qkv.";

  private final Backend backend = Nets.reference();
  private final Scope scope = Scope.root(backend, "test");
  private final Parameters parameters = Parameters.initialized(scope, DType.F32, 3);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  /** So large that attention is far from even. */
  private void spread(String name) {
    float[] values = new float[(int) parameters.get(name).value().shape().size()];
    Philox.of(5).at(values.length).fillNormal(values, 0);
    Nets.set(parameters, name, values);
  }

  private static Picture picture() {
    byte[] pixels = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Philox.of(9).below(i, 256);
    }
    return Picture.of(pixels, 3, SIDE, SIDE);
  }

  @Test
  void attentionIsThatOfAPlainLoop() {
    ViT network = ViT.create(parameters.root(), Nets.SMALL);
    spread(QKV + "weight");
    spread(QKV + "bias");
    Preprocessing usual =
        Preprocessing.centerCrop(ImageSize.square(SIDE), SIDE, true, ChannelStats.half(3));
    PatchInsight lens = new PatchInsight(scope, network, usual);
    Picture image = picture();
    Tensor images = scope.ops().of(usual.apply(image), 1, 3, SIDE, SIDE);
    ForwardRequest request = ForwardRequest.plain().withEmbedding();
    float[] input = network.forward(scope.ops(), images, request).embedding().toFloats();

    double[][] rows = queriesKeysValues(input);
    float[][] found = lens.attention(image, 0);
    for (int head = 0; head < HEADS; head++) {
      double[] expected = classAttention(rows, head);
      for (int patch = 0; patch < found[head].length; patch++) {
        assertEquals(expected[1 + patch], found[head][patch], 1e-5, "head " + head);
      }
    }
  }

  /** [tokens][3 D]: of the layer-normed input. */
  private double[][] queriesKeysValues(float[] input) {
    float[] weight = parameters.get(QKV + "weight").value().toFloats();
    float[] bias = parameters.get(QKV + "bias").value().toFloats();
    double[][] rows = new double[input.length / WIDTH][bias.length];
    for (int t = 0; t < rows.length; t++) {
      double mean = 0;
      double variance = 0;
      for (int i = 0; i < WIDTH; i++) {
        mean += input[t * WIDTH + i] / WIDTH;
      }
      for (int i = 0; i < WIDTH; i++) {
        variance += Math.pow(input[t * WIDTH + i] - mean, 2) / WIDTH;
      }
      for (int o = 0; o < bias.length; o++) {
        rows[t][o] = bias[o];
        for (int i = 0; i < WIDTH; i++) {
          double normal = (input[t * WIDTH + i] - mean) / Math.sqrt(variance + 1e-6);
          rows[t][o] += weight[o * WIDTH + i] * normal;
        }
      }
    }
    return rows;
  }

  private static double[] classAttention(double[][] rows, int head) {
    int each = WIDTH / HEADS;
    double[] shares = new double[rows.length];
    double sum = 0;
    for (int t = 0; t < rows.length; t++) {
      double score = 0;
      for (int i = head * each; i < (head + 1) * each; i++) {
        score += rows[0][i] * rows[t][WIDTH + i];
      }
      shares[t] = Math.exp(score / Math.sqrt(each));
      sum += shares[t];
    }
    for (int t = 0; t < shares.length; t++) {
      shares[t] /= sum;
    }
    return shares;
  }
}
