package io.github.maskalign.vit.text;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * B texts of T tokens -> [B, P]: the text tower of CLIP (Radford et al., arXiv 2103.00020), SigLIP
 * (Zhai et al., arXiv 2303.15343) and CoCa. Token and position embeddings, blocks, and the output
 * at one position of each text, normalized and projected.
 *
 * @since 0.1.0
 */
public final class TextTransformer {

  private static final double TOKEN_DEVIATION = 0.02;
  private static final double POSITION_DEVIATION = 0.01;

  private final TextConfig config;
  private final Tensor table;
  private final @Nullable Tensor classToken;
  private final Tensor positions;
  private final List<Block> blocks;
  private final LayerNorm norm;
  private final @Nullable Linear projection;

  private TextTransformer(Parameters.Path path, TextConfig config) {
    int width = config.blocks().width();
    Init token = Init.normal(TOKEN_DEVIATION);
    Init position = Init.normal(POSITION_DEVIATION);
    this.config = config;
    this.table = path.add("token_embed", token, config.vocabulary(), width);
    this.classToken = config.classToken() ? path.add("cls_token", position, width) : null;
    this.positions = path.add("positions", position, config.tokens(config.context()), width);
    this.blocks =
        IntStream.range(0, config.blocks().depth())
            .mapToObj(i -> Block.create(path.at("blocks").at(i), config.blocks()))
            .toList();
    this.norm = LayerNorm.create(path.at("norm"), width, config.blocks().normEps());
    this.projection = projection(path.at("projection"), config);
  }

  private static @Nullable Linear projection(Parameters.Path path, TextConfig config) {
    TextConfig.Projection shape = config.projection();
    return shape == null ? null : shape.create(path, config.blocks().width());
  }

  /**
   * Creates the parameters {@code token_embed, cls_token, positions, blocks.0.norm1.weight, ..,
   * norm} and {@code projection}, the class token and the projection if configured.
   */
  public static TextTransformer create(Parameters.Path path, TextConfig config) {
    return new TextTransformer(path, config);
  }

  /** The configuration of this network. */
  public TextConfig config() {
    return config;
  }

  /**
   * B texts -> [B, P], their embeddings.
   *
   * @throws ShapeException if the texts are too long, a token id is out of range, or the token to
   *     pool by is missing
   */
  public Tensor forward(Ops ops, TextBatch texts) {
    return projected(ops, pooled(ops, tokens(ops, texts), texts));
  }

  /**
   * B texts -> [B, T, D]: the output of the last block, before the final norm; T + 1 tokens with a
   * class token.
   *
   * @throws ShapeException if the texts are too long or a token id is out of range
   */
  public Tensor tokens(Ops ops, TextBatch texts) {
    AttentionMask mask = mask(ops, texts);
    Tensor x = ops.within("tokens", inner -> embed(inner, texts));
    for (int i = 0; i < blocks.size(); i++) {
      Tensor input = x;
      x = block(ops, i, input, mask);
      ops.discard(input);
    }
    return x;
  }

  /**
   * B texts -> depth + 1 tensors [B, T, D]: the input of the first block, then the output of each
   * block, before the final norm.
   *
   * @throws ShapeException if the texts are too long or a token id is out of range
   */
  public List<Tensor> hiddenStates(Ops ops, TextBatch texts) {
    AttentionMask mask = mask(ops, texts);
    List<Tensor> states = new ArrayList<>();
    states.add(ops.within("tokens", inner -> embed(inner, texts)));
    for (int i = 0; i < blocks.size(); i++) {
      states.add(block(ops, i, states.getLast(), mask));
    }
    return states;
  }

  /** tokens [.., D] -> [.., D]: the final norm. */
  public Tensor normalized(Ops ops, Tensor tokens) {
    return norm.forward(ops, tokens);
  }

  /**
   * tokens [B, T, D] before the final norm -> [B, D]: the pooled token of each text, after it.
   *
   * @throws ShapeException if the token to pool by is missing
   */
  public Tensor pooled(Ops ops, Tensor tokens, TextBatch texts) {
    int[] at = IntStream.range(0, texts.texts()).map(i -> pooledPosition(texts, i)).toArray();
    Tensor one = ops.gatherTokens(tokens, ops.of(at, at.length, 1));
    return normalized(ops, ops.reshape(one, at.length, config.blocks().width()));
  }

  /** pooled [B, D] -> [B, P]: the projection, if there is one. */
  public Tensor projected(Ops ops, Tensor pooled) {
    return projection == null ? pooled : projection.forward(ops, pooled);
  }

  private Tensor block(Ops ops, int index, Tensor x, AttentionMask mask) {
    return ops.within("block " + index, inner -> blocks.get(index).forward(inner, x, null, mask));
  }

  private Tensor embed(Ops ops, TextBatch texts) {
    check(texts);
    int width = config.blocks().width();
    Tensor ids = ops.of(texts.ids(), texts.texts(), texts.length());
    Tensor x = ops.embedding(table, ids);
    if (classToken != null) {
      Tensor last = ops.reshape(classToken, 1, 1, width);
      x = ops.concat(List.of(x, ops.broadcast(last, Shape.of(texts.texts(), 1, width))), 1);
    }
    return ops.add(x, ops.slice(positions, 0, 0, x.dim(1)));
  }

  private void check(TextBatch texts) {
    config.requireLength(texts.length());
    for (int id : texts.ids()) {
      if (id < 0 || id >= config.vocabulary()) {
        throw new ShapeException(
            "text: no token %d; token ids range from 0 to %d"
                .formatted(id, config.vocabulary() - 1));
      }
    }
  }

  /** The mask of the tower and of the texts. */
  private AttentionMask mask(Ops ops, TextBatch texts) {
    boolean hides = texts.mask() != null || config.padding().masking() != TextPadding.Masking.NONE;
    return new AttentionMask(config.causal(), hides ? visible(ops, texts) : null);
  }

  /** [B, T] of U8: 1 for the tokens that may be attended to. */
  private Tensor visible(Ops ops, TextBatch texts) {
    int columns = config.tokens(texts.length());
    TextPadding padding = config.padding();
    int[] keys = new int[texts.texts() * columns];
    for (int i = 0; i < keys.length; i++) {
      int row = i / columns * texts.length();
      int column = i % columns;
      int padded =
          switch (padding.masking()) {
            case NONE -> -1;
            case PADDING -> column;
            case SHIFTED -> column - 1;
          };
      boolean hidden =
          padded >= 0 && padded < texts.length() && texts.ids()[row + padded] == padding.id();
      boolean given =
          texts.mask() == null || column == texts.length() || texts.mask()[row + column];
      keys[i] = given && !hidden ? 1 : 0;
    }
    return ops.cast(ops.of(keys, texts.texts(), columns), DType.U8);
  }

  private int pooledPosition(TextBatch texts, int index) {
    int[] text = texts.text(index);
    return switch (config.pooling()) {
      case TextPooling.First _ -> 0;
      case TextPooling.Last _ -> text.length - 1;
      case TextPooling.ClassToken _ -> text.length;
      case TextPooling.FirstOf first -> first(text, first.id());
      case TextPooling.HighestId _ -> first(text, IntStream.of(text).max().orElseThrow());
    };
  }

  private static int first(int[] text, int id) {
    return IntStream.range(0, text.length).filter(i -> text[i] == id).findFirst().orElse(0);
  }
}
