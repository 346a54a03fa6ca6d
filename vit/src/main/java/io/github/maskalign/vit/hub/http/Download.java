package io.github.maskalign.vit.hub.http;

import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.access.HubException.Reason;
import io.github.maskalign.vit.hub.http.Connection.Answer;
import io.github.maskalign.vit.hub.http.Connection.NoHubException;
import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.ContentDigest;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the content of one file: resumes where a connection was cut, asks for a new address when
 * one has expired, and accepts nothing but the size and the digest that the Hub states.
 *
 * @since 0.1.0
 */
public final class Download {

  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int UNSATISFIABLE = 416;
  private static final int FIRST_ERROR = 400;
  private static final int FIRST_SERVER_ERROR = 500;

  /** Complete downloads with a wrong digest before it fails. */
  private static final int MAX_DAMAGED = 2;

  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

  private final HubClient hub;
  private final CommitId commit;
  private final RemoteFile file;
  private final FileChannel to;
  private final LongConsumer progress;

  private URI address;
  private ContentDigest.Computation digest;
  private long written;

  /** The most bytes that were written at a time. */
  private long reached;

  /** Attempts in a row that brought nothing new. */
  private int retry;

  private Download(
      HubClient hub, CommitId commit, RemoteFile file, FileChannel to, LongConsumer progress) {
    this.hub = hub;
    this.commit = commit;
    this.file = file;
    this.to = to;
    this.progress = progress;
    this.address = hub.contentAddress(commit, file);
    this.digest = file.digest().compute(file.size());
  }

  /**
   * Fetches a file.
   *
   * @param to an empty file, whose content is undefined if this fails
   * @param progress receives the number of bytes that have arrived; less than before, if the
   *     download restarts
   * @throws HubException if the Hub does not give it, or gives something else
   * @throws IOException if it cannot be written
   */
  public static void run(
      HubClient hub, CommitId commit, RemoteFile file, FileChannel to, LongConsumer progress)
      throws IOException {
    new Download(hub, commit, file, to, progress).run();
  }

  private void run() throws IOException {
    int damaged = 0;
    while (true) {
      attempt();
      if (written < file.size()) {
        continue;
      }
      ContentDigest found = digest.result();
      if (found.equals(file.digest())) {
        return;
      }
      restart();
      if (++damaged == MAX_DAMAGED) {
        throw damaged("its digest is " + found + ", not " + file.digest());
      }
    }
  }

  /** One request, after which there is more than before, or a wait has passed. */
  private void attempt() throws IOException {
    Map<String, String> headers =
        written == 0 ? Map.of() : Map.of("Range", "bytes=%d-".formatted(written));
    Answer opened;
    try {
      opened = hub.connection().content(address, headers);
    } catch (NoHubException e) {
      throw hub.errors().of(e);
    } catch (IOException e) {
      awaitRetry(null, hub.errors().of(e));
      return;
    }
    try (Answer answer = opened) {
      long expected = accept(answer);
      if (expected > 0) {
        copy(answer, expected);
      }
    }
  }

  private void awaitRetry(@Nullable Answer answer, HubException failure) {
    if (!hub.policy().awaitRetry(retry++, answer, failure.getMessage())) {
      throw failure;
    }
  }

  /** The number of bytes that a response continues the file with, or begins it; 0 for none. */
  private long accept(Answer answer) throws IOException {
    int status = answer.status();
    if (status >= FIRST_ERROR && status != UNSATISFIABLE) {
      fail(answer);
      return 0;
    }
    long end = status == OK ? file.size() : status == PARTIAL ? end(answer) : 0;
    if (status != OK && end <= written) {
      restart();
      awaitRetry(null, unexpected(answer));
      return 0;
    }
    if (status == OK && written > 0) {
      restart();
    }
    String encoding = answer.header("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw damaged("it arrives with the encoding " + encoding + ", which was not asked for");
    }
    String length = answer.header("Content-Length");
    if (length != null && !length.strip().equals(Long.toString(end - written))) {
      throw damaged(
          "%s announces %s bytes, not %d"
              .formatted(answer.address().getHost(), length, end - written));
    }
    return end - written;
  }

  /** Waits, or asks for another address, after an error; throws if there is no more to try. */
  private void fail(Answer answer) {
    boolean ofHub = hub.connection().endpoint().contains(answer.address());
    String path = file.path().path();
    HubException failure =
        ofHub ? hub.errors().of(answer, path) : hub.errors().ofStorage(answer, path);
    int status = answer.status();
    if (Backoff.isRetryable(status) || status >= FIRST_SERVER_ERROR) {
      awaitRetry(answer, failure);
    } else if (ofHub || retry++ >= Backoff.RETRIES) {
      throw failure;
    } else {
      // The signature of the address has expired.
      address = hub.contentAddress(commit, file);
    }
  }

  /** Where a part ends that begins where the last one ended; 0 if it does not. */
  private long end(Answer answer) {
    String text = answer.header("Content-Range");
    Matcher range = RANGE.matcher(text == null ? "" : text);
    boolean continues =
        range.matches()
            && Long.parseLong(range.group(1)) == written
            && Long.parseLong(range.group(2)) < file.size()
            && Long.parseLong(range.group(3)) == file.size();
    return continues ? Long.parseLong(range.group(2)) + 1 : 0;
  }

  private void copy(Answer answer, long expected) throws IOException {
    long end = written + expected;
    while (true) {
      List<ByteBuffer> buffers;
      try {
        buffers = answer.body().next();
      } catch (IOException e) {
        if (written < end) {
          awaitRetry(null, hub.errors().of(e));
        }
        return;
      }
      if (answer.body().isAtEnd()) {
        if (written < end) {
          awaitRetry(null, unexpected(answer));
        }
        return;
      }
      for (ByteBuffer buffer : buffers) {
        if (buffer.remaining() > end - written) {
          throw damaged("more than %d bytes arrive".formatted(expected));
        }
        write(buffer);
      }
    }
  }

  private void write(ByteBuffer buffer) throws IOException {
    digest.add(buffer);
    written += buffer.remaining();
    while (buffer.hasRemaining()) {
      to.write(buffer);
    }
    if (written > reached) {
      reached = written;
      retry = 0;
    }
    progress.accept(written);
  }

  private void restart() throws IOException {
    to.truncate(0);
    written = 0;
    digest = file.digest().compute(file.size());
    progress.accept(0);
  }

  private HubException unexpected(Answer answer) {
    return new HubException(
        Reason.UNREACHABLE,
        "%s, file %s: the response of %s with status %d ends or begins at another byte than %d"
            .formatted(
                hub.errors().model(),
                file.path(),
                answer.address().getHost(),
                answer.status(),
                written));
  }

  private HubException damaged(String problem) {
    return new HubException(
        Reason.DAMAGED,
        "%s, file %s: the content differs from what %s states: %s; a proxy may be modifying it"
            .formatted(hub.errors().model(), file.path(), hub.connection().endpoint(), problem));
  }
}
