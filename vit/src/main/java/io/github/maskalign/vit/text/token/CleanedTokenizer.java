package io.github.maskalign.vit.text.token;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A tokenizer of transformers behind OpenCLIP's cleaning. */
final class CleanedTokenizer implements Tokenizer {

  private final Tokenizer tokenizer;
  private final Cleaning cleaning;
  private final OptionalInt separator;
  private final TokenizerSettings settings;

  /**
   * Wraps a tokenizer.
   *
   * @param context maximum number of tokens
   * @param separator id that becomes 0 in batches; empty for none
   */
  CleanedTokenizer(Tokenizer tokenizer, Cleaning cleaning, int context, OptionalInt separator) {
    this.tokenizer = tokenizer;
    this.cleaning = cleaning;
    this.separator = separator;
    this.settings = tokenizer.settings().openClip(context);
  }

  @Override
  public String clean(String text) {
    return cleaning.apply(text);
  }

  @Override
  public int[] encode(String text) {
    return stripped(tokenizer.encode(clean(text)));
  }

  @Override
  public Encoding encode(String text, int limit) {
    Encoding encoding = tokenizer.encode(clean(text), limit);
    return new Encoding(stripped(encoding.ids()), encoding.dropped());
  }

  @Override
  public TokenBatch encode(List<String> texts, int length) {
    TokenBatch batch = tokenizer.encode(texts.stream().map(this::clean).toList(), length);
    for (int[] row : batch.ids()) {
      stripped(row);
    }
    return batch;
  }

  private int[] stripped(int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      if (separator.isPresent() && ids[i] == separator.getAsInt()) {
        ids[i] = 0;
      }
    }
    return ids;
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

  @Override
  public TokenizerSettings settings() {
    return settings;
  }
}
