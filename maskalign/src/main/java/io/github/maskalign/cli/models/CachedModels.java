package io.github.maskalign.cli.models;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.hub.cache.CachedCommit;
import io.github.maskalign.vit.hub.cache.ModelCache;
import io.github.maskalign.vit.hub.name.ModelReference;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** The commits in the cache that an argument names. */
final class CachedModels {

  private CachedModels() {}

  /** Those of a revision, or all if the text states none. */
  static List<CachedCommit> named(CommandSpec spec, ModelCache cache, String text)
      throws IOException {
    ModelReference model = ModelArgument.parse(spec, text);
    boolean all = text.indexOf('@') < 0;
    List<CachedCommit> found =
        cache.commits(model.repository()).stream()
            .filter(each -> all || isNamed(each, model.revision().name()))
            .toList();
    if (found.isEmpty()) {
      throw new ArgumentException(
          "%s is not in the cache %s; 'maskalign models list' prints what is"
              .formatted(model, cache.folder()));
    }
    return found;
  }

  private static boolean isNamed(CachedCommit commit, String revision) {
    return commit.references().contains(revision)
        || revision.length() >= 7 && commit.commit().hex().startsWith(revision);
  }
}
