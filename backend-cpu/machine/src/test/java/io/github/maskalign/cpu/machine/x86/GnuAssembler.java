package io.github.maskalign.cpu.machine.x86;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.opentest4j.TestAbortedException;

/** The programs as and objcopy of GNU binutils. */
public final class GnuAssembler {

  /** With the value {@code required}, tests fail instead of being skipped without binutils. */
  private static final String PROPERTY = "maskalign.test.binutils";

  private static final int MOST_BYTES = 16;
  private static final byte FILLER = (byte) 0xCC;
  private static final byte END = (byte) 0xA5;

  private GnuAssembler() {}

  /**
   * What the assembler makes of each instruction.
   *
   * @throws TestAbortedException if binutils is missing and not required
   */
  public static List<List<Byte>> assemble(Path folder, Collection<String> instructions)
      throws IOException, InterruptedException {
    StringBuilder source = new StringBuilder(".intel_syntax noprefix\n.text\n");
    for (String instruction : instructions) {
      // An instruction has 15 bytes at most.
      source.append(instruction).append("\n.byte 0xa5\n.balign 16, 0xcc\n");
    }
    Path text = Files.writeString(folder.resolve("code.s"), source);
    Path object = folder.resolve("code.o");
    Path binary = folder.resolve("code.bin");
    run("as", "--64", "-o", object.toString(), text.toString());
    run("objcopy", "-O", "binary", "-j", ".text", object.toString(), binary.toString());
    byte[] code = Files.readAllBytes(binary);
    assertEquals(instructions.size() * MOST_BYTES, code.length, "bytes of code");
    List<List<Byte>> all = new ArrayList<>();
    for (int at = 0; at < code.length; at += MOST_BYTES) {
      List<Byte> bytes = new ArrayList<>();
      for (int i = 0; i < MOST_BYTES; i++) {
        bytes.add(code[at + i]);
      }
      while (bytes.getLast() == FILLER) {
        bytes.removeLast();
      }
      assertEquals(END, bytes.removeLast());
      all.add(bytes);
    }
    return all;
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      String text = "no " + command[0] + " to compare encodings with; install binutils";
      if (System.getProperty(PROPERTY, "").equals("required")) {
        fail(text + ", since -D" + PROPERTY + "=required is set");
      }
      throw new TestAbortedException(text);
    }
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), () -> command[0] + ": " + output.lines().limit(20).toList());
  }
}
