package peers.work;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.List;

/** The work of {@link OurStep} on libtorch, through DJL. */
public final class TorchStep implements Step {

  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final StepShape shape;
  private final NDArray images;
  private final NDArray ones;
  private final NDArray zeros;
  private final Runnable work;
  private double result;

  private TorchStep(StepShape shape, boolean training) {
    this.shape = shape;
    images = random(shape.batch(), 3, 224, 224);
    ones = manager.ones(new Shape(shape.teacherWidth()));
    zeros = manager.zeros(new Shape(shape.teacherWidth()));
    work = training ? student() : teacher();
  }

  /** The student training step. */
  public static TorchStep student(StepShape shape) {
    return new TorchStep(shape, true);
  }

  /** The teacher's forward pass. */
  public static TorchStep teacher(StepShape shape) {
    return new TorchStep(shape, false);
  }

  private NDArray random(long... dims) {
    return manager.randomNormal(0, 1, new Shape(dims), DataType.FLOAT32);
  }

  private Runnable student() {
    int width = shape.config().width();
    int depth = shape.config().depth();
    long tokens = 1 + StepShape.VISIBLE;
    TorchVit network = new TorchVit(manager, shape.config(), true);
    List<NDArray> weights = new ArrayList<>();
    List<NDArray> biases = new ArrayList<>();
    List<NDArray> levels = new ArrayList<>();
    for (int i = 0; i < StepShape.LEVELS; i++) {
      weights.add(network.weight(shape.teacherWidth(), width));
      biases.add(network.constant(0, shape.teacherWidth()));
      levels.add(random(shape.batch(), 197, shape.teacherWidth()));
    }
    NDArray mix = network.constant(1f / depth, StepShape.LEVELS, depth);
    Optimizer optimizer =
        Optimizer.adamW()
            .optLearningRateTracker(Tracker.fixed(1e-4f))
            .optWeightDecays(0.05f)
            .build();
    NDArray visible = manager.arange(StepShape.VISIBLE).mul(3).toType(DataType.INT64, false);
    NDArray kept = manager.zeros(new Shape(1), DataType.INT64).concat(visible.add(1));
    return () -> {
      try (NDManager step = manager.newSubManager()) {
        NDArray input = images.duplicate();
        input.attach(step);
        NDList targets = new NDList();
        for (NDArray level : levels) {
          NDArray seen = level.get(":, {}", kept);
          seen.attach(step);
          targets.add(TorchVit.layerNorm(seen, ones, zeros, shape.teacherWidth()));
        }
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
          NDList rows = new NDList();
          for (NDArray level : network.forward(step, input, visible)) {
            rows.add(level.reshape(1, -1));
          }
          NDArray mixed = mix.matMul(NDArrays.concat(rows, 0));
          mixed.attach(step);
          NDArray loss = null;
          for (int i = 0; i < StepShape.LEVELS; i++) {
            NDArray level = mixed.get(i).reshape(shape.batch(), tokens, width);
            NDArray prediction = TorchVit.linear(level, weights.get(i), biases.get(i));
            NDArray term =
                prediction.sub(targets.get(i)).square().mean().mul(1f / StepShape.LEVELS);
            loss = loss == null ? term : loss.add(term);
          }
          result = loss.getFloat();
          collector.backward(loss);
        }
        int id = 0;
        for (NDArray parameter : network.parameters) {
          try (NDArray gradient = parameter.getGradient()) {
            optimizer.update("p" + id++, parameter, gradient);
          }
        }
        for (NDArray parameter : network.parameters) {
          try (NDArray gradient = parameter.getGradient()) {
            gradient.subi(gradient);
          }
        }
      }
    };
  }

  private Runnable teacher() {
    TorchVit network = new TorchVit(manager, shape.config(), false);
    int depth = shape.config().depth();
    return () -> {
      try (NDManager step = manager.newSubManager()) {
        NDArray input = images.duplicate();
        input.attach(step);
        double sum = 0;
        List<NDArray> levels = network.forward(step, input, null);
        for (NDArray level : levels.subList(depth - StepShape.LEVELS, depth)) {
          sum += TorchVit.layerNorm(level, ones, zeros, shape.config().width()).sum().getFloat();
        }
        result = sum;
      }
    };
  }

  @Override
  public void run() {
    work.run();
  }

  @Override
  public double result() {
    return result;
  }

  @Override
  public void close() {
    manager.close();
  }
}
