package io.github.maskalign.baseline;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.Block;
import io.github.maskalign.vit.PositionTable;
import io.github.maskalign.vit.ViTConfig;
import java.util.List;
import java.util.stream.IntStream;

/**
 * encoded [B, 1 + K, D] -> [B, N - K, D']: a learned mask token stands in for each hidden patch,
 * positions are added to all, blocks mix them, and the hidden patches are read out (He et al.,
 * "Masked Autoencoders Are Scalable Vision Learners", arXiv 2111.06377).
 */
final class Decoder {

  private static final double TOKEN_DEVIATION = 0.02;

  private final Linear embed;
  private final Tensor maskToken;
  private final Tensor positions;
  private final List<Block> blocks;
  private final LayerNorm norm;

  private Decoder(Parameters.Path path, ViTConfig student, DecoderConfig size) {
    ViTConfig config = size.network(student);
    int width = size.width();
    this.embed = Linear.create(path.at("decoder_embed"), student.width(), width);
    this.maskToken = path.add("mask_token", Init.normal(TOKEN_DEVIATION), 1, 1, width);
    float[] table = PositionTable.sincos(width, student.grid(), 1);
    this.positions =
        path.addFixed("decoder_pos_embed", Init.of(table), 1, 1 + student.patches(), width);
    this.blocks =
        IntStream.range(0, size.depth())
            .mapToObj(i -> Block.create(path.at("decoder_blocks").at(i), config))
            .toList();
    this.norm = LayerNorm.create(path.at("decoder_norm"), width, config.normEps());
  }

  /** Parameters {@code mask_token}, {@code decoder_*}, as in the published code. */
  static Decoder create(Parameters.Path path, ViTConfig student, DecoderConfig size) {
    return new Decoder(path, student, size);
  }

  Tensor forward(Ops ops, Tensor encoded, MaskedPatches masked) {
    Tensor x = ops.within("decoder embedding", inner -> restored(inner, encoded, masked));
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      Tensor input = x;
      x = ops.within("decoder block " + i, inner -> block.forward(inner, input));
      ops.discard(input);
    }
    Tensor last = x;
    return ops.within(
        "decoder norm",
        inner -> {
          Tensor patches = inner.slice(last, 1, 1, last.dim(1));
          return norm.forward(inner, masked.hiddenRows(inner, patches));
        });
  }

  /** encoded [B, 1 + K, D] -> [B, 1 + N, D']. */
  private Tensor restored(Ops ops, Tensor encoded, MaskedPatches masked) {
    Tensor tokens = embed.forward(ops, encoded);
    int batch = masked.batch();
    int width = tokens.dim(2);
    int kept = masked.kept();
    Tensor mask = ops.broadcast(maskToken, Shape.of(batch, 1, width));
    int[] order = masked.restoring(1, 1 + kept);
    Tensor ids = ops.of(order, batch, masked.patches());
    Tensor patches = ops.gatherTokens(ops.concat(List.of(tokens, mask), 1), ids);
    Tensor all = ops.concat(List.of(ops.slice(tokens, 1, 0, 1), patches), 1);
    return ops.add(all, positions);
  }
}
