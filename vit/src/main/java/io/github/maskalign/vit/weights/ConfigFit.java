package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.PositionTable;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.ConfigSize;

/**
 * Holds a configuration against the shapes of the weights, before a network is built from it: its
 * sizes are claims of a file, and a network of those sizes could exceed any memory.
 *
 * @param statement how the configuration states a size, for messages
 */
record ConfigFit(ViTConfig config, WeightFacts facts, Statement statement) {

  /** Positions are resampled to at most so many times as many per side. */
  private static final int MAX_RESAMPLING = 4;

  /** The largest grid without a position table: images of 4,096 pixels with patches of 16. */
  static final int MAX_GRID = 256;

  /** How a configuration states a size. */
  interface Statement {
    /** Such as {@code "config.json: 'depth' is 12"}. */
    String of(ConfigSize size, Object value);
  }

  /**
   * Checks all sizes.
   *
   * @throws FormatException naming the size, what the configuration states and what the weights
   *     have
   */
  void check(NamedShapes shapes) {
    require(ConfigSize.WIDTH, config.width(), facts.width(), "width " + facts.width());
    require(
        ConfigSize.CHANNELS,
        config.channels(),
        facts.channels(),
        WeightFacts.count(facts.channels(), "channel"));
    require(
        ConfigSize.PATCH_SIZE,
        config.patchSize(),
        facts.patchSize(),
        "patches of %d pixels".formatted(facts.patchSize()));
    require(
        ConfigSize.DEPTH, config.depth(), facts.depth(), WeightFacts.count(facts.depth(), "block"));
    require(
        ConfigSize.MLP, config.mlpWidth(), facts.mlpWidth(), "MLPs of length " + facts.mlpWidth());
    require(
        ConfigSize.REGISTERS,
        config.tokens().registers(),
        facts.registers(),
        WeightFacts.count(facts.registers(), "register"));
    requireGrid();
    BlockFit.check(shapes, config);
  }

  private void require(ConfigSize size, long said, long held, String what) {
    if (said != held) {
      throw new FormatException(
          "%s, but the weights have %s".formatted(statement.of(size, said), what));
    }
  }

  private void requireGrid() {
    Grid grid = config.grid();
    int max = MAX_GRID;
    int positioned = config.tokens().positionedPrefix();
    if (config.tokens().positions() != PositionEmbedding.ROTARY && facts.positions() > 0) {
      int patches = facts.positions() - positioned;
      int held =
          patches == (long) grid.rows() * grid.columns()
              ? Math.max(grid.rows(), grid.columns())
              : PositionTable.squareRoot(patches);
      if (held < 1) {
        throw new FormatException(
            "%s with %s, but the weights have %d positions"
                .formatted(
                    statement.of(ConfigSize.IMAGE_SIZE, config.imageSize()),
                    WeightFacts.count(positioned, "positioned token"),
                    facts.positions()));
      }
      max = held * MAX_RESAMPLING;
    }
    if (Math.max(grid.rows(), grid.columns()) > max) {
      throw new FormatException(
          "%s, but the weights have %s: at most %d pixels are possible"
              .formatted(
                  statement.of(ConfigSize.IMAGE_SIZE, config.imageSize()),
                  WeightFacts.count(facts.positions(), "position"),
                  (long) max * config.patchSize()));
    }
  }
}
