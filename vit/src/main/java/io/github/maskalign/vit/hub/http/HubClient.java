package io.github.maskalign.vit.hub.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.access.HubException.Reason;
import io.github.maskalign.vit.hub.http.Connection.Answer;
import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.ContentDigest;
import io.github.maskalign.vit.hub.name.ModelReference;
import io.github.maskalign.vit.hub.name.RemotePath;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks a Hub about one model.
 *
 * @since 0.1.0
 */
public final class HubClient {

  /** Of 1,000 files each. */
  private static final int MAX_PAGES = 64;

  /** Larger than any file of a network, and small enough for a sum of many. */
  private static final long MAX_SIZE = 1L << 40;

  private static final Duration WHOLE_ANSWER = Duration.ofMinutes(1);
  private static final Pattern NEXT =
      Pattern.compile("<([^>]*)>\\s*;(?:[^<]*;)?\\s*rel=\"?next\"?", Pattern.CASE_INSENSITIVE);
  private static final int OK = 200;

  private final Connection connection;
  private final ModelReference model;
  private final ErrorResponses errors;
  private final RetryPolicy policy;
  private final boolean retries;

  /**
   * Does not ask anything yet.
   *
   * @param retries whether to repeat requests that fail; those of contents are repeated anyway
   */
  HubClient(Connection connection, ModelReference model, RetryPolicy policy, boolean retries) {
    this.connection = connection;
    this.model = model;
    this.errors = new ErrorResponses(connection, model);
    this.policy = policy;
    this.retries = retries;
  }

  Connection connection() {
    return connection;
  }

  ErrorResponses errors() {
    return errors;
  }

  RetryPolicy policy() {
    return policy;
  }

  /** The commit that the revision means now. */
  public CommitId commit() {
    Page answer = get(Addresses.info(connection.endpoint(), model));
    String found = json(answer).path("sha").asText();
    if (!CommitId.isValid(found)) {
      throw errors.notAHub("its description of the model states the commit '" + found + "'", null);
    }
    return new CommitId(found);
  }

  /** All files at a commit, by their paths. */
  public Map<RemotePath, RemoteFile> files(CommitId commit) {
    Map<RemotePath, RemoteFile> files = new LinkedHashMap<>();
    URI address = Addresses.tree(connection.endpoint(), model.repository(), commit);
    for (int page = 0; address != null; page++) {
      if (page == MAX_PAGES) {
        throw errors.notAHub("its list of files has more than %d pages".formatted(page), null);
      }
      Page answer = get(address);
      JsonNode list = json(answer);
      if (!list.isArray()) {
        throw errors.notAHub("its list of files is not a JSON array", null);
      }
      for (JsonNode entry : list) {
        if (entry.path("type").asText().equals("file")) {
          RemoteFile file = file(entry);
          if (files.put(file.path(), file) != null) {
            throw errors.notAHub("its list of files has %s twice".formatted(file.path()), null);
          }
        }
      }
      address = next(answer);
    }
    return files;
  }

  private RemoteFile file(JsonNode entry) {
    JsonNode large = entry.path("lfs");
    String digest = large.isObject() ? large.path("oid").asText() : entry.path("oid").asText();
    JsonNode size = large.isObject() ? large.path("size") : entry.path("size");
    long bytes = size.canConvertToLong() ? size.asLong() : -1;
    try {
      RemotePath path = new RemotePath(entry.path("path").asText());
      if (bytes < 0 || bytes > MAX_SIZE) {
        throw errors.notAHub("its list states the size %s of %s".formatted(size, path), null);
      }
      return new RemoteFile(path, bytes, new ContentDigest(digest));
    } catch (FormatException e) {
      throw errors.notAHub("its list of files is refused: " + e.getMessage(), e);
    }
  }

  private @Nullable URI next(Page answer) {
    for (String link : answer.links) {
      Matcher found = NEXT.matcher(link);
      if (found.find()) {
        URI target = Addresses.redirect(answer.address, found.group(1));
        if (target == null || !connection.endpoint().contains(target)) {
          throw errors.notAHub("its list of files continues on another server", null);
        }
        return target;
      }
    }
    return null;
  }

  /**
   * Where a file's content can be requested now: such addresses expire.
   *
   * @throws HubException if the Hub states another size, digest or commit than its list does
   */
  URI contentAddress(CommitId commit, RemoteFile file) {
    URI address = Addresses.file(connection.endpoint(), model.repository(), commit, file.path());
    for (int retry = 0; ; retry++) {
      try (Answer answer = connection.toHub("HEAD", address)) {
        if (answer.status() == OK || answer.isRedirect()) {
          requireStated(commit, file, answer);
          // Of a redirect that has no address to follow, the connection does not return.
          URI target = answer.isRedirect() ? answer.target() : null;
          return target == null ? answer.address() : target;
        }
        repeat(retry, answer, errors.of(answer, file.path().path()));
      } catch (IOException e) {
        repeat(retry, null, errors.of(e));
      }
    }
  }

  private void requireStated(CommitId commit, RemoteFile file, Answer answer) {
    String found = answer.header("X-Repo-Commit");
    String linked = answer.header("X-Linked-ETag");
    String tag = linked == null ? answer.header("ETag") : linked;
    if (found == null || tag == null) {
      throw errors.notAHub("it states no commit and digest of " + file.path(), null);
    }
    if (!found.equals(commit.hex())) {
      throw errors.notAHub("asked for commit %s, it returns %s".formatted(commit, found), null);
    }
    if (!ContentDigest.isETagOf(tag, file.digest())) {
      throw errors.notAHub(
          "the ETag of %s is %s, but its list states the digest %s"
              .formatted(file.path(), tag, file.digest()),
          null);
    }
    String size = answer.header("X-Linked-Size");
    size = size == null && answer.status() == OK ? answer.header("Content-Length") : size;
    if (size != null && !size.strip().equals(Long.toString(file.size()))) {
      throw errors.notAHub(
          "the size of %s is %s, but %d in its list".formatted(file.path(), size, file.size()),
          null);
    }
  }

  /** A whole response of the Hub's interface. */
  private record Page(URI address, byte[] content, List<String> links) {}

  private Page get(URI address) {
    for (int retry = 0; ; retry++) {
      try (Answer answer = connection.toHub("GET", address)) {
        if (answer.status() == OK) {
          byte[] content = answer.body().rest(JsonKind.HUB.maxBytes(), WHOLE_ANSWER);
          if (content == null) {
            throw errors.notAHub("its response is longer than any description of a model", null);
          }
          return new Page(answer.address(), content, answer.headers().allValues("Link"));
        }
        if (answer.isRedirect()) {
          throw errors.notAHub("it redirects to another server", null);
        }
        repeat(retry, answer, errors.of(answer, null));
      } catch (IOException e) {
        repeat(retry, null, errors.of(e));
      }
    }
  }

  /** Waits before another try, or throws. */
  private void repeat(int retry, @Nullable Answer answer, HubException failure) {
    boolean temporary =
        answer == null
            ? failure.reason() == Reason.UNREACHABLE
            : Backoff.isRetryable(answer.status());
    if (!retries || !temporary || !policy.awaitRetry(retry, answer, failure.getMessage())) {
      throw failure;
    }
  }

  private JsonNode json(Page answer) {
    try {
      String text = new String(answer.content, StandardCharsets.UTF_8);
      return JsonFiles.value(Addresses.shown(answer.address), text, JsonKind.HUB);
    } catch (FormatException e) {
      throw errors.notAHub(String.valueOf(e.getMessage()), e);
    }
  }
}
