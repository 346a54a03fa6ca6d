package io.github.maskalign.vit.text.token;

import io.github.maskalign.vit.text.token.model.IntList;
import io.github.maskalign.vit.text.token.model.SubwordModel;
import io.github.maskalign.vit.text.token.pipeline.AddedToken;
import io.github.maskalign.vit.text.token.pipeline.AddedTokens;
import io.github.maskalign.vit.text.token.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A tokenizer of Hugging Face's library of that name. */
final class PipelineTokenizer extends AbstractTokenizer {

  private final Pipeline pipeline;

  PipelineTokenizer(Pipeline pipeline, TokenizerSettings settings) {
    super(settings);
    this.pipeline = pipeline;
  }

  @Override
  int[] content(String text) {
    requireCharacters(text);
    IntList ids = new IntList();
    SubwordModel model = pipeline.model();
    List<AddedTokens.Part> parts = pipeline.added().cut(text, pipeline.normalizer());
    for (int i = 0; i < parts.size(); i++) {
      AddedToken token = parts.get(i).token();
      if (token != null) {
        ids.add(token.id());
        continue;
      }
      for (String piece : pipeline.preTokenizer().split(parts.get(i).text(), i == 0)) {
        model.encode(piece, ids);
      }
    }
    return ids.toArray();
  }

  @Override
  int[] finish(int[] content) {
    int[] before = pipeline.before();
    int[] after = pipeline.after();
    int[] ids = new int[before.length + content.length + after.length];
    System.arraycopy(before, 0, ids, 0, before.length);
    System.arraycopy(content, 0, ids, before.length, content.length);
    System.arraycopy(after, 0, ids, before.length + content.length, after.length);
    return ids;
  }

  @Override
  int overhead() {
    return pipeline.before().length + pipeline.after().length;
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    List<String> tokens = new ArrayList<>();
    for (int id : ids) {
      AddedToken added = pipeline.added().get(id);
      String token = requireToken(id);
      // The library looks for the token as it is written.
      boolean special = added != null && added.special() && token.equals(added.content());
      if (!special || !skipSpecial) {
        tokens.add(token);
      }
    }
    return pipeline.finish().apply(String.join("", pipeline.decoder().apply(tokens)));
  }

  @Override
  public @Nullable String token(int id) {
    String added = pipeline.added().written(id);
    return added != null ? added : pipeline.model().vocabulary().token(id);
  }

  @Override
  public int size() {
    return pipeline.added().sizeWith(pipeline.model().vocabulary());
  }
}
