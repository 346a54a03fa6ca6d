package io.github.maskalign.cli.data;

import io.github.maskalign.cli.settings.ValueRange;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.data.MatchChannels;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.PictureDecoder;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maskalign data speed}: measures data loading. */
@CommandLine.Command(
    name = "speed",
    description =
        "Measures data loading with the augmentation of pre-training: read, decode, crop, resize,"
            + " flip, normalize. Compare the result with the images/s of a training step.")
final class SpeedCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "DATA",
      description = "Data set of images; gray ones are converted to color.")
  private String set;

  @Option(
      names = "--image-size",
      paramLabel = "N",
      description = "Size of the crops in pixels (default: ${DEFAULT-VALUE}).")
  private int side = 224;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Batch size (default: ${DEFAULT-VALUE}).")
  private int batch = 64;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Number of data loader threads (default: one per core, at most 8).")
  private int threads = LoaderOptions.standard().workers();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "Duration of the measurement, which follows a warm-up of half its length (default:"
              + " ${DEFAULT-VALUE}).")
  private double seconds = 6;

  @Option(
      names = "--jpeg",
      paramLabel = "DECODER",
      description = "JPEG decoder: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private PictureDecoder.JpegLibrary jpeg = PictureDecoder.JpegLibrary.AUTO;

  @Spec private CommandSpec spec;

  private void requireRanges() {
    ValueRange.parse("[1, 16384]").require("image-size", Integer.toString(side), side);
    ValueRange.parse("[1, *)").require("batch", Integer.toString(batch), batch);
    ValueRange.parse("[1, 1024]").require("threads", Integer.toString(threads), threads);
    ValueRange.parse("(0, 86400]").require("seconds", Double.toString(seconds), seconds);
  }

  @Override
  public Integer call() {
    requireRanges();
    PrintWriter out = spec.commandLine().getOut();
    PictureDecoder decoder = PictureDecoder.open(PictureDecoder.Options.defaults().withJpeg(jpeg));
    Dataset pictures = DataSets.named(set, decoder);
    out.println(pictures);
    DatasetNotes.lines(pictures).forEach(out::println);
    Augmentation crops =
        Augmentation.unlimited(
            new MatchChannels(
                new RandomResizedCrop(
                    RandomResizedCrop.Options.preTraining(side, side), ChannelStats.imageNet())),
            0);
    BatchSampler batches =
        BatchSampler.shuffled(pictures.size(), Math.min(batch, pictures.size()), 0);
    LoaderOptions loading = LoaderOptions.standard().withWorkers(threads);
    try (DataLoader loader =
        DataLoader.start(pictures, crops, batches, 0, Integer.MAX_VALUE, loading)) {
      load(loader, seconds / 2);
      double rate = load(loader, seconds);
      out.printf(
          Locale.ROOT,
          "%,.0f images/s on %s (%,.0f per thread), crops of %d x %d pixels%n",
          rate,
          Quantity.of(threads, "thread"),
          rate / threads,
          side,
          side);
    }
    return 0;
  }

  /** Images per second over some seconds. */
  private static double load(DataLoader loader, double seconds) {
    long start = System.nanoTime();
    long pictures = 0;
    double gone = 0;
    while (gone < seconds) {
      pictures += loader.next().size();
      gone = (System.nanoTime() - start) * 1e-9;
    }
    return pictures / gone;
  }
}
