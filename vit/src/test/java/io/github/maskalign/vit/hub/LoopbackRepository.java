package io.github.maskalign.vit.hub;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A repository of a {@link LoopbackHub}. */
final class LoopbackRepository {

  /** The files of a commit, by their paths. */
  record Commit(String id, Map<String, RemoteContent> files) {}

  private final String name;
  private final Map<String, Commit> commits = new HashMap<>();
  private final Map<String, String> references = new HashMap<>();
  private boolean isGated;
  private boolean isPrivate;

  LoopbackRepository(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** Moves a branch or tag to a new commit. */
  LoopbackRepository commit(String reference, Map<String, RemoteContent> files) {
    String id = RemoteContent.small(name + reference + commits.size()).gitDigest();
    commits.put(id, new Commit(id, new TreeMap<>(files)));
    references.put(reference, id);
    return this;
  }

  LoopbackRepository gated() {
    isGated = true;
    return this;
  }

  LoopbackRepository ofOthers() {
    isPrivate = true;
    return this;
  }

  boolean isGated() {
    return isGated;
  }

  boolean isPrivate() {
    return isPrivate;
  }

  String head(String reference) {
    return references.get(reference);
  }

  @Nullable Commit find(String revision) {
    return commits.get(references.getOrDefault(revision, revision));
  }

  Stream<RemoteContent> contents() {
    return commits.values().stream().flatMap(commit -> commit.files().values().stream());
  }
}
