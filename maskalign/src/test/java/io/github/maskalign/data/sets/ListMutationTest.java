package io.github.maskalign.data.sets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.PictureDecoder;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;

class ListMutationTest extends FuzzContract {
  private final PictureDecoder decoder = PictureDecoder.open();

  @Override
  protected ByteMutator mutator() {
    String labeled = "# path label\r\nd/a b.png 0\r\n\r\nnone/d/é.jpg\t1\nnone/\\x41.png 12\n";
    return new ByteMutator(
        List.of(labeled.getBytes(UTF_8), "\uFEFFnone/d/1.png\nnone/d/2.png".getBytes(UTF_8)),
        List.of(
            " 999999",
            " 1000000",
            " -1",
            " 99999999999",
            "\n",
            "\r",
            "\t",
            " ",
            "\\x",
            "\\xff",
            "#",
            "\u0000",
            "\uFEFF",
            "\u2028",
            "\u202e",
            "../",
            "/",
            "//",
            "/dev/zero",
            "\033[2J"));
  }

  @Override
  protected void read(byte[] file, String name) throws Exception {
    Manifest list = Manifest.read(new ByteArrayInputStream(file), name);
    Dataset set = list.pictures(Path.of("no-such-folder"), decoder);
    assertTrue(set.size() > 0);
    for (int i = 0; i < set.size(); i++) {
      int sample = i;
      assertFalse(set.name(i).isEmpty());
      assertTrue(!set.hasLabels() || set.label(i) < set.classNames().size());
      assertThrows(DamagedPictureException.class, () -> set.file(sample));
    }
    assertFalse(set.sha256().isEmpty());
  }

  /** Labels up to a million, each with a class of its own. */
  @Override
  protected long memoryLimit(byte[] file) {
    return 128 << 20;
  }
}
