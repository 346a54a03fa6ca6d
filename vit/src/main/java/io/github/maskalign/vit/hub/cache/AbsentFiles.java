package io.github.maskalign.vit.hub.cache;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.RemotePath;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which files a commit does not have, as far as the cache tells: by marks, or by the list of all
 * files that Python writes when it fetches a snapshot.
 *
 * @since 0.1.0
 */
public final class AbsentFiles {

  private final RepositoryFolder folder;
  private final CommitId commit;
  private final @Nullable JsonNode all;

  /** Reads the list of a commit, if there is one. */
  public AbsentFiles(RepositoryFolder folder, CommitId commit) {
    this.folder = folder;
    this.commit = commit;
    this.all = read(folder.tree(commit));
  }

  private static @Nullable JsonNode read(Path list) {
    if (!Files.isRegularFile(list)) {
      return null;
    }
    try {
      JsonNode json = JsonFiles.object(list, JsonKind.HUB);
      boolean known = json.path("format_version").asInt() == 1 && json.path("files").isObject();
      return known ? json.get("files") : null;
    } catch (FormatException | UncheckedIOException e) {
      return null; // It only saves requests.
    }
  }

  /** Whether a file is known to be missing. */
  public boolean contains(RemotePath file) {
    return Files.exists(file.in(folder.absent(commit))) || all != null && !all.has(file.path());
  }
}
