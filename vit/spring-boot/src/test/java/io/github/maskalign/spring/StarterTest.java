package io.github.maskalign.spring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.vit.ClipFiles;
import io.github.maskalign.vit.embed.Classifier;
import io.github.maskalign.vit.embed.ClassifierOptions;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.embed.ImageInput;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;

/** Starts applications, as a user's {@code main} does. */
class StarterTest {

  @TempDir private static Path folder;
  private static String clip;
  private static String classifier;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class WithMeters {
    @Bean
    MeterRegistry registry() {
      return new SimpleMeterRegistry();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class WithOwnEmbedder {
    @Bean
    Embedder own() {
      return Embedder.load(
          Path.of(clip), EmbedderOptions.defaults().withBackend("reference").withUnitLength(false));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class WithTwoRegistries {
    @Bean
    MeterRegistry one() {
      return new SimpleMeterRegistry();
    }

    @Bean
    MeterRegistry other() {
      return new SimpleMeterRegistry();
    }
  }

  /** Spring Boot's modules cannot be hidden from their own auto-configurations. */
  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({
    MaskAlignAutoConfiguration.class,
    MetersAutoConfiguration.class,
    HealthAutoConfiguration.class
  })
  static class OursOnly {}

  @BeforeAll
  static void write() {
    clip = TinyModels.clip(folder).toString();
    classifier = TinyModels.classifier(folder).toString();
  }

  private static ConfigurableApplicationContext start(Class<?> application, String... properties) {
    SpringApplication spring = new SpringApplication(application);
    spring.setWebApplicationType(WebApplicationType.NONE);
    List<String> arguments = new ArrayList<>(List.of("--spring.main.banner-mode=off"));
    for (String kind : List.of("embedder", "classifier", "clip")) {
      String backend = "maskalign.%s.backend=".formatted(kind);
      if (Arrays.stream(properties).noneMatch(property -> property.startsWith(backend))) {
        arguments.add("--" + backend + "reference");
      }
    }
    for (String property : properties) {
      arguments.add("--" + property);
    }
    return spring.run(arguments.toArray(String[]::new));
  }

  private static Health health(ConfigurableApplicationContext context) {
    return context.getBean("maskalignHealthIndicator", HealthIndicator.class).health();
  }

  @Test
  void nothingIsLoadedUnlessItsModelIsNamed() {
    try (var context = start(Application.class)) {
      assertEquals(0, context.getBeanNamesForType(Embedder.class).length);
      assertEquals(0, context.getBeanNamesForType(Classifier.class).length);
      assertEquals(0, context.getBeanNamesForType(Clip.class).length);
      assertEquals(Status.UP, health(context).getStatus());
    }
  }

  @Test
  void modelsAreBeansAndAreClosedWithTheApplication() {
    Embedder embedder;
    try (var context =
        start(
            WithMeters.class,
            "maskalign.embedder.model=" + clip,
            "maskalign.classifier.model=" + classifier,
            "maskalign.clip.model=" + clip)) {
      embedder = context.getBean(Embedder.class);
      float[] embedding = embedder.embed(TinyModels.picture(7));
      Clip both = context.getBean(Clip.class);
      float[] similar = both.similarity(TinyModels.picture(7), List.of("a cat", "a dog"));
      assertEquals(1, similar[0] + similar[1], 1e-6);
      Classifier classes = context.getBean(Classifier.class);
      try (Classifier plain =
          Classifier.load(
              Path.of(classifier), ClassifierOptions.defaults().withBackend("reference"))) {
        assertEquals(
            plain.classify(TinyModels.picture(9), 3), classes.classify(TinyModels.picture(9), 3));
      }

      try (Embedder plain =
          Embedder.load(Path.of(clip), EmbedderOptions.defaults().withBackend("reference"))) {
        assertArrayEquals(plain.embed(TinyModels.picture(7)), embedding);
      }
      MeterRegistry meters = context.getBean(MeterRegistry.class);
      for (String kind : List.of("embedder", "classifier")) {
        assertEquals(1, meters.get("maskalign.batch.compute").tag("model", kind).timer().count());
        assertEquals(1, meters.get("maskalign.batch.wait").tag("model", kind).timer().count());
        assertEquals(
            1, meters.get("maskalign.batch.size").tag("model", kind).summary().totalAmount());
        assertEquals(
            0, meters.get("maskalign.batch.failures").tag("model", kind).counter().count());
        assertEquals(0, meters.get("maskalign.batch.queued").tag("model", kind).gauge().value());
      }
      assertEquals(
          3, meters.get("maskalign.batch.size").tag("model", "clip").summary().totalAmount());

      Health health = health(context);
      assertEquals(Status.UP, health.getStatus());
      assertEquals(4, health.getDetails().size());
      var served =
          assertInstanceOf(
              io.github.maskalign.vit.embed.Health.class,
              health.getDetails().get("maskalignEmbedder"));
      assertEquals(1, served.completed());
      context.getBean(Clip.class).images().close();
      assertEquals(Status.DOWN, health(context).getStatus());
      embedder.close();
      assertEquals(Status.DOWN, health(context).getStatus());
    }
    assertFalse(embedder.health().serving());
  }

  @Test
  void theKindOfEmbeddingIsPassedOn() {
    try (var context =
        start(
            Application.class,
            "maskalign.embedder.model=" + clip,
            "maskalign.embedder.unit-length=false",
            "maskalign.embedder.output=class-token")) {
      EmbedderOptions same =
          EmbedderOptions.defaults()
              .withBackend("reference")
              .withUnitLength(false)
              .withOutput(EmbedderOptions.Output.CLASS_TOKEN);
      try (Embedder plain = Embedder.load(Path.of(clip), same)) {
        assertArrayEquals(
            plain.embed(TinyModels.picture(1)),
            context.getBean(Embedder.class).embed(TinyModels.picture(1)));
      }
    }
  }

  @Test
  void executionBatchesAndMergingArePassedOn() throws Exception {
    try (var context =
        start(
            WithMeters.class,
            "maskalign.embedder.model=" + clip,
            "maskalign.embedder.backend=cpu",
            "maskalign.embedder.threads=1",
            "maskalign.embedder.max-batch=3",
            "maskalign.embedder.max-delay=20s",
            "maskalign.embedder.merge=1")) {
      Embedder embedder = context.getBean(Embedder.class);
      assertTrue(embedder.explanation().contains("1 thread)"), embedder.explanation());
      // The first waits for a batch of three.
      List<float[]> found = embedder.embedAll(List.of(input(1), input(2), input(3)));
      MeterRegistry meters = context.getBean(MeterRegistry.class);
      assertEquals(3, meters.get("maskalign.batch.size").tag("model", "embedder").summary().max());
      EmbedderOptions merged =
          EmbedderOptions.defaults().withBackend("cpu").withThreads(1).withMerge(1);
      try (Embedder plain = Embedder.load(Path.of(clip), merged)) {
        assertArrayEquals(plain.embed(TinyModels.picture(1)), found.getFirst());
      }
      try (Embedder plain = Embedder.load(Path.of(clip), merged.withMerge(0))) {
        assertFalse(
            Arrays.equals(plain.embed(TinyModels.picture(1)), found.getFirst()),
            "merging changes nothing");
      }
    }
  }

  private static ImageInput input(int gray) {
    return ImageInput.of(TinyModels.picture(gray));
  }

  @Test
  void metersAndHealthAreOptional() {
    SpringApplication spring = new SpringApplication(OursOnly.class);
    spring.setWebApplicationType(WebApplicationType.NONE);
    spring.setResourceLoader(
        new DefaultResourceLoader(
            new FilteredClassLoader("io.micrometer", "org.springframework.boot.health")));
    try (var context =
        spring.run("--maskalign.clip.model=" + clip, "--maskalign.clip.backend=reference")) {
      assertEquals(ClipFiles.PROJECTION, context.getBean(Clip.class).width());
      assertFalse(context.containsBean("maskalignHealthIndicator"));
    }
  }

  @Test
  void severalRegistriesDoNotStopTheApplication() {
    try (var context = start(WithTwoRegistries.class, "maskalign.clip.model=" + clip)) {
      assertEquals(ClipFiles.PROJECTION, context.getBean(Clip.class).width());
    }
  }

  @Test
  void anApplicationsOwnBeanReplacesOurs() {
    try (var context = start(WithOwnEmbedder.class, "maskalign.embedder.model=missing")) {
      assertSame(context.getBean("own"), context.getBean(Embedder.class));
      assertEquals(List.of("own"), List.copyOf(health(context).getDetails().keySet()));
    }
  }

  @Test
  void aLazyModelIsLoadedWhenItIsFirstUsed() {
    try (var context =
        start(
            Application.class,
            "maskalign.clip.model=" + clip,
            "maskalign.clip.lazy=true",
            "maskalign.embedder.model=missing",
            "maskalign.embedder.lazy=true")) {
      assertEquals(0, health(context).getDetails().size());
      assertEquals(ClipFiles.PROJECTION, context.getBean(Clip.class).width());
      assertEquals(2, health(context).getDetails().size());
      BeanCreationException failure =
          assertThrows(BeanCreationException.class, () -> context.getBean(Embedder.class));
      String message = String.valueOf(failure.getMostSpecificCause().getMessage());
      assertTrue(message.contains("missing"), message);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "maskalign.embedder.model=missing-model, maskalign.embedder.model=missing-model: ",
    "maskalign.clip.model=hf:some/model, maskalign.clip.model=hf:some/model: ",
    "maskalign.classifier.model=FOLDER/model.safetensors, maskalign.classifier.model=",
    "maskalign.embedder.precision=f12, maskalign.embedder.precision",
    "maskalign.embedder.max-batch=0, max-batch is 0",
    "maskalign.clip.max-batch=0, max-batch is 0",
    "maskalign.embedder.merge=-1, merge is -1",
    "maskalign.embedder.threads=-1, threads is -1"
  })
  void aStartThatFailsNamesThePropertyAndWhatToDo(String property, String named) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(log, true, StandardCharsets.UTF_8)) {
      System.setOut(stream);
      System.setErr(stream);
      List<String> properties = new ArrayList<>();
      properties.add(property.replace("FOLDER", folder.toString()));
      if (property.startsWith("maskalign.embedder.") && !property.contains(".model=")) {
        properties.add("maskalign.embedder.model=" + clip);
      }
      String[] all = properties.toArray(String[]::new);
      assertThrows(RuntimeException.class, () -> start(Application.class, all).close());
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    String printed = log.toString(StandardCharsets.UTF_8);
    assertTrue(printed.contains("APPLICATION FAILED TO START"), printed);
    assertTrue(printed.contains(named), printed);
    assertTrue(printed.contains("Action:"), printed);
  }

  @Test
  void theIndicatorCanBeDisabled() {
    try (var context = start(Application.class, "management.health.maskalign.enabled=false")) {
      assertFalse(context.containsBean("maskalignHealthIndicator"));
    }
  }
}
