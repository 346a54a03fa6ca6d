package io.github.maskalign.vectors.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.LoadReport;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.family.Families;
import io.github.maskalign.vit.weights.family.NameTable;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.pth.PthFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Weight files: those of PyTorch, and those in 16 bits. */
final class CheckpointKinds {

  private CheckpointKinds() {}

  private static Path beside(VectorCase given, String file) {
    return given.manifest().path().resolveSibling(file);
  }

  /** A checkpoint of the official programs: weights, optimizer, scaler, arguments. */
  static void official(VectorCase given) {
    try (PthFile file = PthFile.open(beside(given, given.text("file")))) {
      WeightSource source = WeightSource.of(file);
      source.names().forEach(name -> given.checks().tensor(name, read(given, source, name)));
      checkNames(given, source);
      PlainData data = new PlainData(given, file.root());
      data.same("epoch", given.setting("epoch"));
      data.same("scaler", given.setting("scaler"));
      data.instance("args", given.text("args_class"), given.setting("args"));
      JsonNode sizes = given.setting("optimizer_group_sizes");
      for (int group = 0; group < sizes.size(); group++) {
        String place = "optimizer.param_groups." + group;
        data.has(place + ".params", sizes.get(group).intValue());
        boolean decays = group == sizes.size() - 1;
        given
            .setting("optimizer_group_options")
            .properties()
            .forEach(
                option -> {
                  if (decays || !option.getKey().equals("weight_decay")) {
                    data.same(place + "." + option.getKey(), option.getValue());
                  }
                });
      }
    }
  }

  /** The weights are in the model's order, to which the optimizer's indices refer. */
  private static void checkNames(VectorCase given, WeightSource source) {
    WeightSource model = source.below("model.");
    given
        .checks()
        .that(
            "model keys",
            texts(given.setting("model_keys")).equals(new ArrayList<>(model.names())),
            "the weights are others, or in another order");
    List<String> parameters = texts(given.setting("optimizer_param_names"));
    for (int index = 0; index < parameters.size(); index++) {
      String moment = "optimizer.state." + index + ".exp_avg";
      if (source.names().contains(moment)) {
        boolean same = source.shape(moment).equals(model.shape(parameters.get(index)));
        given.checks().that(moment, same, "its shape is not that of " + parameters.get(index));
      }
    }
  }

  /** Views, shared storages and all element types, in both of torch's formats. */
  static void odd(VectorCase given) {
    for (String name : texts(given.setting("files"))) {
      try (PthFile file = PthFile.open(beside(given, name))) {
        WeightSource source = WeightSource.of(file).below(given.text("prefix") + ".");
        source
            .names()
            .forEach(tensor -> given.checks().tensor(tensor, read(given, source, tensor)));
        PlainData data = new PlainData(given, file.root());
        given.setting("other").properties().forEach(e -> data.same(e.getKey(), e.getValue()));
      }
    }
  }

  private static Tensor read(VectorCase given, WeightSource source, String name) {
    return source.read(given.scope().eager(), name);
  }

  /** A file in 16 bits, widened. */
  static void halfFile(VectorCase given) {
    try (SafeTensorsFile file = SafeTensorsFile.open(beside(given, given.text("file")))) {
      WeightSource source = WeightSource.of(file);
      Eager ops = given.scope().eager();
      for (String name : source.names()) {
        Tensor stored = source.read(ops, name);
        boolean told = stored.dtype() == DType.valueOf(given.text("dtype"));
        given.checks().that("type of " + name, told, "it is " + stored.dtype());
        given.checks().tensor(name, ops.cast(stored, DType.F32));
      }
    }
  }

  /** Rounding to 16 bits, by the backend. */
  static void rounding(VectorCase given) {
    Eager ops = given.scope().eager();
    Tensor x = given.tensor("in.x");
    for (DType type : List.of(DType.F16, DType.BF16)) {
      byte[] bytes = new byte[2 * Math.toIntExact(x.size())];
      given.scope().backend().download(ops.cast(x, type), MemorySegment.ofArray(bytes));
      ShortBuffer patterns = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
      double[] bits = new double[patterns.remaining()];
      Arrays.setAll(bits, i -> patterns.get(i) & 0xffff);
      given
          .checks()
          .values(type == DType.F16 ? "out.f16_bits" : "out.bf16_bits", bits, bits.length);
    }
  }

  /** The image tower of a whole CLIP file: the same weights as in a separate file. */
  static void wholeClip(VectorCase given) {
    ViTConfig config = TeacherKinds.config(given).asClip();
    Parameters alone = Parameters.uninitialized(given.scope(), DType.F32);
    Parameters picked = Parameters.uninitialized(given.scope(), DType.F32);
    ViT.create(alone.root(), config);
    ViT.create(picked.root(), config);
    Networks.load(given, "teacher", alone);
    try (SafeTensorsFile file = SafeTensorsFile.open(beside(given, given.text("file")))) {
      WeightSource source = WeightSource.of(file);
      NameTable names = Families.detect(source.names());
      given
          .checks()
          .that("name map", names.title().equals("Hugging Face's CLIP"), "it is " + names);
      LoadReport report = Weights.load(source, picked, LoadOptions.strict().withNames(names));
      given.checks().that("report", report.complete(), report.toString());
      for (String name : source.names()) {
        boolean vision = name.startsWith(given.text("use_prefix"));
        boolean other = texts(given.setting("ignore")).stream().anyMatch(name::startsWith);
        given.checks().that(name, vision != other, "expected in one tower, it is in none or both");
      }
    }
    for (Parameter parameter : alone.all()) {
      double[] expected = parameter.value().toDoubles();
      double[] got = picked.get(parameter.name()).value().toDoubles();
      given.checks().that(parameter.name(), Arrays.equals(expected, got), "the values differ");
    }
  }

  /** Missing and unexpected parameters when a pre-training checkpoint is fine-tuned. */
  static void finetuneKeys(VectorCase given) {
    try (PthFile file = PthFile.open(beside(given, given.text("checkpoint")))) {
      WeightSource source = WeightSource.of(file).below("model.");
      for (Pooling pooling : List.of(Pooling.CLASS_TOKEN, Pooling.MEAN_PATCHES)) {
        String word = pooling == Pooling.CLASS_TOKEN ? "cls" : "avg";
        Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
        ViTClassifier.create(parameters.root(), student(source), pooling, 3);
        LoadReport report = Weights.load(source, parameters, LoadOptions.lenient());
        JsonNode expected = given.setting(word);
        same(given, word + " missing", expected.get("missing"), report.missing());
        same(given, word + " unexpected", expected.get("unexpected"), report.unexpected());
        List<String> names = parameters.all().stream().map(Parameter::name).toList();
        same(given, word + " keys", given.setting("finetune_model_keys_" + word), names);
      }
    }
  }

  /** A network of the shape of stored weights. */
  private static ViTConfig student(WeightSource source) {
    int patch = source.shape("patch_embed.proj.weight").dim(-1);
    int width = source.shape("cls_token").dim(-1);
    int grid = (int) Math.sqrt(source.shape("pos_embed").dim(1) - 1.0);
    long depth = source.names().stream().filter(name -> name.endsWith(".attn.qkv.bias")).count();
    return ViTConfig.of(grid * patch, patch, width, (int) depth, 2)
        .withPositions(PositionEmbedding.LEARNED);
  }

  private static void same(VectorCase given, String what, JsonNode expected, List<String> got) {
    Set<String> wanted = new HashSet<>(texts(expected));
    given.checks().that(what, wanted.equals(Set.copyOf(got)), "expected others, they are " + got);
  }

  static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
