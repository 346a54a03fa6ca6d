package io.github.maskalign.vit.hub.cache;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.DurableFiles;
import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.ContentDigest;
import io.github.maskalign.vit.hub.name.RemotePath;
import io.github.maskalign.vit.hub.name.Revision;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/**
 * Adds files to the folder of a repository, so that every reader finds each of them whole or not at
 * all.
 *
 * @param folder of the repository
 * @param links false to make no symbolic links
 * @since 0.1.0
 */
public record SnapshotWriter(RepositoryFolder folder, boolean links) {

  /** Tells programs that make backups to leave the folder out (bford.info/cachedir). */
  private static final String TAG =
      "Signature: 8a477f597d28d172789f06886806bc55\n# Models that can be fetched again.\n";

  private static final String ELSEWHERE = "set HF_HUB_CACHE to another folder";

  /** Fetches a content into an empty file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything, and throws if that is not the content that it should be. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * A content that is to be stored.
   *
   * @param size in bytes
   */
  public record Expected(ContentDigest digest, long size) {}

  /** Whether a file of a snapshot is there, with the content that it should have. */
  public boolean has(CommitId commit, RemotePath path, Expected expected) throws IOException {
    return folder.has(commit, path, expected.digest, expected.size);
  }

  /**
   * Adds a file to a snapshot; its content is fetched only if the cache does not have it.
   *
   * @param waiting called if somebody else is fetching the same
   * @throws FormatException if another file has the same name on this system
   * @throws IOException if it cannot be written
   */
  public Path add(
      CommitId commit, RemotePath path, Expected expected, Content content, Runnable waiting)
      throws IOException {
    Path file = path.in(folder.snapshot(commit));
    requireOwnName(file);
    if (has(commit, path, expected)) {
      return file;
    }
    Path blob = folder.blob(expected.digest);
    createFolders(blob.getParent());
    tag();
    try (FetchLock _ = FetchLock.acquire(folder.locks(), expected.digest.hex(), waiting)) {
      if (has(commit, path, expected)) {
        return file;
      }
      boolean isNew = !Files.isRegularFile(blob) || Files.size(blob) != expected.size;
      if (isNew) {
        store(blob, expected, content);
      }
      Links.make(file, blob, links, isNew);
      return file;
    }
  }

  /** Where names differ in case only, some systems would take one file for the other. */
  private static void requireOwnName(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Path actual = file.toRealPath(LinkOption.NOFOLLOW_LINKS).getFileName();
      if (!actual.equals(file.getFileName())) {
        throw new FormatException(
            "%s: the repository has %s too, which is the same name on this system"
                .formatted(file, actual));
      }
    }
  }

  private void createFolders(Path path) throws IOException {
    try {
      Files.createDirectories(path);
    } catch (FileSystemException e) {
      throw advised(path, e, "cannot be created in the cache; " + ELSEWHERE);
    }
  }

  private static FileSystemException advised(Path path, IOException cause, String advice) {
    FileSystemException failure = new FileSystemException(path.toString(), null, advice);
    failure.initCause(cause);
    return failure;
  }

  private void tag() {
    try {
      Files.writeString(folder.cache().resolve("CACHEDIR.TAG"), TAG, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      // It exists, or cannot be made: nothing depends on it.
    }
  }

  /**
   * Checks that there is room for contents.
   *
   * @throws FileSystemException if the disk has less free space, with both sizes
   */
  public void requireSpace(long bytes) throws IOException {
    Path existing = folder.cache().toAbsolutePath();
    while (existing.getParent() != null && Files.notExists(existing)) {
      existing = existing.getParent();
    }
    long free;
    try {
      free = Files.getFileStore(existing).getUsableSpace();
    } catch (IOException e) {
      return; // Some containers do not tell.
    }
    if (free < bytes) {
      throw new FileSystemException(
          folder.path().toString(),
          null,
          String.format(
              Locale.ROOT,
              "the download has %,d bytes, and %,d are free; make room, or %s",
              bytes,
              free,
              ELSEWHERE));
    }
  }

  private void store(Path blob, Expected expected, Content content) throws IOException {
    try (Incomplete draft = Incomplete.of(blob)) {
      if (expected.size > 0) {
        content.writeTo(draft.channel());
      } else if (!expected.digest.compute(0).result().equals(expected.digest)) {
        throw new FormatException(
            "the Hub states that %s has no bytes, which is not its digest".formatted(blob));
      }
      draft.commit(blob);
    } catch (AccessDeniedException e) {
      throw advised(blob, e, "no permission to write to the cache; " + ELSEWHERE);
    } catch (IOException e) {
      throw DurableFiles.naming(blob, e);
    }
    DurableFiles.forceFolder(blob.getParent());
  }

  /**
   * Records that a file is missing at a commit, so that nobody asks for it again. Python does so
   * after a 404; here the complete list of files has said it.
   */
  public void markAbsent(CommitId commit, RemotePath file) throws IOException {
    Path mark = file.in(folder.absent(commit));
    Files.createDirectories(mark.getParent());
    try {
      Files.createFile(mark);
    } catch (FileAlreadyExistsException e) {
      // As it should be.
    }
  }

  /** Records the commit of a branch or tag, after the files of that commit are there. */
  public void setCommit(Revision revision, CommitId commit) throws IOException {
    if (revision.commit().isPresent()) {
      return;
    }
    Path ref = folder.ref(revision);
    byte[] content = commit.hex().getBytes(StandardCharsets.US_ASCII);
    boolean same =
        Files.isRegularFile(ref)
            && Files.size(ref) == content.length
            && Arrays.equals(Files.readAllBytes(ref), content);
    if (!same) {
      createFolders(ref.getParent());
      Incomplete.write(ref, content);
    }
  }
}
