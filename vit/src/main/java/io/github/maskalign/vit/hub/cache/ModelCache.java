package io.github.maskalign.vit.hub.cache;

import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.RepositoryId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The models in the cache, whichever program fetched them.
 *
 * @param folder of all repositories
 * @since 0.1.0
 */
public record ModelCache(Path folder) {

  private static final int MAX_REF = 256;

  /** All models by name, the commits of each in the order of their names. */
  public List<CachedCommit> list() throws IOException {
    List<CachedCommit> all = new ArrayList<>();
    for (Path each : children(folder)) {
      Optional<RepositoryId> repository = RepositoryId.ofFolder(FileNames.text(each.getFileName()));
      if (repository.isPresent() && isFolder(each)) {
        all.addAll(commits(repository.get()));
      }
    }
    return all;
  }

  /** The commits of a repository, in the order of their names. */
  public List<CachedCommit> commits(RepositoryId repository) throws IOException {
    RepositoryFolder own = new RepositoryFolder(folder, repository);
    Map<String, List<String>> references = references(own.path().resolve("refs"));
    List<CachedCommit> all = new ArrayList<>();
    for (Path snapshot : children(own.path().resolve("snapshots"))) {
      String name = FileNames.text(snapshot.getFileName());
      if (CommitId.isValid(name) && isFolder(snapshot)) {
        List<String> named = List.copyOf(references.getOrDefault(name, List.of()));
        all.add(commit(repository, new CommitId(name), snapshot, named));
      }
    }
    return all;
  }

  private static boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** The references to each commit. */
  private static Map<String, List<String>> references(Path folder) throws IOException {
    Map<String, List<String>> found = new HashMap<>();
    for (Path file : files(folder)) {
      if (Files.isRegularFile(file) && Files.size(file) < MAX_REF) {
        String commit = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
        found
            .computeIfAbsent(commit, _ -> new ArrayList<>())
            .add(FileNames.text(folder.relativize(file)));
      }
    }
    return found;
  }

  private static CachedCommit commit(
      RepositoryId repository, CommitId commit, Path snapshot, List<String> references)
      throws IOException {
    List<String> files = new ArrayList<>();
    Set<Path> contents = new HashSet<>();
    long bytes = 0;
    for (Path file : files(snapshot)) {
      files.add(FileNames.text(snapshot.relativize(file)));
      if (Files.isRegularFile(file) && contents.add(file.toRealPath())) {
        bytes += Files.size(file);
      }
    }
    return new CachedCommit(repository, commit, references, snapshot, List.copyOf(files), bytes);
  }

  /** All files and links below a folder, sorted; none if it is missing. */
  static List<Path> files(Path folder) throws IOException {
    if (!isFolder(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !isFolder(path)).sorted().toList();
    }
  }
}
