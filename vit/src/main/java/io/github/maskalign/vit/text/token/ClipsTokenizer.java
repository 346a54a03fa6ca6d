package io.github.maskalign.vit.text.token;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.text.token.TokenizerSettings.Side;
import io.github.maskalign.vit.text.token.file.TokenizerFolder;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * OpenCLIP's tokenizer mode {@code clips}: the tokens of a text between a start and an end, then
 * padding, and a class token at the end of the row.
 */
final class ClipsTokenizer extends AbstractTokenizer {

  private final AbstractTokenizer tokenizer;
  private final Cleaning cleaning;
  private final int start;
  private final int end;
  private final int classToken;

  private ClipsTokenizer(
      AbstractTokenizer tokenizer,
      Cleaning cleaning,
      TokenizerSettings settings,
      int start,
      int end,
      int classToken) {
    super(settings);
    this.tokenizer = tokenizer;
    this.cleaning = cleaning;
    this.start = start;
    this.end = end;
    this.classToken = classToken;
  }

  /**
   * Wraps a tokenizer of transformers, without the special tokens that it adds.
   *
   * @throws FormatException if the files lack one of the special tokens of this mode
   */
  static ClipsTokenizer of(
      AbstractTokenizer tokenizer, OpenClipOptions options, TokenizerFolder files) {
    int end = require(files, "eos_token");
    require(files, "pad_token");
    TokenizerSettings settings =
        new TokenizerSettings(
            tokenizer.settings().padding(),
            OptionalInt.of(end),
            Side.RIGHT,
            Side.RIGHT,
            options.context(),
            false);
    return new ClipsTokenizer(
        tokenizer,
        options.cleaning(),
        settings,
        require(files, "bos_token"),
        end,
        require(files, "cls_token"));
  }

  private static int require(TokenizerFolder files, String role) {
    Integer id = files.specialId(role);
    if (id == null) {
      throw new FormatException(
          "%s: has no %s, which OpenCLIP's tokenizer mode 'clips' requires"
              .formatted(files.config().name(), role));
    }
    return id;
  }

  @Override
  public String clean(String text) {
    return cleaning.apply(text);
  }

  @Override
  int[] content(String text) {
    return tokenizer.content(clean(text));
  }

  @Override
  int[] finish(int[] content) {
    int[] ids = new int[content.length + 3];
    ids[0] = start;
    System.arraycopy(content, 0, ids, 1, content.length);
    ids[ids.length - 2] = end;
    ids[ids.length - 1] = classToken;
    return ids;
  }

  @Override
  int overhead() {
    return 3;
  }

  @Override
  public TokenBatch encode(List<String> texts, int length) {
    TokenBatch batch = super.encode(texts, length);
    for (int row = 0; row < texts.size(); row++) {
      int[] ids = batch.ids()[row];
      byte[] mask = batch.mask()[row];
      int last = length - 1;
      while (mask[last] == 0) {
        last--;
      }
      mask[last] = 0;
      ids[last] = settings().padding().orElseThrow();
      mask[length - 1] = 1;
      ids[length - 1] = classToken;
    }
    return batch;
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    return tokenizer.decode(ids, skipSpecial);
  }

  @Override
  public @Nullable String token(int id) {
    return tokenizer.token(id);
  }

  @Override
  public int size() {
    return tokenizer.size();
  }
}
