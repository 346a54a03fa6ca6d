package io.github.maskalign.vit.hub.http;

import io.github.maskalign.vit.hub.access.Endpoint;
import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.ModelReference;
import io.github.maskalign.vit.hub.name.RemotePath;
import io.github.maskalign.vit.hub.name.RepositoryId;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Addresses on a Hub, and those that its redirects lead to. */
final class Addresses {

  /** Characters of an address besides letters and digits (RFC 3986, section 2). */
  private static final String LEGAL = "-._~:/?#[]@!$&'()*+,;=%";

  private Addresses() {}

  static URI info(Endpoint hub, ModelReference model) {
    return below(
        hub,
        "api/models/%s/revision/%s"
            .formatted(model.repository(), RemotePath.encoded(model.revision().name())));
  }

  static URI tree(Endpoint hub, RepositoryId repository, CommitId commit) {
    return below(
        hub, "api/models/%s/tree/%s?recursive=true&expand=false".formatted(repository, commit));
  }

  static URI file(Endpoint hub, RepositoryId repository, CommitId commit, RemotePath path) {
    return below(hub, "%s/resolve/%s/%s".formatted(repository, commit, path.encoded()));
  }

  private static URI below(Endpoint hub, String path) {
    return URI.create(hub + "/" + path);
  }

  /** An address for messages: without its query, which may contain a signature. */
  static String shown(URI address) {
    return "%s://%s%s".formatted(address.getScheme(), address.getAuthority(), address.getRawPath());
  }

  /**
   * The address of a redirect, byte for byte, since a signature may cover it; null if it is not one
   * of HTTP, or would leave HTTPS for HTTP.
   *
   * @param from the address that redirects
   */
  static @Nullable URI redirect(URI from, String location) {
    URI target;
    try {
      target = from.resolve(parse(location));
    } catch (URISyntaxException | IllegalArgumentException e) {
      return null;
    }
    boolean secure = "https".equalsIgnoreCase(target.getScheme());
    boolean web = secure || "http".equalsIgnoreCase(target.getScheme());
    boolean weaker = "https".equalsIgnoreCase(from.getScheme()) && !secure;
    return web && target.getHost() != null && !weaker ? target : null;
  }

  private static URI parse(String location) throws URISyntaxException {
    try {
      return new URI(location);
    } catch (URISyntaxException e) {
      // Servers send blanks, quotes and bars as they are, which Java's client cannot.
      return new URI(encoded(location));
    }
  }

  private static String encoded(String location) {
    StringBuilder text = new StringBuilder();
    for (byte b : location.getBytes(StandardCharsets.UTF_8)) {
      boolean letter = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
      if (letter || LEGAL.indexOf(b) >= 0) {
        text.append((char) b);
      } else {
        text.append(String.format(Locale.ROOT, "%%%02X", b));
      }
    }
    return text.toString();
  }
}
