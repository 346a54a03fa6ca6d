package io.github.maskalign.cuda;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.TeacherId;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.train.Pretraining;
import io.github.maskalign.train.StepReport;
import io.github.maskalign.train.TeacherTargets;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Pre-training on 8-pixel images, the same on every backend except for rounding. */
final class TinyTraining implements AutoCloseable {

  private static final int SIDE = 8;
  private static final int PICTURES = 64;

  private final ViTConfig network;
  private final int pictures;
  private final Scope scope;
  private final Parameters parameters;
  private final TeacherTargets source;
  private final Pretraining training;
  private final BatchSampler batches;

  /** Training of two blocks on a backend, which stays open. */
  TinyTraining(Backend backend, int batch) {
    this(backend, batch, ViTConfig.of(SIDE, 2, 12, 2, 2).withChannels(1), PICTURES, "top2");
  }

  /** Training of any network, whose teacher has the same size. */
  TinyTraining(Backend backend, int batch, ViTConfig network, int pictures, String levels) {
    this.network = network;
    this.pictures = pictures;
    scope = Scope.root(backend, "model");
    ViTTeacher teacher =
        new ViTTeacher(
            new TeacherId("random", "0", "none"),
            ViT.create(Parameters.initialized(scope, DType.F32, 1).root(), network),
            InputAdapter.none());
    parameters = Parameters.initialized(scope, DType.F32, 2);
    AlignmentConfig alignment =
        AlignmentConfig.released().withLevelWeights(LevelWeights.parse(levels));
    MaskAlign model = MaskAlign.create(parameters.root(), network, teacher.dimensions(), alignment);
    source = new TeacherTargets(teacher, model.plan());
    batches = BatchSampler.shuffled(pictures, batch, 7);
    training =
        new Pretraining(
            model,
            parameters,
            source,
            Pretraining.Recipe.released(
                new CosineSchedule(2e-3, 1e-5, 1, 12), batches.perEpoch(), 0.05, 0.2, 3));
  }

  /** Runs steps, and reports each. */
  List<StepReport> steps(int count, Consumer<StepReport> after) {
    List<StepReport> reports = new ArrayList<>();
    long from = training.steps();
    try (DataLoader loader = DataLoader.start(pictures(), crops(), batches, from, from + count)) {
      for (int i = 0; i < count; i++) {
        reports.add(training.step(List.of(loader.next())));
        after.accept(reports.getLast());
      }
    }
    return reports;
  }

  /** The values of all parameters by name. */
  Map<String, float[]> values() {
    Map<String, float[]> values = new LinkedHashMap<>();
    parameters.all().forEach(each -> values.put(each.name(), each.value().toFloats()));
    return values;
  }

  private MemoryDataset pictures() {
    int side = network.imageSize().height();
    byte[] pixels = new byte[pictures * network.channels() * side * side];
    Philox random = Philox.of(11);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.bits(i);
    }
    return MemoryDataset.of(pixels, network.channels(), side, side);
  }

  private Augmentation crops() {
    int side = network.imageSize().height();
    ChannelStats statistics =
        new ChannelStats(new double[] {0.5}, new double[] {0.25}).forChannels(network.channels());
    RandomResizedCrop.Options options = RandomResizedCrop.Options.preTraining(side, side);
    return new Augmentation(new RandomResizedCrop(options, statistics), 3, Augmentation.UNLIMITED);
  }

  @Override
  public void close() {
    source.close();
    scope.close();
  }
}
