package io.github.maskalign.vit.weights.pth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.tensor.safetensors.SafeDType;
import io.github.maskalign.vit.weights.NetworkFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PthFileTest {

  private static final byte[] SIX = PthBytes.floats(0, 1, 2, 3, 4, 5);

  @TempDir private Path folder;

  private PthFile open(byte[] bytes) throws IOException {
    return PthFile.open(Files.write(folder.resolve("file.pth"), bytes));
  }

  private FormatException refused(byte[] bytes) {
    return assertThrows(FormatException.class, () -> open(bytes).close());
  }

  private FormatException refusedPickle(Pickle pickle) {
    return refused(PthBytes.zip(pickle.stop(), Map.of("0", SIX)));
  }

  private static Pickle oneTensor(long stored, long offset, long[] dims, long[] strides) {
    return new Pickle()
        .op('}')
        .text("w")
        .tensor("FloatStorage", "0", stored, offset, dims, strides)
        .op('s');
  }

  private static Pickle transposed() {
    return oneTensor(6, 0, new long[] {3, 2}, new long[] {1, 3});
  }

  private static float[] floats(PthFile file, String name) {
    try (Arena arena = Arena.ofConfined()) {
      return file.segment(name, arena).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
  }

  @Test
  void readsBothFormats() throws IOException {
    byte[] zip = PthBytes.zip(transposed().stop(), Map.of("0", SIX));
    byte[] legacy = PthBytes.legacy(transposed().stop(), "0", SIX, 4);
    for (byte[] bytes : List.of(zip, legacy)) {
      try (PthFile file = open(bytes)) {
        assertEquals(List.of(3L, 2L), file.tensors().get("w").dims());
        assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, floats(file, "w"));
      }
    }
  }

  @Test
  void readsContiguousTensorsInPlace() throws IOException {
    Pickle pickle = oneTensor(6, 1, new long[] {5}, new long[] {1});
    try (PthFile file = open(PthBytes.zip(pickle.stop(), Map.of("0", SIX)))) {
      assertArrayEquals(new float[] {1, 2, 3, 4, 5}, floats(file, "w"));
      assertTrue(file.segment("w", Arena.global()).isReadOnly());
    }
  }

  @Test
  void keepsObjectsAsData() throws IOException {
    Pickle pickle = new Pickle().global("argparse", "Namespace").op(')').raw(0x81);
    pickle.op('}').text("lr").raw('G', 0x3f, 0xe0, 0, 0, 0, 0, 0, 0).op('s').op('b');
    try (PthFile file = open(PthBytes.zip(pickle.stop(), Map.of()))) {
      PyValue.Instance args = assertInstanceOf(PyValue.Instance.class, file.root());
      assertEquals("argparse.Namespace", args.className());
      assertEquals(new PyValue.Float(0.5), args.attributes().get("lr"));
    }
  }

  @Test
  void keepsNumbersOfNumpyAsData() throws IOException {
    Pickle pickle = new Pickle().op('}').text("best").global("numpy.core.multiarray", "scalar");
    pickle.op('(').global("numpy", "dtype").text("f8").raw(0x85).op('R');
    pickle.wholes(3).op('b').global("_codecs", "encode").text("bytes").text("latin1").raw(0x86);
    pickle.op('R').op('t').op('R').op('s').text("w");
    pickle.tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1}).op('s');
    try (PthFile file = open(PthBytes.zip(pickle.stop(), Map.of("0", SIX)))) {
      assertEquals(6, floats(file, "w").length);
    }
  }

  /**
   * Files that torch 2.15 wrote and its weights-only loader reads: states of an optimizer and a
   * scheduler (whose milestones are a Counter), a tensor with attributes, a parameter, keys of all
   * kinds, plain data, tensors of types that this library lacks, sparse, meta and quantized ones.
   */
  @ParameterizedTest
  @ValueSource(strings = {"weights-only.pth", "weights-only-legacy.pth"})
  void readsWhatTorchsWeightsOnlyLoaderReads(String name) throws IOException {
    byte[] bytes;
    try (InputStream in = PthFileTest.class.getResourceAsStream(name)) {
      bytes = in.readAllBytes();
    }
    try (PthFile file = open(bytes)) {
      Set<String> names = file.tensors().keySet();
      assertTrue(
          names.containsAll(
              Set.of(
                  "model.a",
                  "model.b",
                  "optimizer.state.0.momentum_buffer",
                  "keys.(1, a, None)",
                  "keys.True",
                  "keys.True#2",
                  "types.complex64",
                  "types.bool")),
          names.toString());
      assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, floats(file, "model.a"));
      assertArrayEquals(new float[] {1, 1}, floats(file, "model.b"));
      assertArrayEquals(new float[] {7}, floats(file, "keys.(1, a, None)"));
      assertArrayEquals(new float[] {8}, floats(file, "keys.True"));
      assertArrayEquals(new float[] {9}, floats(file, "keys.True#2"));
      assertEquals(SafeDType.C64, file.tensors().get("types.complex64").dtype());
      assertTrue(names.stream().noneMatch(each -> each.startsWith("special")), names.toString());
    }
  }

  @Test
  void readsTensorsWithAttributes() throws IOException {
    Pickle pickle = new Pickle().op('}').text("w").global("torch._tensor", "_rebuild_from_type_v2");
    pickle.op('(').global("torch._utils", "_rebuild_tensor_v2").global("torch", "Tensor");
    pickle.op('(').op('(').text("storage").global("torch", "FloatStorage").text("0").text("cpu");
    pickle.whole(6).op('t').op('Q').whole(0).wholes(6).wholes(1).raw(0x89).op('}').op('t');
    pickle.op('}').text("tag").whole(1).op('s').op('t').op('R').op('s');
    try (PthFile file = open(PthBytes.zip(pickle.stop(), Map.of("0", SIX)))) {
      assertEquals(6, floats(file, "w").length);
    }
  }

  @Test
  void functionsOfTensorsDoNotNest() {
    Pickle pickle = new Pickle();
    int depth = 100_000;
    for (int i = 0; i < depth; i++) {
      pickle.op('(').global("torch._tensor", "_rebuild_from_type_v2").op('N');
    }
    pickle.op(')');
    for (int i = 0; i < depth; i++) {
      pickle.op('t');
    }
    String message =
        refusedPickle(
                new Pickle()
                    .global("torch._tensor", "_rebuild_from_type_v2")
                    .append(pickle)
                    .op('R'))
            .getMessage();
    assertTrue(message.contains("creates an object of 'torch._tensor._rebuild_from_type_v2'"));
  }

  @Test
  void countersAndOrderedDictsHaveEntries() throws IOException {
    Pickle pickle = new Pickle().op('}').text("c").global("collections", "Counter").op('}');
    pickle.text("x").whole(2).op('s').raw(0x85).op('R').op('s').text("o");
    pickle.global("collections", "OrderedDict").op(']').op(']').text("y").op('a').whole(3).op('a');
    pickle.op('a').raw(0x85).op('R').op('s');
    try (PthFile file = open(PthBytes.zip(pickle.stop(), Map.of()))) {
      PyValue.Dict root = assertInstanceOf(PyValue.Dict.class, file.root());
      PyValue.Dict counter = assertInstanceOf(PyValue.Dict.class, root.get("c"));
      assertEquals(PyValue.Int.of(2), counter.get("x"));
      PyValue.Dict ordered = assertInstanceOf(PyValue.Dict.class, root.get("o"));
      assertEquals(PyValue.Int.of(3), ordered.get("y"));
    }
  }

  @Test
  void namesOfTupleKeysAreShort() throws IOException {
    Pickle pickle = new Pickle().op('}').op('(').text("x".repeat(5000)).op('t');
    pickle.tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1}).op('s');
    try (PthFile file = open(PthBytes.zip(pickle.stop(), Map.of("0", SIX)))) {
      String name = file.tensors().keySet().iterator().next();
      assertEquals("(" + "x".repeat(100) + "...)", name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "os,system",
    "posix,system",
    "builtins,eval",
    "builtins,getattr",
    "torch,load",
    "torch.nn.modules.linear,Linear",
    "numpy.core.multiarray,_reconstruct",
    "collections,OrderedDict.fromkeys",
    "collections,defaultdict",
    "collections,deque",
    "builtins,frozenset",
    "builtins,dict",
    "builtins,bytes",
    "__builtin__,eval",
    "torch._utils,_rebuild_nested_tensor",
    "torch.storage,_load_from_bytes",
    "torch.serialization,load",
    "torch.Tensor,__class__",
    "torch,FloatTensor.numpy",
    "torch,int9",
    "datetime,datetime",
    "numpy._core.multiarray,_reconstruct"
  })
  void refusesEveryOtherGlobalByItsName(String module, String name) {
    String message =
        refusedPickle(new Pickle().global(module, name).text("x").raw(0x85).op('R')).getMessage();
    assertTrue(message.contains("'" + module + "." + name + "', which is not allowed"), message);
  }

  @Test
  void refusesGlobalsFromTheStack() {
    Pickle pickle = new Pickle().text("os").text("system").raw(0x93);
    assertTrue(refusedPickle(pickle).getMessage().contains("'os.system'"));
  }

  @Test
  void callsNothingThatItKnows() {
    refusedPickle(new Pickle().global("torch", "FloatStorage").op(')').op('R'));
    refusedPickle(new Pickle().global("torch", "FloatTensor").op(')').op('R'));
    refusedPickle(new Pickle().global("torch", "float32").op(')').op('R'));
    refusedPickle(new Pickle().global("torch", "Tensor").op(')').raw(0x81));
    refusedPickle(new Pickle().op('}').op('}').op('N').op('s')); // a dict as a key
    refusedPickle(new Pickle().text("not a class").op(')').op('R'));
    refusedPickle(new Pickle().op('(').text("os").text("system").op('o'));
    refusedPickle(new Pickle().op(']').op('}').op('b'));
  }

  @Test
  void boundsTensorsByTheirStorage() {
    refusedPickle(oneTensor(6, 0, new long[] {7}, new long[] {1}));
    refusedPickle(oneTensor(6, 1, new long[] {6}, new long[] {1}));
    refusedPickle(oneTensor(7, 0, new long[] {7}, new long[] {1}));
    refusedPickle(oneTensor(6, 0, new long[] {3, 2}, new long[] {1, 4}));
    refusedPickle(oneTensor(6, 0, new long[] {1L << 40, 1L << 40}, new long[] {0, 0}));
    refusedPickle(oneTensor(6, -1, new long[] {2}, new long[] {1}));
    refusedPickle(oneTensor(6, 0, new long[] {2}, new long[] {-1}));
    refusedPickle(oneTensor(1L << 61, 0, new long[] {2}, new long[] {1L << 62}));
    String message =
        refusedPickle(oneTensor(6, 0, new long[] {1L << 20, 1L << 20}, new long[] {0, 0}))
            .getMessage();
    assertTrue(message.contains("exceeds the file"), message);
  }

  /** Few bytes that stand for many tensors must not become a network of their size. */
  @Test
  void tensorsOfANetworkHaveBytesOfTheirOwn() throws IOException {
    int stored = 40_000;
    Pickle pickle = new Pickle().op('}').op('(');
    for (int i = 0; i < 200; i++) {
      String name = i == 0 ? "patch_embed.proj.weight" : "blocks." + i + ".attn.qkv.weight";
      pickle.text(name).tensor("FloatStorage", "0", stored, 0, new long[] {stored}, new long[] {1});
    }
    byte[] bytes = PthBytes.zip(pickle.op('u').stop(), Map.of("0", new byte[4 * stored]));
    Path path = Files.write(folder.resolve("shared.pth"), bytes);
    String message =
        assertThrows(FormatException.class, () -> NetworkFile.open(path).close()).getMessage();
    assertTrue(message.contains("elements share the"), message);
  }

  @Test
  void survivesWhatHoldsItself() throws IOException {
    Pickle list = new Pickle().op(']').raw('q', 0).raw('h', 0).op('a');
    assertTrue(refusedPickle(list).getMessage().contains("nested too deeply"));
  }

  @Test
  void survivesDeepNesting() throws IOException {
    Pickle pickle = new Pickle();
    for (int i = 0; i < 100_000; i++) {
      pickle.op(']');
    }
    for (int i = 1; i < 100_000; i++) {
      pickle.op('a');
    }
    assertTrue(refusedPickle(pickle).getMessage().contains("nested too deeply"));
  }

  @Test
  void survivesListsOfTheSameLists() {
    Pickle pickle = new Pickle().op(']').raw('q', 0);
    for (int level = 1; level < 30; level++) {
      pickle.op('(');
      for (int i = 0; i < 10; i++) {
        pickle.raw('h', level - 1);
      }
      pickle.op('l').raw('q', level);
    }
    assertThrows(FormatException.class, () -> open(PthBytes.zip(pickle.stop(), Map.of())).close());
  }

  @Test
  void boundsTheNumberOfObjects() {
    byte[] bytes = new byte[5_000_000];
    Arrays.fill(bytes, (byte) ']');
    String message = refused(PthBytes.zip(bytes, Map.of())).getMessage();
    assertTrue(message.contains("more than 2000000 objects"), message);
  }

  @Test
  void believesNoLengthThatIsNotThere() {
    for (int opcode : new int[] {'X', 'T', 'B', 0x8b}) {
      refusedPickle(new Pickle().raw(opcode).raw32(Integer.MAX_VALUE));
      refusedPickle(new Pickle().raw(opcode).raw32(-1));
    }
    refusedPickle(new Pickle().raw(0x8d).raw32(-1).raw32(Integer.MAX_VALUE));
  }

  @Test
  void refusesCompressedEntries() {
    byte[] bytes = PthBytes.zip(transposed().stop(), Map.of("0", SIX), ZipEntry.DEFLATED);
    assertTrue(refused(bytes).getMessage().contains("is compressed"));
  }

  @Test
  void refusesOtherFiles() {
    assertTrue(refused(new byte[0]).getMessage().contains("expected a file of torch.save"));
    assertTrue(refused(new Pickle().op('N').stop()).getMessage().contains("magic number"));
  }

  @Test
  void refusesEveryCutOffFile() throws IOException {
    byte[] zip = PthBytes.zip(transposed().stop(), Map.of("0", SIX));
    byte[] legacy = PthBytes.legacy(transposed().stop(), "0", SIX, 4);
    for (byte[] whole : List.of(zip, legacy)) {
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThrows(TensorException.class, () -> open(cut).close());
      }
    }
  }

  @Test
  void readsNothingOnceClosed() throws IOException {
    PthFile file = open(PthBytes.zip(transposed().stop(), Map.of("0", SIX)));
    file.close();
    file.close();
    assertThrows(ClosedException.class, () -> file.segment("w", Arena.global()));
  }
}
