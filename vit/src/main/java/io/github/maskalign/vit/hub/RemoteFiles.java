package io.github.maskalign.vit.hub;

import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.ThreadInterruptedException;
import io.github.maskalign.vit.hub.cache.SnapshotWriter;
import io.github.maskalign.vit.hub.cache.SnapshotWriter.Expected;
import io.github.maskalign.vit.hub.http.Download;
import io.github.maskalign.vit.hub.http.HubClient;
import io.github.maskalign.vit.hub.http.RemoteFile;
import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.RemotePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The files of a repository at a commit, fetched into the cache when they are asked for. */
final class RemoteFiles implements ModelFiles {

  private static final int SHOWN = 12;

  private final HubClient hub;
  private final CommitId commit;
  private final SnapshotWriter writer;
  private final FetchListener listener;
  private final Map<RemotePath, RemoteFile> files;
  private final Set<RemotePath> absent = new LinkedHashSet<>();

  RemoteFiles(HubClient hub, CommitId commit, SnapshotWriter writer, FetchListener listener) {
    this.hub = hub;
    this.commit = commit;
    this.writer = writer;
    this.listener = listener;
    this.files = hub.files(commit);
  }

  @Override
  public boolean has(RemotePath file) {
    boolean there = files.containsKey(file);
    if (!there) {
      absent.add(file);
    }
    return there;
  }

  @Override
  public boolean mayHave(RemotePath file) {
    return has(file);
  }

  /** The files that were asked for and are missing. */
  Set<RemotePath> absent() {
    return Set.copyOf(absent);
  }

  @Override
  public String description() {
    List<String> names = files.keySet().stream().map(RemotePath::path).sorted().toList();
    return "its files are " + Printable.line(names, SHOWN);
  }

  @Override
  public Path get(RemotePath path) {
    RemoteFile file = files.get(path);
    try {
      return writer.add(
          commit,
          path,
          expected(file),
          channel ->
              Download.run(
                  hub,
                  commit,
                  file,
                  channel,
                  done -> listener.progress(path.path(), done, file.size())),
          () -> listener.note(path + ": waiting for another process that fetches it"));
    } catch (ClosedByInterruptException e) {
      throw new ThreadInterruptedException(
          "interrupted while %s was fetched".formatted(path), new InterruptedException());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot store " + path, e);
    }
  }

  private static Expected expected(RemoteFile file) {
    return new Expected(file.digest(), file.size());
  }

  /** Fetches files, if there is room for all of them. */
  void fetch(List<RemotePath> paths) {
    try {
      long bytes = 0;
      for (RemotePath path : paths) {
        RemoteFile file = files.get(path);
        bytes += writer.has(commit, path, expected(file)) ? 0 : file.size();
      }
      writer.requireSpace(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot store the model", e);
    }
    paths.forEach(this::get);
  }
}
