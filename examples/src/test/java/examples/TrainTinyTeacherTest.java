package examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrainTinyTeacherTest {

  private static final int PICTURES = 64;
  private static final int SIDE = 28;

  private static void writeTrainSplit(Path folder) throws IOException {
    try (DataOutputStream images = idx(folder, "train-images-idx3-ubyte.gz", 3)) {
      images.writeInt(PICTURES);
      images.writeInt(SIDE);
      images.writeInt(SIDE);
      for (int i = 0; i < PICTURES * SIDE * SIDE; i++) {
        images.writeByte(31 * i);
      }
    }
    try (DataOutputStream labels = idx(folder, "train-labels-idx1-ubyte.gz", 1)) {
      labels.writeInt(PICTURES);
      for (int i = 0; i < PICTURES; i++) {
        labels.writeByte(i % 10);
      }
    }
  }

  private static DataOutputStream idx(Path folder, String name, int rank) throws IOException {
    DataOutputStream out =
        new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(folder.resolve(name))));
    out.writeInt(0x800 + rank);
    return out;
  }

  @Test
  @Tag("slow")
  void writesWeightsThatPretrainTinyCouldUse(@TempDir Path folder) throws IOException {
    writeTrainSplit(folder);
    Path out = folder.resolve("new").resolve("teacher.safetensors");
    int status =
        new CommandLine(new TrainTinyTeacher())
            .execute(
                "--data",
                folder.toString(),
                "--epochs",
                "1",
                "--batch",
                "32",
                "--out",
                out.toString());
    assertEquals(0, status);
    try (SafeTensorsFile weights = SafeTensorsFile.open(out)) {
      assertTrue(weights.contains("head.weight"));
      assertEquals(List.of(96L), weights.entry("norm.weight").dims());
      assertTrue(weights.metadata().containsKey("test_accuracy"));
    }
  }

  @Test
  void missingPicturesAreNamed(@TempDir Path folder) {
    List<String> messages = new ArrayList<>();
    CommandLine command =
        new CommandLine(new TrainTinyTeacher())
            .setExecutionExceptionHandler(
                (failure, _, _) -> {
                  messages.add(failure.getMessage());
                  return 2;
                });
    Path out = folder.resolve("teacher.safetensors");
    assertEquals(2, command.execute("--data", folder.toString(), "--out", out.toString()));
    assertTrue(messages.getFirst().contains("dataset-fashion-mnist"), messages.getFirst());
  }
}
