package io.github.maskalign.vit.text;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.Block;
import java.util.List;
import java.util.stream.IntStream;

/**
 * B texts of tokens -> [B, P]: the text tower of CLIP (Radford et al., arXiv 2103.00020). Token and
 * position embeddings, blocks with causal attention, and the output at each text's end token,
 * normalized and projected.
 *
 * @since 0.1.0
 */
public final class TextTransformer {

  private static final double TOKEN_DEVIATION = 0.02;
  private static final double POSITION_DEVIATION = 0.01;

  private final TextConfig config;
  private final Tensor table;
  private final Tensor positions;
  private final List<Block> blocks;
  private final LayerNorm norm;
  private final Linear projection;

  private TextTransformer(Parameters.Path path, TextConfig config) {
    int width = config.blocks().width();
    this.config = config;
    this.table = path.add("token_embed", Init.normal(TOKEN_DEVIATION), config.vocabulary(), width);
    this.positions =
        path.add("positions", Init.normal(POSITION_DEVIATION), config.context(), width);
    this.blocks =
        IntStream.range(0, config.blocks().depth())
            .mapToObj(i -> Block.create(path.at("blocks").at(i), config.blocks()))
            .toList();
    this.norm = LayerNorm.create(path.at("norm"), width, config.blocks().normEps());
    this.projection =
        Linear.create(
            path.at("projection"), width, config.projection(), Init.xavierUniform(), null);
  }

  /**
   * Creates the parameters {@code token_embed, positions, blocks.0.norm1.weight, .., norm} and
   * {@code projection.weight}.
   */
  public static TextTransformer create(Parameters.Path path, TextConfig config) {
    return new TextTransformer(path, config);
  }

  /** The configuration of this network. */
  public TextConfig config() {
    return config;
  }

  /**
   * B texts -> [B, P]. Computes only as many positions as the longest text has tokens, since later
   * positions cannot affect its end token.
   *
   * @param texts token ids, start and end included
   * @throws ShapeException if a text is too long or lacks an end token, or a token id is out of
   *     range
   */
  public Tensor forward(Ops ops, List<int[]> texts) {
    int max = texts.stream().mapToInt(text -> text.length).max().orElse(0);
    int[] ids = new int[texts.size() * max];
    int[] ends = new int[texts.size()];
    for (int i = 0; i < ends.length; i++) {
      int[] text = texts.get(i);
      check(text);
      System.arraycopy(text, 0, ids, i * max, text.length);
      ends[i] = end(text);
    }
    Tensor x = ops.within("tokens", inner -> embed(inner, ids, ends.length, max));
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      Tensor input = x;
      x =
          ops.within(
              "block " + i, inner -> block.forward(inner, input, null, AttentionMask.CAUSAL));
      ops.discard(input);
    }
    Tensor last = ops.gatherTokens(x, ops.of(ends, ends.length, 1));
    Tensor rows = ops.reshape(last, ends.length, config.blocks().width());
    return projection.forward(ops, norm.forward(ops, rows));
  }

  private Tensor embed(Ops ops, int[] ids, int texts, int places) {
    Tensor x = ops.embedding(table, ops.of(ids, texts, places));
    return ops.add(x, ops.slice(positions, 0, 0, places));
  }

  private void check(int[] text) {
    if (text.length < 1 || text.length > config.context()) {
      throw new ShapeException(
          "text: %d tokens, must be 1 to %d; truncate the text"
              .formatted(text.length, config.context()));
    }
    for (int id : text) {
      if (id < 0 || id >= config.vocabulary()) {
        throw new ShapeException(
            "text: no token %d; token ids range from 0 to %d"
                .formatted(id, config.vocabulary() - 1));
      }
    }
  }

  /** The position of the first end token, or of the first of the highest token ids. */
  private int end(int[] text) {
    int highest = 0;
    for (int i = 0; i < text.length; i++) {
      if (config.end().isPresent() && text[i] == config.end().getAsInt()) {
        return i;
      }
      highest = text[i] > text[highest] ? i : highest;
    }
    if (config.end().isPresent()) {
      throw new ShapeException(
          "text: missing end token " + config.end().getAsInt() + "; encode texts with Tokenizer");
    }
    return highest;
  }
}
