package io.github.maskalign.vectors.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vectors.cases.Manifest;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.image.PictureHeader;
import io.github.maskalign.vit.image.PixelMode;
import io.github.maskalign.vit.image.StoredPicture;
import io.github.maskalign.vit.image.preprocess.Centering;
import io.github.maskalign.vit.image.preprocess.PatchValues;
import io.github.maskalign.vit.image.preprocess.PixelValues;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.weights.processor.ImageBackend;
import io.github.maskalign.vit.weights.processor.OpenClipProcessor;
import io.github.maskalign.vit.weights.processor.Processor;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import io.github.maskalign.vit.weights.processor.TimmProcessor;
import io.github.maskalign.vit.weights.processor.TransformersProcessor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Images as published configurations preprocess them. */
final class PreprocessKinds {

  private PreprocessKinds() {}

  // ---- images ----

  static void preprocess(VectorCase given) {
    Manifest manifest = given.manifest();
    Path folder = manifest.path().resolveSibling(given.text("folder")).normalize();
    ProcessorOptions options = ProcessorOptions.defaults();
    switch (given.text("library")) {
      case "transformers" -> transformers(given, folder, options);
      case "timm" -> {
        ProcessorOptions sized = options.withTestSize(given.flag("use_test_size"));
        check(given, () -> TimmProcessor.read(folder, sized));
      }
      default -> check(given, () -> OpenClipProcessor.read(folder));
    }
  }

  private static void check(VectorCase given, Supplier<Processor> read) {
    if (given.hasSetting("error")) {
      refused(given, given.text("library"), read);
    } else {
      results(given, "", read.get().preprocessing());
    }
  }

  /** Both of its image libraries, where it has both; the default must be one of them. */
  private static void transformers(VectorCase given, Path folder, ProcessorOptions options) {
    Map<String, ImageBackend> backends = new LinkedHashMap<>();
    for (JsonNode name : given.setting("backends")) {
      boolean pillow = name.asText().equals("pillow");
      backends.put(name.asText(), pillow ? ImageBackend.PILLOW : ImageBackend.TORCHVISION);
    }
    String usual = given.text("default_backend");
    backends.forEach(
        (name, backend) -> {
          boolean only = backends.size() == 1;
          String suffix = only || name.equals("pillow") ? "" : "_" + name;
          ProcessorOptions used = name.equals(usual) ? options : options.withImageBackend(backend);
          if (given.hasSetting("error_" + name)) {
            refused(given, name, () -> TransformersProcessor.read(folder, used));
          } else {
            results(given, suffix, TransformersProcessor.read(folder, used).preprocessing());
          }
        });
  }

  private static void refused(VectorCase given, String name, Supplier<Processor> read) {
    String said = "";
    try {
      prepared(given, read.get().preprocessing());
    } catch (TensorException e) {
      said = e.getMessage();
    }
    given.checks().that("refused by " + name, !said.isBlank(), "taken, or refused without a word");
  }

  private static PixelValues prepared(VectorCase given, Preprocessing preprocessing) {
    StoredPicture stored = stored(given);
    return path(given) ? preprocessing.load(stored) : preprocessing.prepare(stored);
  }

  private static boolean path(VectorCase given) {
    return given.hasSetting("given_as") && given.text("given_as").equals("path");
  }

  private static void results(VectorCase given, String suffix, Preprocessing preprocessing) {
    StoredPicture stored = stored(given);
    PixelValues values = prepared(given, preprocessing);
    if (preprocessing.resize() instanceof ResizeRule.WholePatches(int side, int most)) {
      PatchValues patches = values.patches(side, most);
      int length = patches.values().length / most;
      check(given, "pixel_values" + suffix, doubles(patches.values()), most, length);
      double[] mask = new double[most];
      Arrays.setAll(mask, i -> patches.mask()[i]);
      check(given, "pixel_attention_mask" + suffix, mask, most);
      double[] shape = {patches.rows(), patches.columns()};
      check(given, "spatial_shapes" + suffix, shape, shape.length);
      return;
    }
    check(
        given,
        "pixel_values" + suffix,
        doubles(values.values()),
        values.channels(),
        values.height(),
        values.width());
    Picture view = path(given) ? preprocessing.view(stored.rgb()) : preprocessing.view(stored);
    double[] levels = PictureKinds.values(view);
    check(given, "rgb" + suffix, levels, view.height(), view.width(), view.channels());
  }

  /** The library's own result, or the one of the other order of passes, which is ours. */
  private static void check(VectorCase given, String name, double[] values, int... dims) {
    String alternative = "alt." + name;
    if (given.has(alternative)) {
      given.checks().either("out." + name, alternative, values, dims);
    } else {
      given.checks().values("out." + name, values, dims);
    }
  }

  private static double[] doubles(float[] values) {
    double[] all = new double[values.length];
    Arrays.setAll(all, i -> values[i]);
    return all;
  }

  /** The file, or for the formats whose decoders differ the samples that the case was made of. */
  private static StoredPicture stored(VectorCase given) {
    Path file = given.manifest().path().resolveSibling(given.text("image")).normalize();
    PictureDecoder.Options options = PictureDecoder.Options.defaults();
    PictureDecoder decoder = PictureDecoder.open(options.withUpright(path(given)));
    StoredPicture decoded = decoder.stored(file);
    given.checks().that("mode", mode(decoded.mode()).contains(given.text("mode")), "another mode");
    if (!given.has("in.pixels")) {
      return decoded;
    }
    Picture samples = PictureKinds.picture(given, "in.pixels");
    PictureHeader header = decoder.header(bytes(file), file.toString());
    Picture turned = path(given) ? header.orientation().apply(samples) : samples;
    double difference = PictureKinds.difference(turned, decoded.samples());
    double most = given.real("max_mean_abs_diff");
    given.checks().equal("mean difference of the file", difference, 0, most);
    return decoded.with(turned);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pillow's names. */
  private static Set<String> mode(PixelMode mode) {
    return switch (mode) {
      case BILEVEL -> Set.of("1");
      case GRAY -> Set.of("L");
      case GRAY_ALPHA -> Set.of("LA");
      case GRAY_16 -> Set.of("I;16");
      case PALETTE -> Set.of("P");
      default -> Set.of(mode.name());
    };
  }

  // ---- sizes ----

  /** Rows of integers; the columns tell the rule. */
  static void sizes(VectorCase given) {
    String columns = columns(given, "columns_in") + " -> " + columns(given, "columns_out");
    RowRule rule =
        switch (columns) {
          case "side crop -> offset_transformers offset_torchvision" ->
              row ->
                  new long[] {
                    Centering.TRUNCATE.offset(row[0], row[1]),
                    Centering.HALF_EVEN.offset(row[0], row[1])
                  };
          case "height width target_height target_width longest -> out_height out_width" ->
              row -> new ResizeRule.KeepRatio(size(row, 2), row[4] == 1).sides(row[0], row[1]);
          case "height width max_height max_width -> out_height out_width" ->
              row -> new ResizeRule.Within(size(row, 2)).sides(row[0], row[1]);
          case "height width patch_size max_num_patches -> out_height out_width" ->
              row -> new ResizeRule.WholePatches(row[2], row[3]).sides(row[0], row[1]);
          case "height width shortest_edge longest_edge -> out_height out_width" ->
              row -> new ResizeRule.ShortestWithin(row[2], row[3]).sides(row[0], row[1]);
          case "height width shortest_edge -> out_height out_width",
              "height width size -> out_height out_width" ->
              row -> new ResizeRule.ShortestEdge(row[2]).sides(row[0], row[1]);
          default -> throw new IllegalArgumentException("no rule has the columns " + columns);
        };
    int[] table = given.integers("in.table");
    int rows = given.dims("in.table")[0];
    int width = given.dims("in.table")[1];
    long[][] got = new long[rows][];
    for (int i = 0; i < rows; i++) {
      got[i] = rule.apply(Arrays.copyOfRange(table, i * width, (i + 1) * width));
    }
    long[] all = Arrays.stream(got).flatMapToLong(Arrays::stream).toArray();
    given.checks().values("out.table", all, rows, all.length / rows);
  }

  /** A row of the table -> the results. */
  @FunctionalInterface
  private interface RowRule {
    long[] apply(int[] row);
  }

  private static ImageSize size(int[] row, int from) {
    return new ImageSize(row[from], row[from + 1]);
  }

  private static String columns(VectorCase given, String key) {
    StringBuilder all = new StringBuilder();
    for (JsonNode name : given.setting(key)) {
      all.append(all.isEmpty() ? "" : " ").append(name.asText());
    }
    return all.toString();
  }
}
