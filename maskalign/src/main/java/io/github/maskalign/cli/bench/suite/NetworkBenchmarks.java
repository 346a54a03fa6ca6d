package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.Targets;
import io.github.maskalign.TeacherId;
import io.github.maskalign.TeacherOutput;
import io.github.maskalign.TeacherRequest;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.cli.bench.measure.Benchmark;
import io.github.maskalign.cli.bench.measure.Benchmark.Work;
import io.github.maskalign.cli.bench.measure.Operands;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.data.Batch;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.train.Pretraining;
import io.github.maskalign.train.TargetSource;
import io.github.maskalign.vit.TokenMerging;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Forward passes of a teacher and of an embedding network, and training steps of a student. */
final class NetworkBenchmarks {

  private static final ViTConfig TEACHER = ViTConfig.base(224, 16);
  private static final double RATE = 1e-4;
  private static final double WEIGHT_DECAY = 0.05;

  private NetworkBenchmarks() {}

  static Benchmark teacher(int pictures) {
    AlignmentPlan plan = plan(TEACHER);
    TeacherRequest request = new TeacherRequest(plan.levels().size(), true, true);
    int visible = 1 + plan.keptPatches();
    return new Benchmark(
        "teacher/forward",
        "ViT-B/16, %d images of %d tokens; %d levels, the last at %d tokens, and the importance"
            .formatted(pictures, 1 + TEACHER.patches(), request.topLevels(), visible),
        new Work(Flops.forward(TEACHER, pictures, visible), 0, pictures),
        scope -> {
          Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
          ViT network = ViT.create(parameters.root(), TEACHER);
          parameters.freeze();
          ViTTeacher teacher =
              new ViTTeacher(new TeacherId("random", "", "none"), network, InputAdapter.none());
          Tensor images = new Operands(scope).random(imageShape(TEACHER, pictures));
          int[] ids = IntStream.range(0, pictures * visible).map(i -> i % visible).toArray();
          Tensor tokens = scope.eager().of(ids, pictures, visible);
          int last = TEACHER.depth() - 1;
          return () -> {
            try (Scope call = scope.child("call")) {
              teacher.forward(call.eager(), images, request).at(call.eager(), last, tokens);
            }
          };
        });
  }

  static Benchmark embedding(ModelSize model) {
    ViTConfig config = model.config();
    return new Benchmark(
        "embed/" + model.word(),
        "%s, one image of %d tokens, pooled features"
            .formatted(model.title(), 1 + config.patches()),
        new Work(Flops.forward(config, 1, 1), 0, 1),
        scope -> {
          Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
          ViT network = ViT.create(parameters.root(), config);
          parameters.freeze();
          Tensor image = new Operands(scope).random(imageShape(config, 1));
          return () -> {
            try (Scope call = scope.child("call")) {
              network.features(call.eager(), image, null);
            }
          };
        });
  }

  /** The same with similar tokens merged in each block; its FLOPs depend on their number. */
  static Benchmark merging(ModelSize model, int merge) {
    ViTConfig config = model.config();
    return new Benchmark(
        "embed/%s/merge%d".formatted(model.word(), merge),
        "%s, one image of %d tokens, of which each block merges %d, pooled features"
            .formatted(model.title(), 1 + config.patches(), merge),
        new Work(0, 0, 1),
        scope -> {
          Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
          TokenMerging merging = new TokenMerging(ViT.create(parameters.root(), config), merge);
          parameters.freeze();
          Tensor image = new Operands(scope).random(imageShape(config, 1));
          return () -> {
            try (Scope call = scope.child("call")) {
              merging.features(call.eager(), image);
            }
          };
        });
  }

  static Benchmark step(ModelSize model, int pictures) {
    ViTConfig config = model.config();
    AlignmentPlan plan = plan(config);
    return new Benchmark(
        "step/" + model.word(),
        "%s, %d images of %d tokens; forward, alignment of %d levels, backward, AdamW"
            .formatted(model.title(), pictures, 1 + plan.keptPatches(), plan.levels().size()),
        new Work(Flops.step(plan, config, pictures), 0, pictures),
        scope -> {
          Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
          MaskAlign student =
              MaskAlign.create(parameters.root(), config, plan.teacher(), plan.config());
          Pretraining training =
              new Pretraining(
                  student,
                  parameters,
                  FixedTargets.random(new Operands(scope), student, pictures),
                  Pretraining.Recipe.released(
                      new CosineSchedule(RATE, RATE, 0, 1), 1, WEIGHT_DECAY, 0, 1));
          List<Batch> batch = List.of(batch(config, pictures));
          return () -> training.step(batch);
        });
  }

  /** The released recipe, with a teacher of ViT-B's size. */
  private static AlignmentPlan plan(ViTConfig student) {
    return AlignmentConfig.released().plan(dimensions(student), dimensions(TEACHER));
  }

  private static Dimensions dimensions(ViTConfig config) {
    return new Dimensions(config.depth(), config.width(), config.patches());
  }

  private static Batch batch(ViTConfig config, int pictures) {
    ImageSize size = config.imageSize();
    float[] pixels = Operands.pixels(imageShape(config, pictures));
    int[] samples = IntStream.range(0, pictures).toArray();
    return new Batch(0, 0, pixels, samples, null, config.channels(), size.height(), size.width());
  }

  private static int[] imageShape(ViTConfig config, int batch) {
    return new int[] {
      batch, config.channels(), config.imageSize().height(), config.imageSize().width()
    };
  }

  /**
   * The same random targets for every batch, for a training step without a teacher.
   *
   * @param model the student
   * @param view random teacher features
   */
  private record FixedTargets(MaskAlign model, TeacherOutput view) implements TargetSource {

    static FixedTargets random(Operands operands, MaskAlign model, int batch) {
      Dimensions teacher = model.plan().teacher();
      List<Tensor> levels = new ArrayList<>();
      for (int i = 0; i < model.request().topLevels(); i++) {
        levels.add(operands.random(batch, 1 + teacher.patches(), teacher.width()));
      }
      Tensor importance = operands.positive(batch, teacher.patches());
      return new FixedTargets(model, new TeacherOutput(teacher.depth(), levels, importance));
    }

    @Override
    public TeacherId teacherId() {
      return new TeacherId("random", "", "none");
    }

    @Override
    public Targets targets(Ops ops, Batch batch, Tensor images) {
      return model.targets(view);
    }
  }
}
