package io.github.maskalign.teacher.cache;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.Nets;
import io.github.maskalign.Teacher;
import io.github.maskalign.TeacherId;
import io.github.maskalign.TeacherOutput;
import io.github.maskalign.TeacherRequest;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.Range;
import io.github.maskalign.data.Transform;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.train.TeacherTargets;
import io.github.maskalign.vit.Importance;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;

/** A teacher, a student and 70 pictures, so two chunks and a part of one in each crop. */
final class CacheFixture implements AutoCloseable {

  static final int PICTURES = 70;
  static final int CROPS = 2;

  static final AlignmentConfig BASE =
      AlignmentConfig.released().withLevelWeights(new LevelWeights.Top(2));

  final Backends.Choice choice;
  final Scope scope;
  final MemoryDataset images = pictures(1);
  final Augmentation augmentation = new Augmentation(crop(0.5), 5, CROPS);

  CacheFixture(int threads) {
    this(threads, Precision.F32);
  }

  CacheFixture(int threads, Precision precision) {
    BackendOptions options = BackendOptions.defaults().withThreads(threads);
    choice = Backends.open("cpu", options.withPrecision(precision));
    scope = Scope.root(choice.backend(), "test");
  }

  /** Counts its calls, and scales its output. */
  static final class Spy implements Teacher {

    private final ViTTeacher network;
    private final String sha256;
    private final double scale;
    int looks;
    String input = "";

    Spy(ViTTeacher network, String sha256, double scale) {
      this.network = network;
      this.sha256 = sha256;
      this.scale = scale;
    }

    @Override
    public Importance importance() {
      return Importance.CLASS_ATTENTION;
    }

    @Override
    public String input(ImageSize crops) {
      return input;
    }

    @Override
    public TeacherId id() {
      return new TeacherId("spy", sha256, "none");
    }

    @Override
    public Dimensions dimensions() {
      return network.dimensions();
    }

    @Override
    public TeacherOutput forward(Ops ops, Tensor pixels, TeacherRequest request) {
      looks++;
      TeacherOutput output = network.forward(ops, pixels, request.withLastAtTokens(false));
      return new TeacherOutput(
          output.depth(),
          output.topLevels().stream().map(t -> ops.affine(t, scale, 0)).toList(),
          output.importance());
    }
  }

  static MemoryDataset pictures(long seed) {
    byte[] pixels = new byte[PICTURES * 3 * 8 * 8];
    Philox random = Philox.of(seed);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.bits(i);
    }
    return MemoryDataset.of(pixels, 3, 8, 8);
  }

  static Transform crop(double minScale) {
    RandomResizedCrop.Options options =
        new RandomResizedCrop.Options(8, 8, new Range(minScale, 1), new Range(0.75, 1.25), 0.5);
    return new RandomResizedCrop(options, ChannelStats.imageNet());
  }

  Spy spy(String sha256, long weights, double scale) {
    return new Spy(Nets.teacher(scope, Nets.SMALL, DType.F32, weights), sha256, scale);
  }

  Spy spy() {
    return spy("ab", 2, 1);
  }

  TeacherTargets direct(Teacher teacher, AlignmentConfig config) {
    return new TeacherTargets(teacher, model(teacher, config).plan());
  }

  MaskAlign model(Teacher teacher, AlignmentConfig config) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    return MaskAlign.create(parameters.root(), Nets.SMALL, teacher.dimensions(), config);
  }

  TeacherTargets direct() {
    return direct(spy(), BASE);
  }

  @Override
  public void close() {
    scope.close();
    choice.close();
  }
}
