package io.github.maskalign.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class MemoryDatasetTest {

  /** Three pictures of two channels, 1 x 2 pixels. */
  private static MemoryDataset small() {
    byte[] pixels = {0, 10, 0, -1, 20, 30, 0, -1, 40, 50, 0, -1};
    return MemoryDataset.labeled(pixels, 2, 1, 2, new int[] {1, 0, 2}, List.of("a", "b", "c"));
  }

  private static float[] numbers(MemoryDataset set, int sample) {
    float[] out = new float[4];
    ChannelStats plain = new ChannelStats(new double[] {0, 0}, new double[] {1 / 255.0, 1 / 255.0});
    new WholeImage(1, 2, plain).apply(set.picture(sample), Philox.of(0), out, 0);
    return out;
  }

  @Test
  void selectionsKeepPixelsAndLabelsTogether() {
    MemoryDataset chosen = small().select(2, 0, 2).subset(0, 2);

    assertEquals(2, chosen.size());
    assertArrayEquals(new int[] {2, 1}, chosen.labels());
    assertArrayEquals(new float[] {40, 50, 0, 255}, numbers(chosen, 0), 1e-4f);
    assertArrayEquals(new float[] {0, 10, 0, 255}, numbers(chosen, 1), 1e-4f);
    assertEquals("2 images of 2 x 1 x 2, 3 classes", chosen.toString());
  }

  @Test
  void statisticsAreOfTheChosenSamples() {
    ChannelStats stats = small().subset(1, 3).stats();

    assertEquals(35 / 255.0, stats.mean()[0], 1e-7);
    assertEquals(Math.sqrt(125) / 255, stats.std()[0], 1e-7);
    assertEquals(0.5, stats.mean()[1], 1e-7);
    assertEquals(0.5, stats.std()[1], 1e-7);
  }

  @Test
  void normalizesAsTheOfficialCodeDoes() {
    MemoryDataset set = MemoryDataset.of(new byte[] {0, 100, -1}, 3, 1, 1);
    float[] out = new float[4];

    new WholeImage(1, 1, ChannelStats.imageNet()).apply(set.picture(0), Philox.of(0), out, 1);

    assertEquals((0 - 0.485f) / 0.229f, out[1]);
    assertEquals((100 / 255f - 0.456f) / 0.224f, out[2]);
    assertEquals((1 - 0.406f) / 0.225f, out[3]);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThrows(ShapeException.class, () -> MemoryDataset.of(new byte[7], 1, 2, 2));
    assertThrows(ShapeException.class, () -> MemoryDataset.of(new byte[4], 0, 2, 2));
    List<String> names = List.of("a");
    refused(
        ShapeException.class,
        "1 label for 2 images",
        () -> MemoryDataset.labeled(new byte[8], 1, 2, 2, new int[] {0}, names));
    refused(
        ArgumentException.class,
        "image 0 has label 1, outside of 1 class",
        () -> MemoryDataset.labeled(new byte[4], 1, 2, 2, new int[] {1}, names));
    assertThrows(IndexOutOfBoundsException.class, () -> small().subset(2, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> small().select(3));
    assertThrows(
        ShapeException.class,
        () ->
            new WholeImage(1, 2, ChannelStats.imageNet())
                .apply(small().picture(0), Philox.of(0), new float[9], 0));
    refused(
        StateException.class,
        "channel 0 of 2 images does not vary: nothing to normalize by",
        () -> MemoryDataset.of(new byte[] {7, 7}, 1, 1, 1).stats());
  }

  private static void refused(Class<? extends Exception> type, String message, Executable call) {
    assertEquals(message, assertThrows(type, call).getMessage());
  }

  @Test
  void withoutLabelsNoneCanBeAsked() {
    MemoryDataset set = MemoryDataset.of(new byte[4], 1, 2, 2);
    assertFalse(set.hasLabels());
    assertThrows(StateException.class, set::labels);
  }

  @Test
  void fashionMnistIsEmbedded() {
    MemoryDataset set = FashionMnist.testSplit();

    assertEquals("10,000 images of 1 x 28 x 28, 10 classes", set.toString());
    int[] counts = new int[10];
    for (int label : set.labels()) {
      counts[label]++;
    }
    for (int count : counts) {
      assertEquals(1000, count);
    }
    assertEquals("ankle boot", set.classNames().get(set.label(0)));
    assertEquals(0.2868, set.stats().mean()[0], 1e-4);
    assertEquals(0.3524, set.stats().std()[0], 1e-4);
  }

  @Test
  void theTrainSplitSaysWhatToInstall(@TempDir Path folder) throws Exception {
    String message =
        assertThrows(ArgumentException.class, () -> FashionMnist.trainSplit(folder)).getMessage();
    assertTrue(message.contains("dataset-fashion-mnist"), message);

    byte[] images = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9};
    Files.write(folder.resolve("train-images-idx3-ubyte.gz"), images);
    Files.write(
        folder.resolve("train-labels-idx1-ubyte.gz"), new byte[] {0, 0, 8, 1, 0, 0, 0, 1, 3});
    MemoryDataset set = FashionMnist.trainSplit(folder);
    assertEquals("1 image of 1 x 1 x 2, 10 classes", set.toString());
    assertEquals("dress", set.classNames().get(set.label(0)));
  }
}
