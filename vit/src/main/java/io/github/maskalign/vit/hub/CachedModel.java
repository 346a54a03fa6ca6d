package io.github.maskalign.vit.hub;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.cache.RepositoryFolder;
import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.ModelReference;
import io.github.maskalign.vit.hub.name.RemotePath;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cached state of a model.
 *
 * @param snapshot null if it cannot be loaded
 * @param unknown files that the repository may have and the cache has not
 * @param problem why it cannot be loaded
 */
record CachedModel(@Nullable Snapshot snapshot, List<RemotePath> unknown, String problem) {

  /** The state at the commit that the cache knows of the revision. */
  static CachedModel of(ModelReference model, RepositoryFolder folder, ModelPart part) {
    try {
      Optional<CommitId> known = folder.commit(model.revision());
      return known.isPresent()
          ? of(model, folder, known.get(), part)
          : missing("no such revision is cached");
    } catch (FormatException | UncheckedIOException e) {
      return missing(String.valueOf(e.getMessage()));
    }
  }

  private static CachedModel of(
      ModelReference model, RepositoryFolder folder, CommitId commit, ModelPart part) {
    CachedFiles files = new CachedFiles(folder, commit);
    try {
      Selection selection = Selection.of(model, files, part);
      Snapshot snapshot =
          new Snapshot(model, commit, folder.snapshot(commit), files.get(selection.weights()));
      return new CachedModel(snapshot, files.unknown(), "");
    } catch (HubException e) {
      return missing(String.valueOf(e.getMessage()));
    }
  }

  private static CachedModel missing(String problem) {
    return new CachedModel(null, List.of(), problem);
  }

  /** Whether there is nothing to fetch. */
  boolean isComplete() {
    return snapshot != null && unknown.isEmpty();
  }
}
