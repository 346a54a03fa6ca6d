package peers.fork;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.vit.ViTConfig;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import peers.contest.Contest;
import peers.python.PyTorch;
import peers.work.ColdSteps;
import peers.work.Memory;
import peers.work.StepShape;

/** The program of the JVMs that {@link Fork} starts. */
final class ForkMain {

  /** Starts a line with a result in JSON. */
  static final String RESULT = "@result ";

  /** Starts a line that says what was left out. */
  static final String NOTE = "@note ";

  private ForkMain() {}

  /** Runs the program. */
  public static void main(String[] args) throws JsonProcessingException {
    switch (args[0]) {
      case "contests" -> contests(Group.valueOf(args[1]), Integer.parseInt(args[2]), args[3]);
      case "memory" -> print(args[1].equals("ours") ? Memory.ours() : Memory.theirs());
      case "cold" -> {
        StepShape shape = args[1].equals("small") ? StepShape.SMALL : StepShape.BASE;
        ViTConfig config = shape.config();
        print(ColdSteps.measure(config));
      }
      case "libraries" -> print(libraries());
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.out.flush();
    Runtime.getRuntime().halt(0); // libtorch's threads would keep the JVM alive
  }

  private static void contests(Group group, int rounds, String torch)
      throws JsonProcessingException {
    List<String> notes = new ArrayList<>();
    PyTorch python = new ObjectMapper().readValue(torch, PyTorch.class);
    Contest contest = new Contest(group.threads, rounds);
    group.run(new Group.Run(contest, ForkMain::print, python, notes));
    notes.forEach(note -> System.out.println(NOTE + note));
  }

  private static void print(Object result) {
    System.out.println(RESULT + Fork.write(result));
  }

  private static Map<String, String> libraries() {
    Map<String, String> versions = new LinkedHashMap<>();
    Loader.load(openblas_nolapack.class);
    versions.put("OpenBLAS", text("openblas_get_config"));
    versions.put("OpenBLAS kernel", text("openblas_get_corename"));
    Engine torch = Engine.getEngine("PyTorch");
    versions.put("libtorch", torch.getVersion() + ", DJL " + Engine.getDjlVersion());
    versions.put("ONNX Runtime", OrtEnvironment.getEnvironment().getVersion());
    return versions;
  }

  /** A function of OpenBLAS without arguments that returns text. */
  private static String text(String function) {
    MemorySegment address = SymbolLookup.loaderLookup().findOrThrow(function);
    try {
      MemorySegment text =
          (MemorySegment)
              Linker.nativeLinker()
                  .downcallHandle(address, FunctionDescriptor.of(ValueLayout.ADDRESS))
                  .invokeExact();
      return text.reinterpret(Integer.MAX_VALUE).getString(0);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
