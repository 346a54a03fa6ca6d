package io.github.maskalign.teacher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.Nets;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Normalize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.Weights;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a teacher sees of its student's input. */
class TeacherInputTest {

  private final Backend backend = Nets.reference();
  private final Scope scope = Scope.root(backend, "test");
  @TempDir private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  @ParameterizedTest
  @CsvSource({"1,1,8", "1,3,8", "3,1,8", "3,3,8", "1,3,16", "3,1,16"})
  void aTeacherSeesThePictureInItsOwnChannels(int students, int own, int side) {
    ViTConfig config = Nets.SMALL.withChannels(own);
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), config);
    Path file = folder.resolve("teacher.safetensors");
    ChannelStats stats = ChannelStats.half(own);
    Weights.save(file, parameters, ModelCard.note(stats));

    Picture picture = picture(students, side);
    ChannelStats pixels = ChannelStats.imageNet().forChannels(students);
    ViTTeacher teacher = ViTTeacher.open(scope, file, config.grid(), pixels);
    Tensor seen = teacher.adapter().adapt(scope.ops(), images(picture, pixels));
    assertEquals(Shape.of(1, own, 8, 8), seen.shape());
    Tensor expected =
        InputAdapter.resizedTo(ImageSize.square(8))
            .adapt(scope.ops(), images(picture.withChannels(own), stats));
    assertArrayEquals(expected.toFloats(), seen.toFloats(), 1e-5f);
  }

  private static Picture picture(int channels, int side) {
    byte[] pixels = new byte[channels * side * side];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Philox.of(5).bits(i);
    }
    return Picture.of(pixels, channels, side, side);
  }

  private Tensor images(Picture picture, ChannelStats stats) {
    float[] values = new float[picture.channels() * picture.area()];
    new Normalize(stats).write(picture, false, values, 0);
    return scope.ops().of(values, 1, picture.channels(), picture.height(), picture.width());
  }
}
