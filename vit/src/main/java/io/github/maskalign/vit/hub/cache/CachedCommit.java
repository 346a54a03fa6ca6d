package io.github.maskalign.vit.hub.cache;

import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.RepositoryId;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of a repository at a commit, as far as they are in the cache.
 *
 * @param references branches and tags that meant this commit when they were last asked for
 * @param folder of the files
 * @param files their paths in the folder, with slashes
 * @param bytes of their contents, of which other commits may share some
 * @since 0.1.0
 */
public record CachedCommit(
    RepositoryId repository,
    CommitId commit,
    List<String> references,
    Path folder,
    List<String> files,
    long bytes) {}
