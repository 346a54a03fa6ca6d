package io.github.maskalign.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cpu.machine.x86.Assembler;
import io.github.maskalign.cpu.machine.x86.GnuAssembler;
import io.github.maskalign.cpu.machine.x86.Listing;
import io.github.maskalign.cpu.machine.x86.Memory;
import io.github.maskalign.cpu.machine.x86.Register;
import io.github.maskalign.cpu.machine.x86.VectorRegister;
import io.github.maskalign.cpu.machine.x86.VectorWidth;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every instruction has the bytes that GNU as gives it. */
class EncodingTest {

  private static final int ROUNDS = 2000;

  /** Every method of the assembler that writes an instruction. */
  private static final List<Method> INSTRUCTIONS =
      Arrays.stream(Assembler.class.getDeclaredMethods())
          .filter(m -> Modifier.isPublic(m.getModifiers()) && m.getReturnType() == void.class)
          .sorted(Comparator.comparing(Method::toString))
          .toList();

  @TempDir private Path folder;

  private final Random random = new Random(7);

  @Test
  void allKernels() throws IOException, InterruptedException {
    List<Listing> all = new ArrayList<>();
    for (MachineRung rung : MachineRung.ALL) {
      for (int rows = 1; rows <= rung.maxRows(); rows++) {
        Listing code = new Listing();
        rung.emit(code, rows);
        all.add(code);
      }
    }
    Listing cpuid = new Listing();
    EmittedInquiry.emitCpuid(cpuid);
    all.add(cpuid);
    Listing xgetbv = new Listing();
    EmittedInquiry.emitXgetbv(xgetbv);
    all.add(xgetbv);
    compare(all);
  }

  @Test
  void allInstructionsWithRandomOperands() throws Exception {
    Listing code = new Listing();
    assertTrue(INSTRUCTIONS.size() > 25, INSTRUCTIONS::toString);
    for (int round = 0; round < ROUNDS; round++) {
      for (Method instruction : INSTRUCTIONS) {
        instruction.invoke(code, operands(instruction, code.position()));
      }
    }
    compare(List.of(code));
  }

  private Object[] operands(Method instruction, int position) {
    boolean wide = instruction.getName().equals("vdpbf16ps") || random.nextBoolean();
    VectorWidth width = wide ? VectorWidth.ZMM : VectorWidth.YMM;
    Object[] operands =
        Arrays.stream(instruction.getParameterTypes())
            .map(
                type -> {
                  if (type == VectorRegister.class) {
                    return width.register(random.nextInt(width.registers()));
                  } else if (type == Register.class) {
                    return register();
                  } else if (type == Memory.class) {
                    return memory();
                  }
                  return number(instruction.getName(), position);
                })
            .toArray();
    // For wide numbers, as has a form of rax alone that is a byte shorter.
    if (operands.length == 2 && operands[0] == Register.RAX && operands[1] instanceof Integer n) {
      operands[1] = (int) (byte) (int) n;
    }
    return operands;
  }

  private Register register() {
    return Register.values()[random.nextInt(Register.values().length)];
  }

  private int number(String instruction, int position) {
    return switch (instruction) {
      case "vpslld" -> random.nextInt(32);
      case "jne" -> random.nextInt(position + 1);
      default -> random.nextBoolean() ? random.nextInt(-130, 130) : random.nextInt();
    };
  }

  private Memory memory() {
    Register index = random.nextBoolean() ? null : register();
    if (index == Register.RSP) {
      index = null;
    }
    int displacement =
        switch (random.nextInt(5)) {
          case 0 -> 0;
          case 1 -> random.nextInt(-130, 130);
          case 2 -> 4 * random.nextInt(-130, 130);
          case 3 -> 64 * random.nextInt(-130, 130);
          default -> random.nextInt();
        };
    return new Memory(register(), index, index == null ? 1 : 1 << random.nextInt(4), displacement);
  }

  private void compare(List<Listing> all) throws IOException, InterruptedException {
    Map<String, List<Byte>> ours = new LinkedHashMap<>();
    for (Listing code : all) {
      for (Listing.Line line : code.lines()) {
        List<Byte> before = ours.putIfAbsent(line.text(), line.bytes());
        assertTrue(before == null || before.equals(line.bytes()), line::text);
      }
    }
    List<String> text = List.copyOf(ours.keySet());
    List<List<Byte>> theirs = GnuAssembler.assemble(folder, text);
    List<String> differ = new ArrayList<>();
    for (int i = 0; i < text.size(); i++) {
      List<Byte> bytes = ours.get(text.get(i));
      if (!bytes.equals(theirs.get(i))) {
        differ.add(text.get(i) + ": " + hex(bytes) + ", as: " + hex(theirs.get(i)));
      }
    }
    assertEquals(List.of(), differ.stream().limit(20).toList(), differ.size() + " differ");
  }

  private static String hex(List<Byte> bytes) {
    return String.join(" ", bytes.stream().map("%02x"::formatted).toList());
  }

  @Test
  void whatCannotBeEncodedIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new Memory(Register.RAX, Register.RSP, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> Memory.at(Register.RAX, Register.RCX, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> VectorWidth.YMM.register(16));
    assertThrows(IndexOutOfBoundsException.class, () -> VectorWidth.ZMM.register(32));
    VectorRegister ymm = VectorWidth.YMM.register(1);
    VectorRegister zmm = VectorWidth.ZMM.register(1);
    Assembler code = new Assembler();
    assertThrows(IllegalArgumentException.class, () -> code.vdpbf16ps(ymm, ymm, ymm));
    assertThrows(IllegalArgumentException.class, () -> code.vfmadd231ps(zmm, zmm, ymm));
  }
}
