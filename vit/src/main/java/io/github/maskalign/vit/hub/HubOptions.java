package io.github.maskalign.vit.hub;

import io.github.maskalign.vit.hub.access.Endpoint;
import io.github.maskalign.vit.hub.access.Timeouts;
import io.github.maskalign.vit.hub.access.Token;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where models come from and where they are kept.
 *
 * @param endpoint the Hub
 * @param cache the folder of downloaded models
 * @param token finds the access token when the Hub is asked; null for none
 * @param offline whether requests are disabled, so that only the cache is used
 * @param links whether the cache may contain symbolic links, where the system has them
 * @param timeouts of requests
 * @param proxies that requests go through
 * @since 0.1.0
 */
public record HubOptions(
    Endpoint endpoint,
    Path cache,
    Supplier<@Nullable Token> token,
    boolean offline,
    boolean links,
    Timeouts timeouts,
    ProxySelector proxies) {

  /**
   * The settings that Python's huggingface_hub takes from the environment: {@code HF_ENDPOINT},
   * {@code HF_HUB_CACHE}, {@code HF_HOME}, {@code HF_TOKEN}, {@code HF_HUB_OFFLINE} and others.
   *
   * @throws io.github.maskalign.tensor.error.ArgumentException if a value is invalid
   */
  public static HubOptions fromEnvironment() {
    return HubEnvironment.read(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** With another Hub. */
  public HubOptions withEndpoint(Endpoint newEndpoint) {
    return new HubOptions(newEndpoint, cache, token, offline, links, timeouts, proxies);
  }

  /** With another folder of downloaded models. */
  public HubOptions withCache(Path newCache) {
    return new HubOptions(endpoint, newCache, token, offline, links, timeouts, proxies);
  }

  /** With another token; null to send none. */
  public HubOptions withToken(@Nullable Token newToken) {
    return new HubOptions(endpoint, cache, () -> newToken, offline, links, timeouts, proxies);
  }

  /** With or without requests. */
  public HubOptions withOffline(boolean newOffline) {
    return new HubOptions(endpoint, cache, token, newOffline, links, timeouts, proxies);
  }

  /** With or without symbolic links in the cache. */
  public HubOptions withLinks(boolean newLinks) {
    return new HubOptions(endpoint, cache, token, offline, newLinks, timeouts, proxies);
  }

  /** With other limits on waiting. */
  public HubOptions withTimeouts(Timeouts newTimeouts) {
    return new HubOptions(endpoint, cache, token, offline, links, newTimeouts, proxies);
  }

  /** With other proxies. */
  public HubOptions withProxies(ProxySelector newProxies) {
    return new HubOptions(endpoint, cache, token, offline, links, timeouts, newProxies);
  }
}
