package io.github.maskalign.vit.hub;

import io.github.maskalign.vit.hub.access.Timeouts;
import io.github.maskalign.vit.hub.http.RetryPolicy;
import io.github.maskalign.vit.hub.name.ModelReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A Hub on loopback with a model, and an empty cache. */
final class HubFixture implements AutoCloseable {

  static final String NAME = "some-org/vit-tiny";
  static final byte[] WEIGHTS = bytes(300_000);

  final LoopbackHub hub;
  final Path cache;
  static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

  final List<Duration> slept = new ArrayList<>();
  final List<String> notes = new ArrayList<>();
  final List<Long> progress = new ArrayList<>();
  HubOptions options;

  final FetchListener listener =
      new FetchListener() {
        @Override
        public void progress(String file, long done, long total) {
          progress.add(done);
        }

        @Override
        public void note(String line) {
          notes.add(line);
        }
      };

  HubFixture(Path cache) throws IOException {
    this.cache = cache;
    hub = new LoopbackHub();
    hub.repository(NAME).commit("main", model());
    options =
        HubEnvironment.read(Map.of(), cache)
            .withEndpoint(hub.endpoint())
            .withCache(cache)
            .withTimeouts(new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(1)));
  }

  static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  /** The files of a small model, and two that are not needed. */
  static Map<String, RemoteContent> model() {
    return new HashMap<>(
        Map.of(
            "config.json", RemoteContent.small("{\"model_type\": \"vit\"}"),
            "preprocessor_config.json", RemoteContent.small("{\"size\": 224}"),
            "model.safetensors", RemoteContent.large(WEIGHTS),
            "pytorch_model.bin", RemoteContent.large(bytes(1000)),
            "README.md", RemoteContent.small("# A model")));
  }

  LoopbackRepository repository() {
    return hub.repository(NAME);
  }

  Snapshot fetch() {
    return fetch(NAME);
  }

  Snapshot fetch(String name) {
    return new Hub(options, this::policy)
        .fetch(ModelReference.ofName(name), ModelPart.NETWORK, listener);
  }

  /** Waits without taking time. */
  private RetryPolicy policy(RetryPolicy.Listener told) {
    return new RetryPolicy(InstantSource.fixed(NOW), slept::add, told);
  }

  /** What the cache contains: each path with the target of a link or the number of bytes. */
  Map<String, String> content() {
    Map<String, String> found = new TreeMap<>();
    if (Files.notExists(cache)) {
      return found;
    }
    try (Stream<Path> all = Files.walk(cache)) {
      for (Path each : all.toList()) {
        if (Files.isSymbolicLink(each)) {
          found.put(name(each), "-> " + Files.readSymbolicLink(each));
        } else if (Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
          found.put(name(each), Long.toString(Files.size(each)));
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String name(Path path) {
    return cache.relativize(path).toString().replace('\\', '/');
  }

  @Override
  public void close() {
    hub.close();
  }
}
