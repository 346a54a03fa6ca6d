package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Files of this test's own, and files that torch wrote. */
class PthFuzzTest extends FuzzContract {

  @TempDir private Path folder;

  @Override
  protected ByteMutator mutator() {
    return new ByteMutator(
        wholeFiles(),
        List.of(
            ".",
            "(",
            ")R",
            "]",
            "}",
            "b",
            "h\0",
            "q\0",
            "2",
            "t",
            "u",
            "e",
            "Q",
            "K\1",
            "cos\nsystem\n",
            "ccollections\nCounter\n",
            "ccollections\nOrderedDict\n",
            "ctorch._tensor\n_rebuild_from_type_v2\n",
            "ctorch._utils\n_rebuild_tensor_v2\n",
            "ctorch._utils\n_rebuild_qtensor\n",
            "ctorch\nSize\n",
            "X\4\0\0\0",
            "J\0\0\0\177"));
  }

  private static List<byte[]> wholeFiles() {
    byte[] floats = PthBytes.floats(0, 1, 2, 3, 4, 5);
    Pickle pickle = new Pickle().op('}').op('(').text("model");
    pickle.global("collections", "OrderedDict").op(')').op('R').op('(').text("a");
    pickle.tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3}).text("b");
    pickle.tensor("FloatStorage", "0", 6, 2, new long[] {4}, new long[] {1}).op('u').text("args");
    pickle.global("argparse", "Namespace").op(')').raw(0x81).op('}').op('(').text("lr");
    pickle.raw('G', 0x3f, 0xe0, 0, 0, 0, 0, 0, 0).text("list").op(']').raw('q', 3).op('(');
    pickle.whole(7).op('N').raw(0x88).raw('h', 3).op('e').op('u').op('b').op('u');
    byte[] content = pickle.stop();
    byte[] plain =
        new Pickle()
            .op('}')
            .text("w")
            .tensor("HalfStorage", "0", 12, 0, new long[] {2, 6}, new long[] {6, 1})
            .op('s')
            .stop();
    return List.of(
        PthBytes.zip(content, Map.of("0", floats)),
        PthBytes.zip(plain, Map.of("0", floats)),
        PthBytes.legacy(content, "0", floats, 4),
        PthBytes.legacy(plain, "0", floats, 2),
        resource("weights-only.pth"),
        resource("weights-only-legacy.pth"));
  }

  private static byte[] resource(String name) {
    try (InputStream in = PthFuzzTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void read(byte[] bytes, String name) throws IOException {
    Path path = Files.write(folder.resolve(name), bytes);
    try (PthFile file = PthFile.open(path);
        Arena arena = Arena.ofConfined()) {
      for (String tensor : file.tensors().keySet()) {
        file.segment(tensor, arena);
      }
    } finally {
      Files.delete(path);
    }
  }

  @Override
  protected boolean isRefusal(Throwable failure) {
    return failure instanceof TensorException;
  }
}
