package io.github.maskalign.vit.hub.cache;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.BoundedFiles;
import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.ContentDigest;
import io.github.maskalign.vit.hub.name.RemotePath;
import io.github.maskalign.vit.hub.name.RepositoryId;
import io.github.maskalign.vit.hub.name.Revision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder of a repository in the cache, read without ever writing to it:
 *
 * <pre>
 * models--ORG--NAME/blobs/DIGEST             contents
 * models--ORG--NAME/refs/REVISION            the commit of a branch or tag when it was last asked for
 * models--ORG--NAME/snapshots/COMMIT/PATH    a link to the content, or the content itself
 * models--ORG--NAME/.no_exist/COMMIT/PATH    this file is known to be missing
 * models--ORG--NAME/trees/COMMIT.json        the list of files, if Python has fetched it
 * </pre>
 *
 * @param cache the folder of all repositories
 * @param repository whose folder this is
 * @since 0.1.0
 */
public record RepositoryFolder(Path cache, RepositoryId repository) {

  private static final int MAX_REF = 256;

  /** The folder itself. */
  Path path() {
    return cache.resolve(repository.folder());
  }

  Path blob(ContentDigest digest) {
    return path().resolve("blobs").resolve(digest.hex());
  }

  Path ref(Revision revision) {
    return new RemotePath(revision.name()).in(path().resolve("refs"));
  }

  Path tree(CommitId commit) {
    return path().resolve("trees").resolve(commit.hex() + ".json");
  }

  /** The folder with the locks of its contents. */
  Path locks() {
    return cache.resolve(".locks").resolve(repository.folder());
  }

  /** The folder of a commit's files, whether it exists or not. */
  public Path snapshot(CommitId commit) {
    return path().resolve("snapshots").resolve(commit.hex());
  }

  Path absent(CommitId commit) {
    return path().resolve(".no_exist").resolve(commit.hex());
  }

  /**
   * The commit of a revision, as it was known last; empty if it is not cached. A single snapshot
   * without a reference to it is not guessed to be the one.
   *
   * @throws FormatException if the reference is damaged
   */
  public Optional<CommitId> commit(Revision revision) {
    if (revision.commit().isPresent()) {
      return revision.commit();
    }
    Path ref = ref(revision);
    if (!Files.isRegularFile(ref)) {
      return Optional.empty();
    }
    try {
      byte[] content = BoundedFiles.read(ref, MAX_REF, "a reference to a commit");
      return Optional.of(new CommitId(new String(content, StandardCharsets.UTF_8).strip()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (FormatException e) {
      throw new FormatException(
          "%s: %s; delete this file, and fetch the model again".formatted(ref, e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + ref, e);
    }
  }

  /** A file of a commit; empty if it is not cached, or its link does not lead to a file. */
  public Optional<Path> file(CommitId commit, RemotePath file) {
    Path path = file.in(snapshot(commit));
    return Files.isRegularFile(path) && isInCache(path) ? Optional.of(path) : Optional.empty();
  }

  /** Links may lead to the contents of any repository, but not out of the cache. */
  private boolean isInCache(Path file) {
    try {
      return file.toRealPath().startsWith(cache.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether a file of a commit is cached with this content: its size, and its digest if it is a
   * link, whose target has the digest as its name.
   */
  boolean has(CommitId commit, RemotePath file, ContentDigest digest, long size)
      throws IOException {
    Path path = file(commit, file).orElse(null);
    if (path == null || Files.size(path) != size) {
      return false;
    }
    return !Files.isSymbolicLink(path)
        || FileNames.text(Files.readSymbolicLink(path).getFileName()).equals(digest.hex());
  }
}
