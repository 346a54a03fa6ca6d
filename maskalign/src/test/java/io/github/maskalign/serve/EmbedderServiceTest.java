package io.github.maskalign.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.weights.Weights;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** An {@link Embedder} where services have it: for days, on virtual threads, redeployed. */
class EmbedderServiceTest {

  /** What a JVM itself takes more or less, as its compiler goes on. */
  private static final long TREMBLE = 16 << 20;

  @TempDir private Path folder;
  private Path model;
  private Path picture;

  @BeforeEach
  void makeModel() throws IOException {
    model = folder.resolve("model.safetensors");
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViT.create(parameters.root(), ViTConfig.of(16, 8, 128, 1, 2));
      Weights.save(model, parameters, Map.of());
    }
    BufferedImage image = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
    image.setRGB(7, 7, 0xff8800);
    picture = folder.resolve("picture.png");
    ImageIO.write(image, "png", picture.toFile());
  }

  /** What a fresh JVM prints. */
  private List<String> run(String what, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath(), ServiceProgram.class.getName(), what));
    command.addAll(List.of(model.toString(), picture.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    assertEquals(0, status, () -> said + errors());
    return said.lines().toList();
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Surefire may hold the class path in a jar's manifest; it tells it by this property then. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static List<Long> held(String line) {
    assertTrue(line.startsWith("held "), line);
    return List.of(line.substring(5).split(" ")).stream().map(Long::valueOf).toList();
  }

  @Tag("slow")
  @Test
  @EnabledOnOs(OS.LINUX)
  void aHundredThousandCallsTakeNoMemory() throws Exception {
    List<String> said = run("calls", "-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch");
    List<Long> halfWay = held(said.get(0));
    List<Long> atTheEnd = held(said.get(1));
    assertEquals(halfWay.get(0), atTheEnd.get(0), "the pool, " + said);
    assertTrue(atTheEnd.get(1) - halfWay.get(1) < TREMBLE, "the Java heap, " + said);
    assertTrue(atTheEnd.get(2) - halfWay.get(2) < TREMBLE, "what is resident, " + said);
    assertTrue(atTheEnd.get(3) <= halfWay.get(3) + 2, "threads, " + said);
  }

  /** After the application was stopped all of it can be collected. */
  @Test
  void anApplicationIsDeployedAndCollected() throws Exception {
    // Reflection has soft references to classes, which this option ends at once.
    List<String> said = run("deploy", "-Xmx256m", "-XX:SoftRefLRUPolicyMSPerMB=0");
    assertEquals(List.of("embedded 128", "embedded 128", "left 0"), said);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatIsLoadedAndClosedLeavesNothing() throws IOException {
    for (int i = 0; i < 3; i++) {
      loadOnce();
    }
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    for (int i = 0; i < 20; i++) {
      loadOnce();
    }
    int after = ManagementFactory.getThreadMXBean().getThreadCount();
    assertTrue(after <= threads + 1, threads + " -> " + after);
    assertFalse(Files.readString(Path.of("/proc/self/maps")).contains(model.toString()));
  }

  private void loadOnce() throws IOException {
    EmbedderOptions options = EmbedderOptions.defaults().withBackend("cpu").withThreads(2);
    try (Embedder embedder = Embedder.load(model, options)) {
      assertEquals(128, embedder.embed(picture).length);
      assertTrue(Files.readString(Path.of("/proc/self/maps")).contains(model.toString()));
    }
  }
}
