package io.github.maskalign.vit.hub.http;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which answers are worth another try, and how long to wait before it. */
final class Backoff {

  /** Retries of a request, and of a body without a new byte. */
  static final int RETRIES = 5;

  /** Maximum wait that a server may ask for. */
  static final Duration LONGEST = Duration.ofMinutes(6);

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final Set<Integer> RETRYABLE =
      Set.of(408, TOO_MANY_REQUESTS, 500, 502, UNAVAILABLE, 504);

  private static final Duration[] USUAL = {
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(4),
    Duration.ofSeconds(8),
    Duration.ofSeconds(8)
  };

  /** The seconds of {@code RateLimit: "name";r=0;t=SECONDS}, if no request is left. */
  private static final Pattern RATE_LIMIT = Pattern.compile(";\\s*r=0\\s*;\\s*t=(\\d{1,9})(?!\\d)");

  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  private Backoff() {}

  static boolean isRetryable(int status) {
    return RETRYABLE.contains(status);
  }

  /** The usual wait before a retry, counted from 0. */
  static Duration before(int retry) {
    return USUAL[Math.min(retry, USUAL.length - 1)];
  }

  /** The wait that a server asks for, and a second more; null if it asks for none. */
  static @Nullable Duration asked(int status, HttpHeaders headers, Instant now) {
    Duration asked = null;
    if (status == TOO_MANY_REQUESTS || status == UNAVAILABLE) {
      asked = headers.firstValue("Retry-After").map(text -> retryAfter(text, now)).orElse(null);
    }
    if (asked == null && status == TOO_MANY_REQUESTS) {
      asked = headers.firstValue("RateLimit").map(Backoff::rateLimit).orElse(null);
    }
    return asked == null ? null : asked.plusSeconds(1);
  }

  private static @Nullable Duration rateLimit(String text) {
    Matcher found = RATE_LIMIT.matcher(text);
    return found.find() ? Duration.ofSeconds(Long.parseLong(found.group(1))) : null;
  }

  private static @Nullable Duration retryAfter(String text, Instant now) {
    if (SECONDS.matcher(text.strip()).matches()) {
      return Duration.ofSeconds(Long.parseLong(text.strip()));
    }
    try {
      Instant then = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip(), Instant::from);
      return now.isBefore(then) ? Duration.between(now, then) : Duration.ZERO;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
