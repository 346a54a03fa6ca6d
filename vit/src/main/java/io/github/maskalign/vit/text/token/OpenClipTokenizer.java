package io.github.maskalign.vit.text.token;

import io.github.maskalign.vit.text.token.model.BytePairModel;
import io.github.maskalign.vit.text.token.model.ByteSymbols;
import io.github.maskalign.vit.text.token.model.IntList;
import io.github.maskalign.vit.text.token.pipeline.Splits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenCLIP's own tokenizer: CLIP's tokens, cleaned texts, padding with 0. Special tokens in texts
 * have names of their own; their ids are those of CLIP's, and further ones follow.
 */
final class OpenClipTokenizer extends AbstractTokenizer {

  static final String START = "<start_of_text>";
  static final String END = "<end_of_text>";

  private final BytePairModel model;
  private final Cleaning cleaning;
  private final int start;
  private final int end;

  /** Special tokens in the order in which they are looked for. */
  private final List<String> specials = new ArrayList<>();

  /** A special token that is in the vocabulary takes over that token's place. */
  private final Map<Integer, Integer> renamed = new HashMap<>();

  OpenClipTokenizer(
      BytePairModel model,
      int start,
      int end,
      OpenClipOptions options,
      TokenizerSettings settings) {
    super(settings);
    this.model = model;
    this.cleaning = options.cleaning();
    this.start = start;
    this.end = end;
    specials.add(START);
    specials.add(END);
    specials.addAll(options.special());
    for (int i = 0; i < specials.size(); i++) {
      Integer own = model.vocabulary().id(specials.get(i));
      if (own != null) {
        renamed.put(own, specialId(i));
      }
    }
  }

  /** OpenCLIP compares them with the symbols of bytes, which are the characters themselves here. */
  private boolean isSpecial(int index) {
    return index >= 0 && specials.get(index).chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  @Override
  public String clean(String text) {
    return cleaning.apply(text);
  }

  private int specialId(int index) {
    return index == 0 ? start : end - 1 + index;
  }

  @Override
  int[] content(String text) {
    IntList ids = new IntList();
    for (String piece : Splits.openClip(clean(text), specials)) {
      int special = specials.indexOf(piece);
      if (isSpecial(special)) {
        ids.add(specialId(special));
      } else {
        model.encode(ByteSymbols.encode(piece), ids);
      }
    }
    return Arrays.stream(ids.toArray()).map(id -> renamed.getOrDefault(id, id)).toArray();
  }

  @Override
  int[] finish(int[] content) {
    int[] ids = new int[content.length + 2];
    ids[0] = start;
    System.arraycopy(content, 0, ids, 1, content.length);
    ids[ids.length - 1] = end;
    return ids;
  }

  @Override
  int overhead() {
    return 2;
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    List<String> tokens = new ArrayList<>();
    for (int id : ids) {
      String token = requireToken(id);
      if (!skipSpecial || id < start) {
        tokens.add(token);
      }
    }
    return ByteSymbols.decode(tokens).replace(ByteSymbols.WORD_END, " ");
  }

  @Override
  public @Nullable String token(int id) {
    int special = id == start ? 0 : id - end + 1;
    return special >= 0 && special < specials.size() && (special > 0 || id == start)
        ? specials.get(special)
        : model.vocabulary().token(id);
  }

  @Override
  public int size() {
    return Math.max(model.vocabulary().size(), end - 1 + specials.size());
  }
}
