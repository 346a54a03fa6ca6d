package io.github.maskalign.vit.hub;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.access.HubException.Reason;
import io.github.maskalign.vit.hub.cache.RepositoryFolder;
import io.github.maskalign.vit.hub.cache.SnapshotWriter;
import io.github.maskalign.vit.hub.http.HubClient;
import io.github.maskalign.vit.hub.http.HubServer;
import io.github.maskalign.vit.hub.http.RetryPolicy;
import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.ModelReference;
import io.github.maskalign.vit.hub.name.RemotePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Fetches models from the Hub by name:
 *
 * <pre>{@code
 * Hub hub = Hub.of(HubOptions.fromEnvironment());
 * Snapshot model = hub.fetch(ModelReference.ofName("facebook/dinov2-small"));
 * Embedder embedder = Embedder.load(model.weights());
 * }</pre>
 *
 * <p>What was fetched before, by this library or by Python's huggingface_hub, is taken from the
 * cache that both share. Of a branch or tag, the Hub is asked which commit it means now; a commit
 * that is complete in the cache takes no request.
 *
 * @since 0.1.0
 */
public final class Hub {

  private final HubOptions options;
  private final Function<RetryPolicy.Listener, RetryPolicy> policy;

  Hub(HubOptions options, Function<RetryPolicy.Listener, RetryPolicy> policy) {
    this.options = options;
    this.policy = policy;
  }

  /** A Hub and a cache. */
  public static Hub of(HubOptions options) {
    return new Hub(options, RetryPolicy::of);
  }

  /**
   * Fetches what a network needs; notes are logged. See {@link #fetch(ModelReference, ModelPart,
   * FetchListener)}.
   */
  public Snapshot fetch(ModelReference model) {
    return fetch(model, ModelPart.NETWORK, FetchListener.LOG);
  }

  /**
   * Fetches the files of a model that are not in the cache.
   *
   * @throws HubException if the Hub does not have it, does not give it, or cannot be reached and
   *     the cache does not have it
   * @throws FormatException if the repository contains something that is refused
   * @throws UncheckedIOException if the cache cannot be written
   */
  public Snapshot fetch(ModelReference model, ModelPart part, FetchListener listener) {
    RepositoryFolder folder = new RepositoryFolder(options.cache(), model.repository());
    CachedModel cached = CachedModel.of(model, folder, part);
    if (options.offline()) {
      return offline(model, cached, part, listener);
    }
    if (cached.isComplete() && model.revision().commit().isPresent()) {
      return cached.snapshot();
    }
    RetryPolicy waits =
        policy.apply(
            (time, reason) ->
                listener.note("%s; retrying in %d s".formatted(reason, time.toSeconds())));
    try (HubServer server =
        new HubServer(
            options.endpoint(), options.token().get(), options.timeouts(), options.proxies())) {
      HubClient client = server.client(model, waits, cached.snapshot() == null);
      return update(client, model, folder, part, listener);
    } catch (HubException e) {
      if (!e.allowsCache() || cached.snapshot() == null) {
        throw e;
      }
      listener.note(
          "%s; the cached files of commit %s are used"
              .formatted(e.getMessage(), cached.snapshot().commit().abbreviated()));
      return cached(model, cached, part, listener);
    }
  }

  private Snapshot update(
      HubClient client,
      ModelReference model,
      RepositoryFolder folder,
      ModelPart part,
      FetchListener listener) {
    SnapshotWriter writer = new SnapshotWriter(folder, options.links());
    CommitId commit = model.revision().commit().orElseGet(client::commit);
    RemoteFiles files = new RemoteFiles(client, commit, writer, listener);
    Selection selection = Selection.of(model, files, part);
    files.fetch(selection.files());
    record(writer, model, commit, files.absent(), listener);
    return new Snapshot(
        model, commit, folder.snapshot(commit), selection.weights().in(folder.snapshot(commit)));
  }

  /** Written last, so that a reference never leads to missing files. */
  private static void record(
      SnapshotWriter writer,
      ModelReference model,
      CommitId commit,
      Set<RemotePath> absent,
      FetchListener listener) {
    try {
      for (RemotePath file : absent) {
        writer.markAbsent(commit, file);
      }
      writer.setCommit(model.revision(), commit);
    } catch (IOException e) {
      // The files are there; the next time the Hub is asked again.
      listener.note(
          "%s: cannot write to the cache %s; it is used as it is"
              .formatted(model, writer.folder().cache()));
    }
  }

  private Snapshot offline(
      ModelReference model, CachedModel cached, ModelPart part, FetchListener listener) {
    if (cached.snapshot() == null) {
      throw new HubException(
          Reason.OFFLINE,
          "%s: offline mode is on (HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE), and the cache %s does not have it: %s; run 'maskalign models fetch %s' with a connection"
              .formatted(model, options.cache(), cached.problem(), model));
    }
    return cached(model, cached, part, listener);
  }

  /** What is cached, with a note on what may be missing besides weights. */
  private static Snapshot cached(
      ModelReference model, CachedModel cached, ModelPart part, FetchListener listener) {
    List<RemotePath> unknown = cached.unknown().stream().filter(part.files()::contains).toList();
    if (!unknown.isEmpty()) {
      listener.note(
          "%s: not cached, though the repository may have it: %s"
              .formatted(
                  model, unknown.stream().map(RemotePath::path).collect(Collectors.joining(", "))));
    }
    return cached.snapshot();
  }
}
