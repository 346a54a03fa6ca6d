package io.github.maskalign.vit.hub;

import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.access.HubException.Reason;
import io.github.maskalign.vit.hub.cache.AbsentFiles;
import io.github.maskalign.vit.hub.cache.RepositoryFolder;
import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.RemotePath;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The cached files of a commit. */
final class CachedFiles implements ModelFiles {

  private final RepositoryFolder folder;
  private final CommitId commit;
  private final AbsentFiles absent;
  private final Set<RemotePath> unknown = new LinkedHashSet<>();

  CachedFiles(RepositoryFolder folder, CommitId commit) {
    this.folder = folder;
    this.commit = commit;
    this.absent = new AbsentFiles(folder, commit);
  }

  @Override
  public boolean has(RemotePath file) {
    boolean there = folder.file(commit, file).isPresent();
    if (!there && !absent.contains(file)) {
      unknown.add(file);
    }
    return there;
  }

  @Override
  public boolean mayHave(RemotePath file) {
    return folder.file(commit, file).isPresent() || !absent.contains(file);
  }

  @Override
  public Path get(RemotePath file) {
    return folder
        .file(commit, file)
        .orElseThrow(() -> new HubException(Reason.OFFLINE, file + " is not cached"));
  }

  @Override
  public String description() {
    return "the cache has no other files of the commit " + commit;
  }

  /** The files asked for that are not cached, and not known to be missing either. */
  List<RemotePath> unknown() {
    return List.copyOf(unknown);
  }
}
