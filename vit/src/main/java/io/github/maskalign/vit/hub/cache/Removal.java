package io.github.maskalign.vit.hub.cache;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.vit.hub.name.ContentDigest;
import io.github.maskalign.vit.hub.name.RemotePath;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes files from a cache, and nothing outside of it: links are removed, not followed. What
 * several repositories share in the store of newer Python clients stays.
 *
 * @param cache to remove from
 * @since 0.1.0
 */
public record Removal(ModelCache cache) {

  /**
   * Removes a commit: its references, its folder, and the contents that no other commit has; with
   * the last commit of a repository, all that is left of that.
   *
   * @return the number of bytes that were freed
   */
  public long remove(CachedCommit commit) throws IOException {
    RepositoryFolder own = new RepositoryFolder(cache.folder(), commit.repository());
    Path references = own.path().resolve("refs");
    for (String reference : commit.references()) {
      Files.deleteIfExists(new RemotePath(reference).in(references));
    }
    Set<ContentDigest> digests = digests(commit.folder());
    long freed = deleteFolder(commit.folder());
    deleteFolder(own.absent(commit.commit()));
    Files.deleteIfExists(own.tree(commit.commit()));
    for (ContentDigest digest : digests) {
      freed += removeUnused(own, digest);
    }
    if (cache.commits(commit.repository()).isEmpty()) {
      freed += deleteFolder(own.path());
    }
    return freed;
  }

  /**
   * Removes a damaged file and its content, which all commits lose, so that it is fetched again.
   */
  public void removeContent(CachedCommit commit, String file) throws IOException {
    RepositoryFolder own = new RepositoryFolder(cache.folder(), commit.repository());
    Path path = FileNames.resolve(commit.folder(), file);
    ContentDigest digest = ContentCheck.stated(path).orElse(null);
    if (digest != null) {
      try (FetchLock _ = FetchLock.acquire(own.locks(), digest.hex(), () -> {})) {
        Files.deleteIfExists(own.blob(digest));
      }
    }
    Files.deleteIfExists(path);
  }

  /** The digests of the contents that the files of a folder link to. */
  private static Set<ContentDigest> digests(Path snapshot) throws IOException {
    Set<ContentDigest> found = new LinkedHashSet<>();
    for (Path file : ModelCache.files(snapshot)) {
      ContentCheck.stated(file).ifPresent(found::add);
    }
    return found;
  }

  /**
   * Removes a content unless another commit has it; under its lock nobody links to it meanwhile.
   */
  private long removeUnused(RepositoryFolder own, ContentDigest digest) throws IOException {
    try (FetchLock _ = FetchLock.acquire(own.locks(), digest.hex(), () -> {})) {
      for (CachedCommit other : cache.commits(own.repository())) {
        if (digests(other.folder()).contains(digest)) {
          return 0;
        }
      }
      Path blob = own.blob(digest);
      long bytes = Files.isRegularFile(blob, LinkOption.NOFOLLOW_LINKS) ? Files.size(blob) : 0;
      Files.deleteIfExists(blob);
      return bytes;
    }
  }

  /** Deletes a folder with everything in it, and returns the bytes of its files. */
  private long deleteFolder(Path path) throws IOException {
    Path root = cache.folder().normalize();
    if (!path.normalize().startsWith(root) || path.normalize().equals(root)) {
      throw new FormatException(path + ": not below the cache " + root);
    }
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    long[] bytes = {0};
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            bytes[0] += attributes.isRegularFile() ? attributes.size() : 0;
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }
}
