package io.github.maskalign.vit.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.LazyStorage;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.PositionTable;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.family.Families;
import io.github.maskalign.vit.weights.family.NameTable;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.NameMap;
import io.github.maskalign.vit.weights.names.TensorPart;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {

  private static final NameTable CLIP =
      Families.detect(Set.of("vision_model.embeddings.class_embedding"));
  private static final NameTable VIT =
      Families.detect(Set.of("encoder.layer.0.attention.attention.query.weight"));

  private static final ViTConfig CONFIG = ViTConfig.of(8, 4, 8, 2, 2);
  private static final String QKV = "blocks.0.attn.qkv.weight";

  @TempDir Path folder;

  private final Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
  private final Scope scope = Scope.root(choice.backend(), "test");

  @AfterEach
  void close() {
    scope.close();
    choice.close();
  }

  private Parameters vit(ViTConfig config, DType dtype, long seed) {
    Parameters parameters = Parameters.initialized(scope, dtype, seed);
    ViT.create(parameters.root(), config);
    return parameters;
  }

  private static void assertSameValues(Parameters expected, Parameters got) {
    for (Parameter parameter : expected.all()) {
      float[] values = got.get(parameter.name()).value().toFloats();
      assertArrayEquals(parameter.value().toFloats(), values, parameter.name());
    }
  }

  private WeightSource source(Map<String, Tensor> tensors) {
    return WeightSource.of("some tensors", tensors);
  }

  private static Map<String, Tensor> tensors(Parameters parameters) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    parameters.all().forEach(parameter -> tensors.put(parameter.name(), parameter.value()));
    return tensors;
  }

  @Test
  void savedWeightsLoadAgain() {
    Parameters from = vit(CONFIG, DType.F32, 1);
    Path file = folder.resolve("vit.safetensors");
    Weights.save(file, from, Map.of("format", "pt"));
    try (SafeTensorsFile open = SafeTensorsFile.open(file)) {
      assertEquals("pt", open.metadata().get("format"));
      assertEquals(Shape.of(24, 8), open.entry("blocks.1.attn.qkv.weight").shape());
    }
    Parameters to = vit(CONFIG, DType.F32, 2);
    LoadReport report = Weights.load(file, to, LoadOptions.strict());
    assertTrue(report.complete());
    assertEquals(from.all().size(), report.matched().size());
    assertSameValues(from, to);
  }

  @Test
  void savesOnlyWhatTheFilterAccepts() {
    Path file = folder.resolve("part.safetensors");
    Weights.save(file, vit(CONFIG, DType.F32, 1), name -> name.startsWith("norm."), Map.of());
    try (SafeTensorsFile open = SafeTensorsFile.open(file)) {
      assertEquals(Set.of("norm.weight", "norm.bias"), Set.copyOf(open.names()));
    }
  }

  @Test
  void convertsOtherTypes() {
    Parameters from = vit(CONFIG, DType.F32, 1);
    for (DType dtype : List.of(DType.F16, DType.BF16, DType.F64)) {
      Map<String, Tensor> stored = new LinkedHashMap<>();
      tensors(from).forEach((name, x) -> stored.put(name, scope.ops().cast(x, dtype)));
      Parameters to = vit(CONFIG, DType.F32, 2);
      assertTrue(Weights.load(source(stored), to, LoadOptions.strict()).complete());
      for (Parameter parameter : to.all()) {
        assertArrayEquals(stored.get(parameter.name()).toFloats(), parameter.value().toFloats());
      }
    }
  }

  @Test
  void readsTensorsOfAnotherBackend() {
    Parameters from = vit(CONFIG, DType.F32, 1);
    try (Backends.Choice other = Backends.open("reference", BackendOptions.defaults());
        Scope there = Scope.root(other.backend(), "there")) {
      Parameters to = Parameters.uninitialized(there, DType.F32);
      ViT.create(to.root(), CONFIG);
      Weights.load(source(tensors(from)), to, LoadOptions.strict());
      assertSameValues(from, to);
    }
  }

  @Test
  void strictLoadingNamesWhatIsWrongAndChangesNothing() {
    Map<String, Tensor> stored = tensors(vit(CONFIG, DType.F32, 1));
    stored.remove("norm.bias");
    stored.put("extra", scope.ops().of(new float[1], 1));
    stored.put("blocks.0.mlp.fc1.bias", scope.ops().of(new float[4], 4));
    Parameters to = vit(CONFIG, DType.F32, 2);
    FormatException error =
        assertThrows(
            FormatException.class, () -> Weights.load(source(stored), to, LoadOptions.strict()));
    assertEquals(
        "some tensors does not fit the model: 28 matched, 1 missing (norm.bias), 1 of another"
            + " shape (blocks.0.mlp.fc1.bias: file [4], model [32]), 1 unexpected (extra); the"
            + " file or one of its shards is incomplete, or not of the network that its"
            + " configuration describes (in Java, LoadOptions allow intended differences)",
        error.getMessage());
    assertSameValues(vit(CONFIG, DType.F32, 2), to);
  }

  @Test
  void whatIsAllowedToDifferIsReported() {
    Map<String, Tensor> stored = tensors(vit(CONFIG, DType.F32, 1));
    stored.remove("norm.bias");
    stored.put("head.weight", scope.ops().of(new float[8], 1, 8));
    Parameters to = vit(CONFIG, DType.F32, 2);
    LoadReport report =
        Weights.load(
            source(stored), to, LoadOptions.strict().optional("norm.*").ignoring("*head.*"));
    assertEquals(List.of("norm.bias"), report.missing());
    assertEquals(List.of("head.weight"), report.unexpected());
    assertFalse(report.complete());
    assertThrows(
        FormatException.class,
        () -> Weights.load(source(stored), to, LoadOptions.strict().optional("norm.*")));
    assertThrows(
        FormatException.class,
        () -> Weights.load(source(stored), to, LoadOptions.strict().ignoring("head.*")));
    assertEquals(report, Weights.load(source(stored), to, LoadOptions.lenient()));
  }

  @Test
  void patternsAreNotRegularExpressions() {
    Map<String, Tensor> stored = tensors(vit(CONFIG, DType.F32, 1));
    stored.put("headXweight", scope.ops().of(new float[1], 1));
    Parameters to = vit(CONFIG, DType.F32, 2);
    assertThrows(
        FormatException.class,
        () -> Weights.load(source(stored), to, LoadOptions.strict().ignoring("head.*")));
  }

  @Test
  void loadsBelowAPrefix() {
    Parameters from = vit(CONFIG, DType.F32, 1);
    Parameters to = Parameters.initialized(scope, DType.F32, 2);
    ViT.create(to.root().at("student"), CONFIG);
    Tensor other = to.root().add("other", Init.zeros(), 2);
    LoadReport report =
        Weights.load(source(tensors(from)), to, LoadOptions.strict().withPrefix("student."));
    assertTrue(report.complete());
    assertTrue(report.matched().contains("student.cls_token"));
    assertArrayEquals(
        from.get("cls_token").value().toFloats(), to.get("student.cls_token").value().toFloats());
    assertArrayEquals(new float[2], other.toFloats());
  }

  @Test
  void resamplesPositionsForAnotherGrid() {
    ViTConfig learned = CONFIG.withPositions(PositionEmbedding.LEARNED).withPrefixTokens(2);
    Parameters from = vit(learned, DType.F32, 1);
    Parameters to = vit(learned.withImageSize(12), DType.F32, 2);
    LoadOptions options = LoadOptions.strict().withPrefixTokens(2);
    LoadReport report = Weights.load(source(tensors(from)), to, options);
    assertEquals(List.of("pos_embed"), report.reshaped());
    assertTrue(report.complete());
    Tensor expected =
        PositionTable.resize(
            scope.ops(),
            from.get("pos_embed").value(),
            2,
            Grid.square(2),
            Grid.square(3),
            Resampling.BICUBIC);
    assertArrayEquals(expected.toFloats(), to.get("pos_embed").value().toFloats());
    // With the wrong number of prefix tokens the patches are not a square.
    assertThrows(
        FormatException.class, () -> Weights.load(source(tensors(from)), to, LoadOptions.strict()));
  }

  @Test
  void loadsHuggingFaceClip() {
    ViTConfig config = CONFIG.asClip();
    Parameters from = vit(config, DType.F32, 1);
    SafeTensorsWriter writer = new SafeTensorsWriter();
    for (Parameter parameter : from.all()) {
      add(writer, clip(parameter.name()), parameter.value());
    }
    add(writer, List.of("text_model.final_layer_norm.weight"), scope.ops().of(new float[3], 3));
    add(writer, List.of("logit_scale"), scope.ops().of(new float[1]));
    add(
        writer,
        List.of("vision_model.embeddings.position_ids"),
        scope.ops().of(new float[5], 1, 5));
    Path file = folder.resolve("clip.safetensors");
    writer.write(file);
    Parameters to = vit(config, DType.F32, 2);
    assertTrue(Weights.load(file, to, LoadOptions.strict().withNames(CLIP)).complete());
    assertSameValues(from, to);
    try (SafeTensorsFile open = SafeTensorsFile.open(file)) {
      assertEquals(CLIP, Families.detect(Set.copyOf(open.names())));
    }
  }

  @Test
  void loadsHuggingFaceVit() {
    ViTConfig config = CONFIG.asDino();
    Parameters from = vit(config, DType.F32, 1);
    SafeTensorsWriter writer = new SafeTensorsWriter();
    for (Parameter parameter : from.all()) {
      add(writer, huggingFace(parameter.name()), parameter.value());
    }
    add(writer, List.of("pooler.dense.bias"), scope.ops().of(new float[8], 8));
    Path file = folder.resolve("dino.safetensors");
    writer.write(file);
    Parameters to = vit(config, DType.F32, 2);
    assertTrue(Weights.load(file, to, LoadOptions.strict().withNames(VIT)).complete());
    assertSameValues(from, to);
    FormatException error =
        assertThrows(FormatException.class, () -> Weights.load(file, to, LoadOptions.strict()));
    assertTrue(
        error.getMessage().contains("30 missing (cls_token, pos_embed, patch_embed"),
        error.getMessage());
  }

  @Test
  void partsThatDoNotJoinAreOfAnotherShape() {
    Map<String, Tensor> stored = new LinkedHashMap<>();
    for (String part : List.of("q", "k", "v")) {
      String name = "vision_model.encoder.layers.0.self_attn." + part + "_proj.weight";
      int columns = part.equals("k") ? 4 : 8;
      stored.put(name, scope.ops().of(new float[8 * columns], 8, columns));
    }
    LoadOptions options = LoadOptions.lenient().withNames(CLIP);
    LoadReport report = Weights.load(source(stored), vit(CONFIG.asClip(), DType.F32, 1), options);
    assertEquals(
        List.of("blocks.0.attn.qkv.weight: file [8, 8] + [8, 4] + [8, 8], model [24, 8]"),
        report.mismatched());
  }

  @Test
  void detectsNames() {
    assertEquals(Families.timm(), Families.detect(Set.of("patch_embed.proj.weight")));
    assertEquals("Hugging Face's CLIP", CLIP.title());
    assertThrows(FormatException.class, () -> Families.detect(Set.of("conv1.weight")));
  }

  /** Splits a tensor into equal rows and writes them under the names, without the first axes. */
  private void add(SafeTensorsWriter writer, List<String> names, Tensor x) {
    float[] values = x.toFloats();
    boolean leadingOnes = names.getFirst().endsWith("class_embedding");
    boolean table = names.getFirst().endsWith("position_embedding.weight");
    Shape shape =
        leadingOnes ? Shape.of(x.dim(2)) : table ? Shape.of(x.dim(1), x.dim(2)) : x.shape();
    int rows = names.size() == 1 ? 0 : shape.dim(0) / names.size();
    for (int i = 0; i < names.size(); i++) {
      Shape part = names.size() == 1 ? shape : shape.with(0, rows);
      int size = (int) part.size();
      float[] own = new float[size];
      System.arraycopy(values, i * size, own, 0, size);
      writer.add(names.get(i), part, own);
    }
  }

  /** An independent copy of the names, so that an error in the name map does not cancel out. */
  private static List<String> clip(String name) {
    String vision = "vision_model.";
    if (name.contains(".attn.qkv.")) {
      return List.of("q", "k", "v").stream()
          .map(p -> vision + "encoder.layers." + block(name) + ".self_attn." + p + tail(name))
          .toList();
    }
    return List.of(
        vision
            + name.replace("cls_token", "embeddings.class_embedding")
                .replace("pos_embed", "embeddings.position_embedding.weight")
                .replace("patch_embed.proj", "embeddings.patch_embedding")
                .replace("norm_pre", "pre_layrnorm")
                .replaceAll("^norm", "post_layernorm")
                .replace("blocks.", "encoder.layers.")
                .replace("attn.proj", "self_attn.out_proj")
                .replaceAll("\\.norm([12])", ".layer_norm$1"));
  }

  private static String block(String name) {
    return name.split("\\.")[1];
  }

  private static String tail(String name) {
    return "_proj" + name.substring(name.lastIndexOf('.'));
  }

  private static List<String> huggingFace(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    if (name.contains(".attn.qkv.")) {
      return List.of("query", "key", "value").stream()
          .map(p -> "encoder.layer." + block(name) + ".attention.attention." + p + "." + last)
          .toList();
    }
    return List.of(
        name.replace("cls_token", "embeddings.cls_token")
            .replace("pos_embed", "embeddings.position_embeddings")
            .replace("patch_embed.proj", "embeddings.patch_embeddings.projection")
            .replaceAll("^norm", "layernorm")
            .replace("blocks.", "encoder.layer.")
            .replace("attn.proj", "attention.output.dense")
            .replace("norm1", "layernorm_before")
            .replace("norm2", "layernorm_after")
            .replace("mlp.fc1", "intermediate.dense")
            .replace("mlp.fc2", "output.dense"));
  }

  /** Large enough for its weights to stay in the mapped file. */
  private static final ViTConfig WIDE = ViTConfig.of(32, 16, 128, 1, 2);

  private Parameters lazy() {
    Parameters parameters = Parameters.lazy(scope, DType.F32);
    ViT.create(parameters.root(), WIDE);
    assertInstanceOf(LazyStorage.class, parameters.get(QKV).value().storage());
    assertFalse(parameters.get("norm.bias").value().storage() instanceof LazyStorage);
    return parameters;
  }

  @Test
  void lazyParametersAreTheFileItself() {
    Parameters from = vit(WIDE, DType.F32, 1);
    Path file = folder.resolve("vit.safetensors");
    Weights.save(file, from, Map.of());
    Parameters to = lazy();
    try (WeightFile open = WeightFiles.open(file)) {
      assertTrue(Weights.load(open, to, LoadOptions.strict()).complete());
      assertSameValues(from, to);
      LazyStorage storage = (LazyStorage) to.get(QKV).value().storage();
      assertTrue(storage.segment().isMapped());
    }
  }

  @Test
  void lazyParametersAreConvertedAndJoined() {
    Parameters from = vit(WIDE, DType.BF16, 1);
    Path file = folder.resolve("vit.safetensors");
    Weights.save(file, from, Map.of());
    Parameters to = lazy();
    try (WeightFile open = WeightFiles.open(file)) {
      Weights.load(open, to, LoadOptions.strict());
      assertSameValues(from, to);
    }
    NameMap thirds =
        new NameMap() {
          @Override
          public List<TensorPart> sources(String parameter, Set<String> names) {
            return parameter.equals(QKV)
                ? List.of(
                    new TensorPart.Rows(QKV, 0, 1, 3),
                    new TensorPart.Rows(QKV, 1, 2, 3),
                    new TensorPart.Rows(QKV, 2, 3, 3))
                : List.of(new TensorPart.Whole(parameter));
          }

          @Override
          public boolean ignores(String name) {
            return false;
          }
        };
    Parameters joined = lazy();
    Weights.load(source(tensors(from)), joined, LoadOptions.strict().withNames(thirds));
    assertSameValues(from, joined);
  }
}
