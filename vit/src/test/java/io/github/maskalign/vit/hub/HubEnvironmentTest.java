package io.github.maskalign.vit.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.hub.access.Endpoint;
import io.github.maskalign.vit.hub.access.EnvironmentProxies;
import io.github.maskalign.vit.hub.access.Token;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings that huggingface_hub takes from the environment. */
class HubEnvironmentTest {

  private @TempDir Path home;

  private HubOptions read(String... variables) {
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      all.put(variables[i], variables[i + 1]);
    }
    return HubEnvironment.read(all, home);
  }

  @Test
  void theCacheIsThatOfPython() {
    assertEquals(home.resolve(".cache/huggingface/hub"), read().cache());
    assertEquals(Path.of("/x/huggingface/hub"), read("XDG_CACHE_HOME", "/x").cache());
    assertEquals(Path.of("/y/hub"), read("XDG_CACHE_HOME", "/x", "HF_HOME", "/y").cache());
    assertEquals(Path.of("/z"), read("HF_HOME", "/y", "HUGGINGFACE_HUB_CACHE", "/z").cache());
    assertEquals(Path.of("/a"), read("HF_HUB_CACHE", "/a", "HUGGINGFACE_HUB_CACHE", "/z").cache());
    assertEquals(Path.of("/y/hub"), read("HF_HOME", "/y", "HF_HUB_CACHE", "").cache());
    assertEquals(home.resolve("models"), read("HF_HUB_CACHE", "~/models").cache());
    assertEquals(
        Path.of("/data/hub-1"),
        read("HF_HUB_CACHE", "$BASE/hub-${NUMBER}", "BASE", "/data", "NUMBER", "1").cache());
  }

  @Test
  void theTokenIsThatOfPython() throws IOException {
    assertNull(read().token().get());
    assertEquals(
        new Token("a"), read("HF_TOKEN", " a\n", "HUGGING_FACE_HUB_TOKEN", "b").token().get());
    assertEquals(new Token("b"), read("HF_TOKEN", "", "HUGGING_FACE_HUB_TOKEN", "b").token().get());
    Path file = home.resolve(".cache/huggingface/token");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "c\r\n");
    assertEquals(new Token("c"), read().token().get());
    assertNull(read("HF_HUB_DISABLE_IMPLICIT_TOKEN", "yes").token().get());
    Path other = Files.writeString(home.resolve("other"), "d");
    assertEquals(new Token("d"), read("HF_TOKEN_PATH", other.toString()).token().get());
    assertThrows(ArgumentException.class, () -> read("HF_TOKEN", "a b").token().get());
  }

  @ParameterizedTest
  @CsvSource({
    "1, , true",
    "on, , true",
    "Yes, , true",
    "true, , true",
    "2, , false",
    ", 1, true",
    "0, 1, false",
    "'', 1, true",
    ", , false"
  })
  void offline(String hub, String transformers, boolean expected) {
    Map<String, String> all = new HashMap<>();
    if (hub != null) {
      all.put("HF_HUB_OFFLINE", hub);
    }
    if (transformers != null) {
      all.put("TRANSFORMERS_OFFLINE", transformers);
    }
    assertEquals(expected, HubEnvironment.read(all, home).offline());
  }

  @Test
  void limitsLinksAndEndpoint() {
    HubOptions usual = read();
    assertEquals(Duration.ofSeconds(10), usual.timeouts().answer());
    assertEquals(Duration.ofSeconds(10), usual.timeouts().silence());
    assertTrue(usual.links());
    assertEquals(Endpoint.PUBLIC, usual.endpoint());
    HubOptions set =
        read(
            "HF_HUB_ETAG_TIMEOUT", "3",
            "HF_HUB_DOWNLOAD_TIMEOUT", "30",
            "HF_HUB_DISABLE_SYMLINKS", "1",
            "HF_ENDPOINT", "https://hub.example/");
    assertEquals(Duration.ofSeconds(3), set.timeouts().answer());
    assertEquals(Duration.ofSeconds(30), set.timeouts().silence());
    assertFalse(set.links());
    assertEquals("https://hub.example", set.endpoint().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hub.example", "ftp://hub.example", "https://", "https://u:p@x", "a b"})
  void anEndpointIsAnAddress(String endpoint) {
    assertThrows(ArgumentException.class, () -> read("HF_ENDPOINT", endpoint));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1.5", "x", "99999999999"})
  void limitsAreWholeSeconds(String value) {
    ArgumentException refused =
        assertThrows(ArgumentException.class, () -> read("HF_HUB_ETAG_TIMEOUT", value));
    assertTrue(refused.getMessage().contains("HF_HUB_ETAG_TIMEOUT"), refused.getMessage());
  }

  @Test
  void proxies() {
    EnvironmentProxies proxies =
        EnvironmentProxies.of(
            Map.of(
                "https_proxy", "http://one:3128",
                "HTTP_PROXY", "two:3129",
                "NO_PROXY", "localhost, .inside.example"));
    assertEquals(proxy("one", 3128), proxies.select(URI.create("https://hub.example/x")));
    assertEquals(proxy("two", 3129), proxies.select(URI.create("http://hub.example/x")));
    for (String direct : List.of("http://localhost:1", "https://a.inside.example")) {
      assertEquals(List.of(Proxy.NO_PROXY), proxies.select(URI.create(direct)));
    }
    assertNull(proxies.authorization(URI.create("https://hub.example")));
    EnvironmentProxies named =
        EnvironmentProxies.of(Map.of("ALL_PROXY", "u:a%40b@one", "NO_PROXY", "inside.example"));
    URI outside = URI.create("https://hub.example");
    assertEquals(proxy("one", 80), named.select(outside));
    assertEquals("Basic dTphQGI=", named.authorization(outside));
    assertNull(named.authorization(URI.create("https://inside.example")));
    EnvironmentProxies secret = EnvironmentProxies.of(Map.of("ALL_PROXY", "socks5://u:secret@one"));
    ArgumentException refused =
        assertThrows(
            ArgumentException.class, () -> secret.select(URI.create("https://hub.example")));
    assertFalse(refused.getMessage().contains("secret"));
  }

  private static List<Proxy> proxy(String host, int port) {
    return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port)));
  }
}
