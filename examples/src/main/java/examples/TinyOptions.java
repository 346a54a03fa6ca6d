package examples;

import picocli.CommandLine.Option;

/** The options of {@link PretrainTiny} that decide the outcome. */
final class TinyOptions {

  @Option(
      names = "--seed",
      description = "Of everything random (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private long seed;

  @Option(
      names = "--epochs",
      description = "Passes over the pictures (default: ${DEFAULT-VALUE}).",
      defaultValue = "10")
  private int epochs;

  @Option(
      names = "--batch",
      description = "Pictures in a batch (default: ${DEFAULT-VALUE}).",
      defaultValue = "64")
  private int batch;

  @Option(
      names = "--accumulate",
      description = "Batches in an update (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int accumulate;

  @Option(
      names = "--lr",
      description = "Peak learning rate (default: ${DEFAULT-VALUE}).",
      defaultValue = "2e-3")
  private double lr;

  @Option(
      names = "--warmup",
      description = "Epochs of linear warm-up (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private double warmup;

  @Option(
      names = "--weight-decay",
      description = "Decoupled decay of matrices (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.05")
  private double weightDecay;

  @Option(
      names = "--drop-path",
      description = "Stochastic depth of the last block (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private double dropPath;

  @Option(
      names = "--crop-scale",
      description =
          "Least share of a picture that a random crop covers (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.6")
  private double cropScale;

  @Option(
      names = "--mask",
      description = "random or attentive (default: ${DEFAULT-VALUE}).",
      defaultValue = "attentive")
  private String mask;

  @Option(
      names = "--mask-ratio",
      description = "Share of patches hidden from the student (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.7")
  private double maskRatio;

  @Option(
      names = "--fusion",
      description = "simple, linear or sum (default: ${DEFAULT-VALUE}).",
      defaultValue = "linear")
  private String fusion;

  @Option(
      names = "--head",
      description = "linear, norm_linear, mlp or mlp2 (default: ${DEFAULT-VALUE}).",
      defaultValue = "linear")
  private String head;

  @Option(
      names = "--order",
      description = "mix_then_adapt or adapt_then_mix (default: ${DEFAULT-VALUE}).",
      defaultValue = "mix_then_adapt")
  private String order;

  @Option(
      names = "--target-norm",
      description = "none, l2, whiten or bn (default: ${DEFAULT-VALUE}).",
      defaultValue = "whiten")
  private String targetNorm;

  @Option(
      names = "--loss",
      description = "l2, l1, smoothl1 or smoothl1_paper (default: ${DEFAULT-VALUE}).",
      defaultValue = "smoothl1")
  private String loss;

  @Option(
      names = "--levels",
      description = "mean, out, linear_decay, topK or midI (default: ${DEFAULT-VALUE}).",
      defaultValue = "top3")
  private String levels;

  @Option(
      names = "--teacher-cache",
      paramLabel = "CROPS",
      description =
          "Crops of a picture, whose teacher features are kept on disk; epoch e shows crop e mod"
              + " CROPS. With 0, every epoch shows new crops (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private int teacherCache;

  @Option(
      names = "--teacher-cache-type",
      description = "f16, bf16 or f32: what is kept of a feature (default: ${DEFAULT-VALUE}).",
      defaultValue = "f16")
  private String teacherCacheType;

  TinyConfig config() {
    return new TinyConfig(
        seed,
        epochs,
        batch,
        accumulate,
        lr,
        warmup,
        weightDecay,
        dropPath,
        cropScale,
        mask,
        maskRatio,
        fusion,
        head,
        order,
        targetNorm,
        loss,
        levels,
        teacherCache,
        teacherCacheType);
  }
}
