package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.cli.bench.measure.Benchmark;
import io.github.maskalign.cli.bench.measure.Work;
import io.github.maskalign.data.Transform;
import io.github.maskalign.data.augment.AugmentedCrop;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.image.PictureDecoder.JpegLibrary;
import io.github.maskalign.vit.image.PictureDecoder.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** From JPEG files to normalized crops, on the calling thread alone: what one core can do. */
public final class PictureBenchmarks {

  public static final String PREFIX = "pictures/";

  private static final int FILES = 16;
  private static final int SIZE = 224;

  private PictureBenchmarks() {}

  static List<Benchmark> all() {
    List<Benchmark> all = new ArrayList<>(of(JpegLibrary.IMAGEIO));
    try {
      PictureDecoder.open(Options.defaults().withJpeg(JpegLibrary.TURBO));
      all.addAll(of(JpegLibrary.TURBO));
    } catch (DeviceException _) {
      // Not there, so there is nothing to time.
    }
    return all;
  }

  private static List<Benchmark> of(JpegLibrary library) {
    ChannelStats stats = ChannelStats.imageNet();
    Transform pretrain =
        new RandomResizedCrop(RandomResizedCrop.Options.preTraining(SIZE, SIZE), stats);
    Transform finetune = new AugmentedCrop(AugmentedCrop.Options.fineTuning(SIZE), stats);
    return List.of(
        of("decode", library, null),
        of("pretrain", library, pretrain),
        of("finetune", library, finetune));
  }

  private static Benchmark of(String name, JpegLibrary library, @Nullable Transform transform) {
    String word = library == JpegLibrary.TURBO ? "libjpeg-turbo" : "javax.imageio";
    String end = transform == null ? "" : " to crops of %d pixels".formatted(SIZE);
    return new Benchmark(
        PREFIX + "%s-%s".formatted(name, library == JpegLibrary.TURBO ? "turbo" : "imageio"),
        "%d JPEG files of %d x %d pixels by %s%s, one thread"
            .formatted(FILES, Photographs.WIDTH, Photographs.HEIGHT, word, end),
        new Work(0, 0, FILES),
        scope -> {
          PictureDecoder decoder = PictureDecoder.open(Options.defaults().withJpeg(library));
          byte[][] files = new byte[FILES][];
          for (int i = 0; i < FILES; i++) {
            files[i] = Photographs.jpeg(i);
          }
          float[] out = new float[3 * SIZE * SIZE];
          AtomicLong epoch = new AtomicLong();
          return () -> {
            Philox draws = Philox.of(1).at(epoch.getAndIncrement());
            for (int i = 0; i < FILES; i++) {
              var picture = decoder.decode(files[i], "photograph " + i);
              if (transform != null) {
                transform.apply(picture, draws.at(i), out, 0);
              }
            }
          };
        });
  }
}
