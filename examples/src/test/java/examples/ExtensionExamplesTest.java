package examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.Picture;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs the examples that extend the library from outside. */
class ExtensionExamplesTest {

  @Test
  void masksAreConnectedAndTrainingWithThemLearns() {
    float[] importance = new float[49];
    importance[24] = 1;
    int[] visible = CustomMasking.aroundCenter(importance, 49, 5, Philox.of(3));
    Arrays.sort(visible);
    assertArrayEquals(new int[] {17, 23, 24, 25, 31}, visible);
    try (Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "test")) {
      double[] losses =
          CustomMasking.train(
              scope,
              EmbeddedTeacher.load(scope),
              FashionMnist.testSplit(),
              CustomMasking::aroundCenter);
      assertTrue(losses[1] < losses[0], Arrays.toString(losses));
    }
  }

  @Test
  void cosineLossIsItsFormulaAndTrains() {
    try (Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "test")) {
      Tensor y = scope.ops().of(new float[] {1, 0, 0, 2}, 1, 2, 2);
      Tensor t = scope.ops().of(new float[] {3, 0, 1, 0}, 1, 2, 2);
      assertEquals(0.5, CustomLoss.cosine(scope.ops(), y, t).item(), 1e-6);
      assertTrue(CustomLoss.accuracy(choice, "cosine", CustomLoss::cosine, 20) > 60);
    }
  }

  @Test
  void rotationsTurnPicturesAndAreRecognized() {
    Picture picture = Picture.of(new byte[] {1, 2, 3, 4}, 1, 2, 2);
    MemoryDataset one = MemoryDataset.of(picture.pixels(), 1, 2, 2);
    CustomDataset.Rotations turned = new CustomDataset.Rotations(one);
    assertEquals(4, turned.size());
    assertArrayEquals(new byte[] {3, 1, 4, 2}, turned.picture(1).interleaved());
    assertArrayEquals(new byte[] {4, 3, 2, 1}, turned.picture(2).interleaved());
    assertArrayEquals(new byte[] {2, 4, 1, 3}, turned.picture(3).interleaved());
    MemoryDataset pictures = FashionMnist.testSplit();
    double accuracy =
        CustomDataset.accuracy(
            new CustomDataset.Rotations(pictures.subset(0, 200)),
            new CustomDataset.Rotations(pictures.subset(8000, 8050)));
    assertTrue(accuracy > 0.6, "accuracy " + accuracy);
  }

  @Test
  void ownLoopLearns() {
    List<Double> losses = CustomTrainingLoop.train(20);
    assertEquals(20, losses.size());
    assertTrue(losses.getLast() < 0.8 * losses.getFirst(), losses.toString());
  }
}
