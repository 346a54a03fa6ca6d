package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTConfig;

/**
 * Requires the matrices of all blocks, so that the memory of a network is bounded by the bytes of
 * its file: the first block alone does not tell the sizes of the others.
 */
final class BlockFit {

  private BlockFit() {}

  /**
   * Checks the matrices of the blocks.
   *
   * @throws FormatException naming the first that is missing or has another shape
   */
  static void check(NamedShapes shapes, BlockConfig blocks) {
    int width = blocks.width();
    int hidden = blocks.mlpWidth();
    int first = blocks.activation().isGated() ? 2 : 1;
    for (int i = 0; i < blocks.depth(); i++) {
      String block = "blocks." + i + ".";
      require(shapes, block + "attn.qkv.weight", 3L * width, width);
      require(shapes, block + "attn.proj.weight", width, width);
      require(shapes, block + "mlp.fc1.weight", (long) first * hidden, width);
      require(shapes, block + "mlp.fc2.weight", width, hidden);
    }
  }

  /** Checks the matrices of the blocks and of an attention pool. */
  static void check(NamedShapes shapes, ViTConfig config) {
    check(shapes, config.blocks());
    checkOutput(shapes, config);
    if (config.output().pooling() == Pooling.ATTENTION) {
      checkPool(shapes, config.blocks());
    }
  }

  private static void checkOutput(NamedShapes shapes, ViTConfig config) {
    OutputConfig.QueryPool queries = config.output().queries();
    if (queries != null) {
      require(shapes, "attn_pool.query", queries.count(), queries.width());
      require(shapes, "attn_pool.q.weight", queries.width(), queries.width());
      require(shapes, "attn_pool.k.weight", queries.width(), config.width());
      require(shapes, "attn_pool.v.weight", queries.width(), config.width());
    }
    if (config.output().pooler() > 0) {
      require(shapes, "pooler.dense.weight", config.output().pooler(), config.width());
    }
  }

  private static void checkPool(NamedShapes shapes, BlockConfig blocks) {
    int width = blocks.width();
    int hidden = blocks.mlpWidth();
    require(shapes, "attn_pool.q.weight", width, width);
    require(shapes, "attn_pool.kv.weight", 2L * width, width);
    require(shapes, "attn_pool.proj.weight", width, width);
    require(shapes, "attn_pool.mlp.fc1.weight", hidden, width);
    require(shapes, "attn_pool.mlp.fc2.weight", width, hidden);
  }

  private static void require(NamedShapes shapes, String parameter, long rows, long columns) {
    Shape found = shapes.joined(parameter);
    if (found == null || found.rank() != 2 || found.dim(0) != rows || found.dim(1) != columns) {
      throw new FormatException(
          "%s: '%s' %s, expected [%d, %d]%s"
              .formatted(
                  shapes.source().description(),
                  shapes.firstName(parameter),
                  found == null ? "is missing or cannot be divided" : "has shape " + found,
                  rows,
                  columns,
                  found == null ? NamedShapes.INCOMPLETE : ""));
    }
  }
}
