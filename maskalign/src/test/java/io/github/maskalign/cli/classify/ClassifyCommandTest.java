package io.github.maskalign.cli.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.Nets;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.TextPadding;
import io.github.maskalign.vit.text.TextPooling;
import io.github.maskalign.vit.text.TextTransformer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClassifyCommandTest {

  private static final ViTConfig IMAGES = ViTConfig.of(8, 4, 12, 1, 1).asClip();

  @TempDir private Path folder;
  private Path picture;
  private Throwable failure;

  private record Ran(int status, List<String> out, String err) {}

  private Ran run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        new CommandLine(new ClassifyCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .setExecutionExceptionHandler(
                (e, _, _) -> {
                  failure = e;
                  return 2;
                })
            .execute(Stream.of(arguments).map(String::valueOf).toArray(String[]::new));
    return new Ran(status, out.toString().lines().toList(), err.toString());
  }

  /** A CLIP of OpenCLIP's names, whose vocabulary has single bytes only. */
  @BeforeEach
  void write() throws IOException {
    picture = folder.resolve("picture.png");
    ImageIO.write(new BufferedImage(9, 7, BufferedImage.TYPE_3BYTE_BGR), "png", picture.toFile());
    SafeTensorsWriter writer = new SafeTensorsWriter();
    try (Backend backend = Nets.reference();
        Scope scope = Scope.root(backend, "test")) {
      Parameters images = Parameters.initialized(scope, DType.F32, 1);
      ViT.create(images.root(), IMAGES);
      images.all().forEach(p -> add(writer, "visual." + openClip(p.name(), "ln_post"), p));
      Parameters texts = Parameters.initialized(scope, DType.F32, 2);
      TextTransformer.create(
          texts.root(),
          new TextConfig(
              514,
              30,
              new BlockConfig(12, 1, 1, 4, Activation.GELU, 1e-5, 0),
              true,
              new TextPooling.HighestId(),
              TextPadding.unmasked(0),
              new TextConfig.Projection(12, false)));
      texts.all().forEach(p -> add(writer, openClip(p.name(), "ln_final"), p));
    }
    float[] projection = new float[144];
    Philox.of(3).fillNormal(projection, 0);
    writer.add("visual.proj", Shape.of(12, 12), projection);
    writer.add("logit_scale", Shape.of(), new float[] {2});
    writer.write(folder.resolve("open_clip_model.safetensors"));
    Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
  }

  private static void add(SafeTensorsWriter writer, String name, Parameter parameter) {
    writer.add(name, parameter.value().shape(), parameter.value().toFloats());
  }

  private static String openClip(String name, String norm) {
    return name.replace("cls_token", "class_embedding")
        .replace("pos_embed", "positional_embedding")
        .replace("patch_embed.proj", "conv1")
        .replace("norm_pre", "ln_pre")
        .replace("token_embed", "token_embedding.weight")
        .replace("positions", "positional_embedding")
        .replace("projection.weight", "text_projection")
        .replace("blocks.", "transformer.resblocks.")
        .replaceAll("\\.norm([12])", ".ln_$1")
        .replace("attn.qkv.", "attn.in_proj_")
        .replace("attn.proj", "attn.out_proj")
        .replace("fc1", "c_fc")
        .replace("fc2", "c_proj")
        .replaceAll("^norm\\.", norm + ".");
  }

  /** The characters for the 256 bytes: those that print, then others from 256 on. */
  private static List<String> symbols() {
    return IntStream.concat(
            IntStream.rangeClosed('!', 0xff).filter(c -> c <= '~' || c >= 0xa1 && c != 0xad),
            IntStream.range(256, 324))
        .mapToObj(Character::toString)
        .toList();
  }

  private static String tokenizer() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    ObjectNode model = root.putObject("model").put("type", "BPE").put("end_of_word_suffix", "</w>");
    ObjectNode tokens = model.putObject("vocab");
    List<String> symbols = symbols();
    symbols.forEach(symbol -> tokens.put(symbol, tokens.size()));
    symbols.forEach(symbol -> tokens.put(symbol + "</w>", tokens.size()));
    tokens.put("<|startoftext|>", 512).put("<|endoftext|>", 513);
    model.putArray("merges");
    return root.toString();
  }

  @Test
  void printsTheLikeliestFirst() {
    Ran ran =
        run(
            "--weights",
            folder,
            "--labels",
            "cat, dog",
            "--labels",
            "bird",
            "--backend",
            "reference",
            picture);
    assertEquals(0, ran.status, () -> ran.err + failure);
    assertEquals(picture.toString(), ran.out.getFirst());
    List<Double> shares =
        ran.out.stream().skip(1).map(line -> Double.valueOf(line.split("%")[0])).toList();
    assertEquals(3, shares.size());
    assertEquals(shares.stream().sorted((a, b) -> Double.compare(b, a)).toList(), shares);
    assertEquals(100, shares.stream().mapToDouble(share -> share).sum(), 0.2);
    assertTrue(ran.out.stream().anyMatch(line -> line.endsWith("%  dog")), ran.out.toString());
    Ran top =
        run(
            "--weights",
            folder,
            "--labels",
            "cat,dog,bird",
            "--top",
            "1",
            "--backend",
            "reference",
            picture);
    assertEquals(ran.out.subList(0, 2), top.out);
  }

  @Test
  void longTextsAreTruncatedIfAsked() {
    Ran ran =
        run(
            "--weights",
            folder,
            "--labels",
            "x".repeat(50) + "," + "x".repeat(28),
            "--truncate",
            "--backend",
            "reference",
            picture);
    assertEquals(0, ran.status, () -> ran.err + failure);
    String told = "the text '" + "x".repeat(40) + "...' has 50 tokens, of which 28 are used";
    assertTrue(ran.err.contains(told), ran.err);
    assertEquals(1, ran.err.split("Truncated").length - 1);
    assertEquals(3, ran.out.size(), ran.out.toString());
  }

  @Test
  void aBadPictureIsToldAndTheOthersAreSeen() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad.jpg"), "no picture");
    Ran ran =
        run("--weights", folder, "--labels", "cat,dog", "--backend", "reference", bad, picture);
    assertEquals(1, ran.status);
    assertTrue(ran.err.contains("bad.jpg"), ran.err);
    assertEquals(3, ran.out.size());
  }

  @Test
  void whatIsWrongIsTold() throws IOException {
    assertEquals(2, run("--weights", folder, picture).status);
    assertWrong("--labels", "--labels", "cat,,dog");
    assertWrong("{}", "--labels", "cat", "--template", "a photo");
    assertWrong("--top", "--labels", "cat", "--top", "0");
    assertWrong(
        "--labels: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxx': the text has 29 tokens, the limit is 28;"
            + " shorten it or add --truncate",
        "--labels",
        "x".repeat(29));
    Files.delete(folder.resolve("tokenizer.json"));
    assertWrong("tokenizer.json", "--labels", "cat");
    assertInstanceOf(FormatException.class, failure);
  }

  private void assertWrong(String told, String... options) {
    failure = null;
    Object[] all =
        Stream.of(Stream.of("--weights", folder), Stream.of(options), Stream.of(picture))
            .flatMap(each -> each)
            .toArray();
    assertEquals(2, run(all).status);
    assertTrue(failure.getMessage().contains(told), failure.getMessage());
  }
}
