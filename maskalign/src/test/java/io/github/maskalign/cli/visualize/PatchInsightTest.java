package io.github.maskalign.cli.visualize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.Masking;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.Command;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.embed.EmbedderOptions.Output;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PatchInsightTest {

  private static final ViTConfig CONFIG = ViTConfig.of(32, 8, 128, 2, 2);

  @TempDir private Path folder;
  private final Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
  private final Scope scope = Scope.root(choice.backend(), "test");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void close() {
    scope.close();
    choice.close();
  }

  private Path model(ViTConfig config) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), config);
    Path file = folder.resolve("model.safetensors");
    Weights.save(file, parameters, Map.of());
    return file;
  }

  private Path picture(String name) throws IOException {
    BufferedImage image = new BufferedImage(50, 40, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(name.hashCode());
    for (int i = 0; i < 50 * 40; i++) {
      image.setRGB(i % 50, i / 50, random.nextInt(1 << 24));
    }
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private Picture image() throws IOException {
    return Picture.of(ImageIO.read(picture("a.png").toFile()));
  }

  private static float[] mean(float[][] rows) {
    return PatchInsight.mean(rows);
  }

  @Test
  void attentionOfTheLastBlockIsTheImportance() throws IOException {
    PatchInsight lens = PatchInsight.open(scope, model(CONFIG));
    Picture image = image();
    float[][] heads = lens.attention(image, 1);
    assertEquals(2, heads.length);
    assertArrayEquals(lens.importance(image), mean(heads), 1e-6f);
    assertNotEquals(heads[0][0], lens.attention(image, 0)[0][0]);
  }

  @Test
  void withoutAClassTokenItIsWhatPatchesReceive() throws IOException {
    PatchInsight lens = PatchInsight.open(scope, model(CONFIG.withPrefixTokens(0)));
    Picture image = image();
    float[] mean = mean(lens.attention(image, 1));
    assertArrayEquals(lens.importance(image), mean, 1e-6f);
    double sum = 0;
    for (float each : mean) {
      sum += each;
    }
    assertEquals(1, sum, 1e-5);
  }

  @Test
  void patchTokensAreThoseOfTheEmbedder() throws IOException {
    patchTokensAreThoseOfTheEmbedder(model(CONFIG));
  }

  /** DINOv3's images are not rounded to 8 bits after they are resized. */
  @Test
  void patchTokensAreOfPixelsThatAreNotRounded() throws IOException {
    Path model = model(CONFIG);
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        """
        {"image_processor_type": "DINOv3ViTImageProcessorFast", "size": {"height": 32, "width": 32}}
        """);
    patchTokensAreThoseOfTheEmbedder(model);
  }

  private void patchTokensAreThoseOfTheEmbedder(Path model) throws IOException {
    PatchInsight lens = PatchInsight.open(scope, model);
    Picture image = image();
    EmbedderOptions options =
        EmbedderOptions.defaults().withBackend("reference").withOutput(Output.PATCH_TOKENS);
    try (Embedder embedder = Embedder.load(model, options.withUnitLength(false))) {
      float[][] patches = lens.patches(image, 1);
      float[] all = embedder.embed(folder.resolve("a.png"));
      for (int i = 0; i < patches.length; i++) {
        for (int d = 0; d < patches[i].length; d++) {
          assertEquals(all[i * 128 + d], patches[i][d], 1e-5f);
        }
      }
    }
  }

  @Test
  void whatFilesTellOfTheShortSideHoldsAtAnotherSize() throws IOException {
    Path model = model(CONFIG);
    Files.writeString(
        folder.resolve("preprocessor_config.json"), "{\"size\": {\"shortest_edge\": 40}}");
    PatchInsight lens = PatchInsight.open(scope, model, 64, null, ProcessorOptions.defaults());
    assertEquals(ImageSize.square(64), lens.preprocessing().size().orElseThrow());
    assertEquals(new ResizeRule.ShortestEdge(80), lens.preprocessing().resize());
    assertEquals(64, lens.view(image()).width());
    assertEquals(64, lens.importance(image()).length);
  }

  @Test
  void masksAreThoseThatPreTrainingDraws() throws IOException {
    PatchInsight lens = PatchInsight.open(scope, model(CONFIG));
    Picture image = image();
    Masking masking = new Masking(MaskKind.ATTENTIVE, 5);
    MaskDraws draws = MaskDraws.of(lens, image, masking, 0.7, 0, 3);
    for (int step = 0; step < 3; step++) {
      assertArrayEquals(
          masking.draw(lens.importance(image), 16, 4, step, new long[] {0}),
          draws.visible().get(step));
    }
    String message =
        assertThrows(ArgumentException.class, () -> MaskDraws.of(lens, image, masking, 0.99, 0, 1))
            .getMessage();
    assertTrue(message.contains("hides all of 16"), message);
  }

  private int run(Command command, Object... args) {
    String[] words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = args[i].toString();
    }
    return new CommandLine(command)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words);
  }

  private void assertSheet(Path file, int across, int down) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    assertEquals(8 + across * (224 + 8), image.getWidth());
    assertEquals(8 + down * (224 + 20 + 8), image.getHeight());
  }

  @Test
  void theCommandsWriteSheets() throws IOException {
    Path model = model(CONFIG);
    Path picture = picture("a.png");
    Path file = folder.resolve("out.png");
    assertEquals(0, run(new AttentionCommand(), picture, "--weights", model, "--out", file));
    assertSheet(file, 4, 1);
    assertEquals(
        0, run(new AttentionCommand(), picture, "--weights", model, "--out", file, "--head", "1"));
    assertSheet(file, 2, 1);
    assertEquals(
        0, run(new MaskCommand(), picture, "--weights", model, "--out", file, "--draws", 4));
    assertSheet(file, 5, 2);
    assertEquals(
        0, run(new PatchesCommand(), picture, picture("b.png"), "--weights", model, "--out", file));
    assertSheet(file, 4, 1);
    assertTrue(out.toString().contains("block 1 of 2, 2 heads"), out::toString);
    assertTrue(out.toString().contains("4 of 16 patches"), out::toString);
  }

  @Test
  void masksOfANetworkWithoutClassTokenSayWhatStandsForIt() throws IOException {
    Path model = model(CONFIG.withTokens(TokenConfig.of(false, CONFIG.tokens().positions())));
    Path file = folder.resolve("out.png");
    assertEquals(0, run(new MaskCommand(), picture("a.png"), "--weights", model, "--out", file));
    assertTrue(
        out.toString()
            .contains(
                "visible, patches with more attention from all tokens are more likely to be seen"
                    + " (there is no class token)"),
        out::toString);
  }

  @Test
  void whatIsNotThereIsNamed() throws IOException {
    Path model = model(CONFIG);
    Path picture = picture("a.png");
    Path file = folder.resolve("out.png");
    assertEquals(
        1, run(new AttentionCommand(), picture, "--weights", model, "--out", file, "--block", "2"));
    assertTrue(err.toString().contains("no block 2"), err::toString);
    run(new AttentionCommand(), picture, "--weights", model, "--out", file, "--head", "left");
    assertTrue(err.toString().contains("expected 0 to 1, mean or all, got 'left'"), err::toString);
    run(new MaskCommand(), picture, "--weights", model, "--out", file, "--draws", "0");
    assertTrue(err.toString().contains("--draws: must be 1 or more"), err::toString);
    assertTrue(Files.notExists(file));
  }

  @Test
  void aPictureOfADataSetIsNamedByItsNumber() throws IOException {
    Path model = model(ViTConfig.of(28, 7, 16, 2, 2).withChannels(1));
    Path file = folder.resolve("out.png");
    assertEquals(
        0,
        run(
            new AttentionCommand(),
            "fashion-mnist:18",
            "--weights",
            model,
            "--out",
            file,
            "--block",
            "all"),
        err::toString);
    assertSheet(file, 3, 2);
    assertEquals(18, ImageArgument.open("fashion-mnist:18").sample());
    assertEquals(28, ImageArgument.open("fashion-mnist:18").picture().width());
    String message =
        assertThrows(ArgumentException.class, () -> ImageArgument.open("fashion-mnist:10000"))
            .getMessage();
    assertTrue(message.contains("numbered 0 to 9999"), message);
    message =
        assertThrows(ArgumentException.class, () -> ImageArgument.open(folder.toString()))
            .getMessage();
    assertTrue(message.contains("is a folder; for one of its images"), message);
  }

  @Test
  void aFinerGridAndTheHeadsThatAFileDoesNotTell() throws IOException {
    Path model = model(CONFIG);
    assertEquals(
        36,
        PatchInsight.open(scope, model, 48, null, ProcessorOptions.defaults()).config().patches());
    String message =
        assertThrows(
                ArgumentException.class,
                () -> PatchInsight.open(scope, model, null, 4, ProcessorOptions.defaults()))
            .getMessage();
    assertTrue(message.contains("specifies 2 heads"), message);

    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), CONFIG);
    Path bare = folder.resolve("bare.safetensors");
    SafeTensorsWriter writer = new SafeTensorsWriter();
    parameters.all().forEach(p -> writer.add(p.name(), p.value().shape(), p.value().toFloats()));
    writer.write(bare);
    assertEquals(
        4,
        PatchInsight.open(scope, bare, null, 4, ProcessorOptions.defaults())
            .config()
            .blocks()
            .heads());
    assertEquals(2, PatchInsight.open(scope, bare).config().blocks().heads());
  }
}
