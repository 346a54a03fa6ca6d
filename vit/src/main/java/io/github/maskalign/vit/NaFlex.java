package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A network on images of different shapes in one batch, as SigLIP 2's NaFlex (Tschannen et al.,
 * arXiv 2502.14786): patches [B, L, P P C] -> tokens [B, L, D]. Positions are resampled to the grid
 * of each image; attention and pooling leave out the padding after its patches.
 *
 * @since 0.1.0
 */
public final class NaFlex {

  /**
   * Images as patches.
   *
   * @param patches [B, L, P P C]: the patches of each image, row-major, then padding; rows, columns
   *     and channels within a patch, the channel innermost
   * @param grids rows and columns of the patches of each image
   */
  public record Batch(Tensor patches, List<Grid> grids) {

    /** Checks the sizes. */
    public Batch {
      grids = List.copyOf(grids);
      Shape shape = patches.shape();
      if (shape.rank() != 3 || shape.dim(0) != grids.size()) {
        throw new ShapeException(
            "NaFlex: %d grids need patches [%d, L, P P C], got %s"
                .formatted(grids.size(), grids.size(), shape));
      }
      for (Grid grid : grids) {
        if (grid.patches() < 1 || grid.patches() > shape.dim(1)) {
          throw new ShapeException(
              "NaFlex: a grid of %s does not fit into %d patches".formatted(grid, shape.dim(1)));
        }
      }
    }

    /** Number of patches of each image with its padding, L. */
    int length() {
      return patches.dim(1);
    }

    /** U8 [B, L]: 1 for the patches of an image, 0 for padding. */
    Tensor keys(Ops ops) {
      int[] keys = new int[grids.size() * length()];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = i % length() < grids.get(i / length()).patches() ? 1 : 0;
      }
      return ops.cast(ops.of(keys, grids.size(), length()), DType.U8);
    }
  }

  private final ViT network;

  /**
   * Uses a network.
   *
   * @throws ShapeException if it has prefix tokens, or no table of positions
   */
  public NaFlex(ViT network) {
    TokenConfig tokens = network.config().tokens();
    if (tokens.prefix() > 0 || tokens.positions() == PositionEmbedding.ROTARY) {
      throw new ShapeException(
          "NaFlex: needs a network with a table of positions and without prefix tokens");
    }
    this.network = network;
  }

  /**
   * Depth + 1 tensors [B, L, D]: the input of the first block, then the output of each block,
   * before the final norm.
   *
   * @throws ShapeException if the patches are not those of the network
   */
  public List<Tensor> hiddenStates(Ops ops, Batch batch) {
    AttentionMask mask = AttentionMask.of(batch.keys(ops));
    List<Tensor> states = new ArrayList<>();
    states.add(embedded(ops, batch));
    for (int block = 0; block < network.blocks().size(); block++) {
      states.add(forward(ops, block, states.getLast(), mask));
    }
    return states;
  }

  private Tensor embedded(Ops ops, Batch batch) {
    return ops.within("embedding", inner -> embed(inner, batch));
  }

  private Tensor forward(Ops ops, int block, Tensor x, AttentionMask mask) {
    return ops.within(
        "block " + block, inner -> network.blocks().get(block).forward(inner, x, null, mask));
  }

  /**
   * For each block, attention probabilities [B, heads, L, L], zero for the keys of padding. Not
   * differentiable.
   *
   * @param states of {@link #hiddenStates}
   */
  public List<Tensor> attentions(Eager ops, List<Tensor> states, Batch batch) {
    AttentionMask mask = AttentionMask.of(batch.keys(ops));
    List<Block> blocks = network.blocks();
    return IntStream.range(0, blocks.size())
        .mapToObj(
            i -> blocks.get(i).probabilities(ops, states.get(i), null, mask, 0, batch.length()))
        .toList();
  }

  /**
   * [B, L, D]: the output of the last block, before the final norm.
   *
   * @throws ShapeException if the patches are not those of the network
   */
  public Tensor tokens(Ops ops, Batch batch) {
    return tokens(ops, batch, network.blocks().size() - 1);
  }

  /**
   * [B, L, D]: the output of a block, before the final norm. Earlier outputs are discarded, and
   * later blocks not run.
   *
   * @param last number of the block, counted from 0
   * @throws ShapeException if the patches are not those of the network
   */
  public Tensor tokens(Ops ops, Batch batch, int last) {
    AttentionMask mask = AttentionMask.of(batch.keys(ops));
    Tensor x = embedded(ops, batch);
    for (int block = 0; block <= last; block++) {
      Tensor next = forward(ops, block, x, mask);
      ops.discard(x);
      x = next;
    }
    return x;
  }

  /** tokens [B, L, D] before the final norm -> [B, P]: pooled over the patches of each image. */
  public Tensor pooled(Ops ops, Tensor tokens, Batch batch) {
    return ops.within("pool", inner -> network.output().pooled(inner, tokens, batch.keys(inner)));
  }

  /**
   * tokens [B, L, D] before the final norm -> [B, D]: the norm and another pooling over the patches
   * of each image, without pooler.
   *
   * @throws ShapeException if the pooling cannot leave tokens out
   */
  public Tensor pooled(Ops ops, Tensor tokens, Batch batch, Pooling pooling) {
    return ops.within(
        "pool", inner -> network.output().pooled(inner, tokens, batch.keys(inner), pooling));
  }

  /** tokens [B, L, D] -> [B, L, D], with zeros in place of padding. */
  public Tensor withoutPadding(Ops ops, Tensor tokens, Batch batch) {
    Tensor flags = ops.cast(batch.keys(ops), tokens.dtype());
    return ops.mul(tokens, ops.reshape(flags, tokens.dim(0), tokens.dim(1), 1));
  }

  private Tensor embed(Ops ops, Batch batch) {
    ViTConfig config = network.config();
    int size = config.patchSize();
    int count = batch.grids().size();
    if (batch.patches().dim(2) != config.patchValues()) {
      throw new ShapeException(
          "NaFlex: patches of %d x %d pixels and %d channels have %d values, got %s"
              .formatted(
                  size, size, config.channels(), config.patchValues(), batch.patches().shape()));
    }
    Tensor split =
        ops.reshape(batch.patches(), count, batch.length(), size, size, config.channels());
    Tensor outermost = ops.permute(split, 0, 1, 4, 2, 3);
    Tensor flat = ops.reshape(outermost, count, batch.length(), config.patchValues());
    Tensor positions =
        ops.concat(
            batch.grids().stream().map(grid -> positions(ops, grid, batch.length())).toList(), 0);
    Tensor x = ops.add(network.embedding().patchEmbed().project(ops, flat), positions);
    LayerNorm norm = network.embedding().norm();
    return norm == null ? x : norm.forward(ops, x);
  }

  /** [1, L, D]: the table at the grid of an image, then its first row for padding. */
  private Tensor positions(Ops ops, Grid grid, int length) {
    ViTConfig config = network.config();
    Tensor trained = Objects.requireNonNull(network.embedding().positions());
    Tensor table =
        PositionTable.resize(ops, trained, 0, config.grid(), grid, config.tokens().resampling());
    int padding = length - grid.patches();
    if (padding == 0) {
      return table;
    }
    Tensor first = ops.slice(table, 1, 0, 1);
    return ops.concat(
        List.of(table, ops.broadcast(first, Shape.of(1, padding, config.width()))), 1);
  }
}
